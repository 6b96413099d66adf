import {
  type Batch,
  columnNamed,
  type Dataset,
  type ExampleStream,
  isStringColumn,
  type JsonObject,
  joinStates,
  KaaykoError,
  nestState,
  type Role,
  type State,
  type StepReport,
  type Truth,
  unnestState,
} from "../../core/index.ts";
import { decodeFeatures } from "../../features/index.ts";
import { createBandMetrics, createMetrics } from "../../metrics/index.ts";
import { compactExamples } from "../compact.ts";
import { blockRows } from "../score.ts";
import type { Work } from "../sequence.ts";
import type { TrainingWork } from "../train-stage.ts";

/**
 * Scores the truth behind a synthetic target on the rows of a role. The result's `beyond` counts rows that are of another origin:
 * their target lies further off than noise can carry it.
 */
export function createTruthWork({ prepared, recipe }: TrainingWork, truth: Truth, role: Role): Work {
  const { dataset, pipeline } = prepared;
  const metrics = createMetrics(dataset.task);
  const bands = createBandMetrics(recipe?.rules?.bands ?? []);
  const rows = new RoleRows(dataset, role);
  let beyond = 0;
  return {
    version: 1,
    async step(): Promise<StepReport> {
      const examples = await rows.next();
      if (examples !== null) {
        const { table, target, weight } = compactExamples(examples);
        const { expected, reach } = truth.expect(decodeFeatures(pipeline, table));
        const scored = { rows: table.rows, predictions: expected, target, weight };
        metrics.add(scored);
        bands.add(scored);
        for (let i = 0; i < table.rows; i++) if (!(Math.abs(target[i]! - expected[i]!) <= reach[i]!)) beyond++;
      }
      return { done: rows.done, step: rows.step, unit: "block" };
    },
    getState: () =>
      joinStates(
        { json: { beyond, rows: rows.state() }, arrays: {} },
        nestState("metrics", metrics.getState()),
        nestState("bands", bands.getState()),
      ),
    setState(state) {
      const inner = { metrics: unnestState("metrics", state), bands: unnestState("bands", state) };
      if (inner.metrics === undefined || inner.bands === undefined || typeof state.json.beyond !== "number")
        throw new KaaykoError({ action: "continue an evaluation", rule: "its state must be whole", kind: "damaged" });
      metrics.setState(inner.metrics);
      bands.setState(inner.bands);
      rows.restore(state.json.rows as JsonObject);
      beyond = state.json.beyond;
    },
    async result(): Promise<State> {
      const { values } = metrics.result();
      const hasBands = (recipe?.rules?.bands.length ?? 0) > 1;
      const result = { values, beyond, ...(hasBands ? { bands: bands.result() } : {}) };
      return { json: JSON.parse(JSON.stringify(result)) as JsonObject, arrays: {} };
    },
    dispose: () => rows.close(),
  };
}

/** The rows of a role, block by block, with a position that can be kept. */
class RoleRows {
  readonly #dataset: Dataset;
  readonly #role: Role;
  #stream: ExampleStream | null = null;
  #position: JsonObject | null = null;
  #seen = 0;
  step = 0;
  done = false;

  constructor(dataset: Dataset, role: Role) {
    this.#dataset = dataset;
    this.#role = role;
  }

  async next(): ReturnType<ExampleStream["next"]> {
    const total = this.#dataset.rows[this.#role];
    if (this.#stream === null) {
      this.#stream = await this.#dataset.stream(this.#role, { batchRows: blockRows(total), shuffle: null });
      if (this.#position !== null) await this.#stream.seek(this.#position);
    }
    const examples = await this.#stream.next();
    this.#seen += examples === null ? 0 : (examples.rows?.length ?? examples.table.rows);
    this.#position = this.#stream.position();
    this.step++;
    this.done = examples === null || this.#seen >= total;
    return examples;
  }

  state(): JsonObject {
    return { position: this.#position, seen: this.#seen, step: this.step };
  }

  restore({ position, seen, step }: JsonObject): void {
    this.#position = position as JsonObject | null;
    this.#seen = seen as number;
    this.step = step as number;
  }

  async close(): Promise<void> {
    await this.#stream?.close();
    this.#stream = null;
  }
}

/** The numbers of a raw column, such as the target of drawn rows. */
export function numbersNamed(batch: Batch, name: string): Float64Array {
  const column = columnNamed(batch.columns, name)!;
  return isStringColumn(column) ? new Float64Array(batch.rows).fill(Number.NaN) : Float64Array.from(column.values);
}
