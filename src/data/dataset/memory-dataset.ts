import {
  type Dataset,
  type EvaluationSet,
  type ExampleStream,
  type Examples,
  type FeatureSpec,
  type FeatureTable,
  type JsonObject,
  KaaykoError,
  type PartSpec,
  type Role,
  randomStream,
  type StreamOptions,
  type Task,
  targetWidth,
} from "../../core/index.ts";
import { countRoles, rowsOfRole } from "../rows/roles.ts";
import { summarizeTarget } from "../target.ts";
import { ExampleBuffer, viewExamples } from "./example-buffer.ts";

/** Labelled rows in memory with their roles; all arrays are by row of the table. */
export interface MemoryPart {
  readonly table: FeatureTable;
  /** Row-major, `targetWidth(task)` numbers a row; NaN in all of them only where the role is unused. */
  readonly target: Float64Array;
  readonly weight: Float32Array | null;
  /** `ROLE` by row. */
  readonly roles: Uint8Array;
}

export interface MemoryDatasetRequest {
  readonly task: Task;
  readonly features: readonly FeatureSpec[];
  /** Default none. */
  readonly parts?: readonly PartSpec[];
  /** Default none. */
  readonly evaluations?: readonly EvaluationSet[];
  readonly main: MemoryPart;
  /** A held-out table of its own: the test rows are taken from it instead. */
  readonly test?: MemoryPart;
}

/** A dataset that can give the same rows other roles: the folds of a cross-validation. */
export interface RoledDataset extends Dataset {
  /** `ROLE` by place, of the main table. */
  readonly roles: Uint8Array;
  /** The same rows with other roles; encoded columns are shared, the target's summary is formed anew. */
  withRoles(roles: Uint8Array): Promise<RoledDataset>;
}

/** A dataset over encoded columns in memory; copies none of them. */
export function createMemoryDataset(request: MemoryDatasetRequest): RoledDataset {
  const { task, features, parts, main, test } = request;
  const partOf = (role: Role) => (role === "test" && test !== undefined ? test : main);
  const rowsOf = new Map<Role, Uint32Array | null>();
  const examples = (role: Role): Examples => {
    const { table, target, weight, roles } = partOf(role);
    if (!rowsOf.has(role)) rowsOf.set(role, rowsOfRole(roles, role));
    return { table, target, weight, rows: rowsOf.get(role)! };
  };
  const rows = countRoles(main.roles);
  return {
    task,
    features,
    ...(parts === undefined ? {} : { parts }),
    ...(request.evaluations === undefined ? {} : { evaluations: request.evaluations }),
    rows: { ...rows, test: countRoles(partOf("test").roles).test },
    target: summarizeTarget(main.target, main.roles, task),
    inMemory: true,
    roles: main.roles,
    examples: async (role) => examples(role),
    stream: async (role, options) => new MemoryStream(examples(role), targetWidth(task), options),
    withRoles: async (roles) => createMemoryDataset({ ...request, main: { ...main, roles } }),
  };
}

class MemoryStream implements ExampleStream {
  readonly #examples: Examples;
  readonly #targetWidth: number;
  readonly #batchRows: number;
  readonly #total: number;
  /** Rows of the table in the order of the pass; null for the table's own. */
  readonly #order: Uint32Array | null;
  #buffer: ExampleBuffer | undefined;
  #row = 0;

  constructor(examples: Examples, width: number, { batchRows, shuffle }: StreamOptions) {
    checkBatchRows(batchRows);
    this.#examples = examples;
    this.#targetWidth = width;
    this.#batchRows = batchRows;
    this.#total = examples.rows?.length ?? examples.table.rows;
    if (shuffle === null) this.#order = examples.rows;
    else {
      const order = examples.rows?.slice() ?? Uint32Array.from({ length: this.#total }, (_, i) => i);
      this.#order = randomStream(shuffle.seed, "pass", shuffle.epoch).shuffle(order);
    }
  }

  async next(): Promise<Examples | null> {
    const start = this.#row;
    const end = Math.min(this.#total, start + this.#batchRows);
    if (start >= end) return null;
    this.#row = end;
    if (this.#order === null) return viewExamples(this.#examples, start, end, this.#targetWidth);
    const { table, weight } = this.#examples;
    this.#buffer ??= new ExampleBuffer({
      like: table,
      capacity: Math.min(this.#batchRows, this.#total),
      weighted: weight !== null,
      targetWidth: this.#targetWidth,
    });
    this.#buffer.clear();
    this.#buffer.append(this.#examples, this.#order, start, end);
    return this.#buffer.examples();
  }

  position(): JsonObject {
    return { row: this.#row };
  }

  async seek(position: JsonObject): Promise<void> {
    this.#row = checkedRow(position, this.#total);
  }

  async close(): Promise<void> {}
}

export function checkBatchRows(batchRows: number): void {
  if (!Number.isSafeInteger(batchRows) || batchRows < 1)
    throw new KaaykoError({
      action: "stream rows",
      rule: "a batch must have at least one row",
      got: String(batchRows),
    });
}

/** The row of a stream's position. */
export function checkedRow(position: JsonObject, total: number): number {
  const { row } = position;
  if (typeof row === "number" && Number.isSafeInteger(row) && row >= 0 && row <= total) return row;
  throw new KaaykoError({
    action: "go on streaming",
    rule: `the position must be a row from 0 to ${total}`,
    got: JSON.stringify(row),
    kind: "damaged",
  });
}
