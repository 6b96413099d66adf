import { type JsonValue, KaaykoError, type State, type StepReport } from "../core/index.ts";
import { pickRows, ROLE, viewColumns } from "../data/index.ts";
import { type EncodableRows, encodeFeatures } from "./encode.ts";
import {
  assemblePipeline,
  type FeatureFitter,
  type FitParts,
  type FitRequest,
  type FittedFeatures,
  fitParts,
} from "./fit-request.ts";
import type { FittedColumn } from "./fitted-column.ts";
import { misfit } from "./misfit.ts";
import type { UserFit } from "./user-fit.ts";

const BLOCK_ROWS = 65_536;
type FittedUser = ReturnType<UserFit["finish"]>;

/** Fits the features of a table in memory: a column a step, then a user's export a step. */
export class MemoryFitter implements FeatureFitter {
  readonly version = 1;
  readonly #request: FitRequest;
  readonly #parts: FitParts;
  readonly #columns: FittedColumn[] = [];
  readonly #users: FittedUser[] = [];

  constructor(request: FitRequest) {
    this.#request = request;
    this.#parts = fitParts(request);
  }

  get #steps(): number {
    return this.#columns.length + this.#users.length;
  }

  get #total(): number {
    return this.#parts.columns.length + this.#parts.users.length;
  }

  step(): StepReport {
    if (this.#steps >= this.#total) throw new KaaykoError({ action: "fit on", rule: "there must be something left" });
    const column = this.#parts.columns[this.#columns.length];
    const note = column === undefined ? this.#fitUser() : this.#fitColumn(column);
    return { done: this.#steps === this.#total, step: this.#steps, total: this.#total, unit: "column", note };
  }

  #fitColumn({ decision, fit }: FitParts["columns"][number]): string {
    for (const block of this.#trainingRows([decision.name])) fit.add(block);
    this.#columns.push(fit.finish());
    return decision.name;
  }

  #fitUser(): string {
    const fit = this.#parts.users[this.#users.length]!;
    fit.learn(this.#allTrainingRows(fit.inputs));
    for (const block of this.#trainingRows(fit.inputs)) fit.add(block);
    const fitted = fit.finish();
    this.#users.push(fitted);
    return fitted.made.name;
  }

  #namedColumns(names: readonly string[]) {
    return names.map((name) => this.#request.loaded.table!.columns.find((column) => column.name === name)!);
  }

  /** Training rows of some columns, a block at a time. */
  *#trainingRows(names: readonly string[]): Generator<EncodableRows> {
    const { roles, loaded } = this.#request;
    const columns = this.#namedColumns(names);
    for (let start = 0; start < loaded.places; start += BLOCK_ROWS) {
      const end = Math.min(loaded.places, start + BLOCK_ROWS);
      yield trainingRows({ rows: end - start, columns: viewColumns(columns, start, end) }, roles.subarray(start, end));
    }
  }

  #allTrainingRows(names: readonly string[]): EncodableRows {
    return trainingRows({ rows: this.#request.loaded.places, columns: this.#namedColumns(names) }, this.#request.roles);
  }

  getState(): State {
    const json = { columns: this.#columns, users: this.#users } as unknown as JsonValue;
    return { json: { fitted: JSON.parse(JSON.stringify(json)) }, arrays: {} };
  }

  setState(state: State): void {
    const fitted = state.json.fitted as unknown as { columns: FittedColumn[]; users: FittedUser[] } | undefined;
    if (!Array.isArray(fitted?.columns) || !Array.isArray(fitted.users)) throw misfit();
    if (fitted.columns.length > this.#parts.columns.length || fitted.users.length > this.#parts.users.length)
      throw misfit();
    this.#columns.splice(0, this.#columns.length, ...fitted.columns);
    this.#users.splice(0, this.#users.length, ...fitted.users);
  }

  async product(): Promise<FittedFeatures> {
    if (this.#steps < this.#total) throw new KaaykoError({ action: "give the features", rule: "they must be fitted" });
    const { pipeline, notices } = assemblePipeline(this.#request, this.#columns, this.#users);
    const { user = null, loaded } = this.#request;
    return { pipeline, table: encodeFeatures(pipeline, loaded.table!, { user, shared: true }), stream: null, notices };
  }

  async dispose(): Promise<void> {}
}

/** The training rows among some rows. */
export function trainingRows(batch: EncodableRows, roles: Uint8Array): EncodableRows {
  const rows = new Uint32Array(batch.rows);
  let count = 0;
  for (let i = 0; i < batch.rows; i++) if (roles[i] === ROLE.train) rows[count++] = i;
  if (count === batch.rows) return batch;
  return { rows: count, columns: pickRows(batch.columns, rows.subarray(0, count)) };
}
