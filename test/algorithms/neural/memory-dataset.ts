import {
  type Dataset,
  type ExampleStream,
  type Examples,
  type FeatureColumn,
  type FeatureSpec,
  type JsonObject,
  type Role,
  randomStream,
  type StreamOptions,
  type Task,
} from "../../../src/core/index.ts";

export interface MemoryTable {
  readonly task: Task;
  readonly columns: readonly FeatureColumn[];
  readonly target: Float64Array;
  readonly weight?: Float32Array;
  readonly roles: Readonly<Record<Role, Uint32Array>>;
}

/** A dataset over arrays, small enough to read at a glance: the truth that the trainer's streaming is tested against. */
export function memoryDataset(table: MemoryTable): Dataset {
  const rows = table.target.length;
  const examplesOf = (selected: Uint32Array): Examples => ({
    table: { rows, columns: table.columns },
    rows: selected,
    target: table.target,
    weight: table.weight ?? null,
  });
  return {
    task: table.task,
    features: table.columns.map((column) => specOf(column, table.roles.train)),
    rows: {
      train: table.roles.train.length,
      validation: table.roles.validation.length,
      test: table.roles.test.length,
    },
    target: summaryOf(table),
    inMemory: true,
    examples: async (role) => examplesOf(table.roles[role]),
    stream: async (role, options) =>
      new MemoryStream(orderOf(table.roles[role], options), options.batchRows, examplesOf),
  };
}

class MemoryStream implements ExampleStream {
  #at = 0;
  readonly order: Uint32Array;
  readonly batchRows: number;
  readonly examplesOf: (rows: Uint32Array) => Examples;

  constructor(order: Uint32Array, batchRows: number, examplesOf: (rows: Uint32Array) => Examples) {
    this.order = order;
    this.batchRows = batchRows;
    this.examplesOf = examplesOf;
  }
  async next(): Promise<Examples | null> {
    if (this.#at >= this.order.length) return null;
    const rows = this.order.subarray(this.#at, this.#at + this.batchRows);
    this.#at += rows.length;
    return this.examplesOf(rows);
  }
  position(): JsonObject {
    return { at: this.#at };
  }
  async seek(position: JsonObject): Promise<void> {
    this.#at = position.at as number;
  }
  async close(): Promise<void> {}
}

function orderOf(rows: Uint32Array, { shuffle }: StreamOptions): Uint32Array {
  if (shuffle === null) return rows;
  return randomStream(shuffle.seed, "shuffle", shuffle.epoch).shuffle(
    rows.slice() as unknown as number[],
  ) as unknown as Uint32Array;
}

function specOf(column: FeatureColumn, rows: Uint32Array): FeatureSpec {
  const empty = { cardinality: 0, mean: 0, std: 0, min: 0, max: 0 };
  if (column.kind === "categorical") {
    const missing = rows.filter((row) => column.codes[row] === 0).length;
    return { ...empty, name: column.name, kind: "categorical", cardinality: column.cardinality, missing };
  }
  const values = Array.from(rows, (row) => column.values[row]!).filter((value) => !Number.isNaN(value));
  const { mean, std } = moments(values);
  const missing = rows.length - values.length;
  return {
    ...empty,
    name: column.name,
    kind: "numeric",
    mean,
    std,
    min: Math.min(...values),
    max: Math.max(...values),
    missing,
  };
}

function moments(values: readonly number[]): { mean: number; std: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length);
  return { mean, std: Math.sqrt(variance) };
}

function summaryOf(table: MemoryTable): Dataset["target"] {
  const values = Array.from(table.roles.train, (row) => table.target[row]!);
  const classes = table.task.classes?.length ?? 0;
  return {
    ...moments(values),
    min: values.reduce((a, b) => Math.min(a, b), Infinity),
    max: values.reduce((a, b) => Math.max(a, b), -Infinity),
    classCounts: Array.from({ length: classes }, (_, code) => values.filter((value) => value === code).length),
  };
}

/** Row numbers split by their remainder: 1 in 5 for validation, 1 in 5 for the test. */
export function splitRows(rows: number): MemoryTable["roles"] {
  const pick = (test: (row: number) => boolean): Uint32Array =>
    Uint32Array.from(Array.from({ length: rows }, (_, row) => row).filter(test));
  return {
    train: pick((row) => row % 5 > 1),
    validation: pick((row) => row % 5 === 1),
    test: pick((row) => row % 5 === 0),
  };
}

/** A made-up table with a number, a number with gaps, few categories and many; the target depends on all of them. */
export function syntheticTable(
  kind: "regression" | "binary" | "multiclass",
  rows: number,
  weighted = false,
): MemoryTable {
  const random = randomStream(11, "synthetic", kind);
  const a = new Float32Array(rows);
  const b = new Float64Array(rows);
  const few = new Uint8Array(rows);
  const many = new Uint8Array(rows);
  const target = new Float64Array(rows);
  const weight = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    a[row] = random.normal() * 3 + 1;
    b[row] = random.float() < 0.1 ? Number.NaN : random.normal();
    few[row] = random.integer(4);
    many[row] = random.integer(31);
    weight[row] = 0.5 + random.float();
    const score = Math.abs(a[row]!) - (Number.isNaN(b[row]!) ? 2 : b[row]!) + few[row]! + ((many[row]! * 7) % 5);
    target[row] =
      kind === "regression"
        ? 100 + 10 * score
        : Math.min(kind === "binary" ? 1 : 2, Math.floor(Math.max(0, score) / 4));
  }
  const classes = kind === "binary" ? ["no", "yes"] : ["low", "mid", "high"];
  return {
    task: { kind, target: "y", ...(kind === "regression" ? {} : { classes }) },
    columns: [
      { kind: "numeric", name: "a", values: a },
      { kind: "numeric", name: "b", values: b },
      { kind: "categorical", name: "few", codes: few, cardinality: 3 },
      { kind: "categorical", name: "many", codes: many, cardinality: 30 },
    ],
    target,
    ...(weighted ? { weight } : {}),
    roles: splitRows(rows),
  };
}
