import {
  type Algorithm,
  type Dataset,
  type Examples,
  type FeatureColumn,
  type FeatureSpec,
  hashState,
  type ModelContent,
  type Role,
  randomStream,
  resolveParameters,
  type Task,
  type Trainer,
} from "../../../src/core/index.ts";
import { createMemoryDataset, ROLE } from "../../../src/data/index.ts";

export interface TableOptions {
  readonly rows: number;
  readonly task: "regression" | "binary" | "multiclass";
  readonly seed?: number;
  readonly missing?: boolean;
  readonly categories?: number;
  readonly weights?: boolean;
  readonly validation?: boolean;
  readonly numeric?: number;
}

const CLASSES = ["a", "b", "c"];

/** A dataset over columns; every seventh row is for validation where that is asked for. */
export function datasetOf(
  columns: readonly FeatureColumn[],
  target: Float64Array,
  task: Task,
  options: { weight?: Float32Array | null; validation?: boolean } = {},
): Dataset {
  const all = Array.from(target, (_, i) => i);
  const isValidation = (i: number): boolean => options.validation === true && i % 7 === 3;
  const roles: Record<Role, Uint32Array | null> = {
    train: options.validation === true ? Uint32Array.from(all.filter((i) => !isValidation(i))) : null,
    validation: Uint32Array.from(all.filter(isValidation)),
    test: new Uint32Array(0),
  };
  const table = { rows: target.length, columns };
  const examples = (role: Role): Examples => ({ table, rows: roles[role], target, weight: options.weight ?? null });
  return {
    task,
    features: columns.map(specOf),
    rows: { train: roles.train?.length ?? target.length, validation: roles.validation!.length, test: 0 },
    target: { mean: 0, std: 1, min: 0, max: 1, classCounts: [] },
    inMemory: true,
    examples: async (role) => examples(role),
    stream: () => Promise.reject(new Error("not used")),
  };
}

function specOf(column: FeatureColumn): FeatureSpec {
  const cardinality = column.kind === "categorical" ? column.cardinality : 0;
  const missing = column.kind === "numeric" ? column.values.filter((value) => Number.isNaN(value)).length : 0;
  return { name: column.name, kind: column.kind, cardinality, mean: 0, std: 0, min: 0, max: 0, missing };
}

/** A made-up table: numbers of several kinds, a few missing, categories that matter, noise. */
export function madeTable(options: TableOptions): { dataset: Dataset; columns: FeatureColumn[]; target: Float64Array } {
  const { rows, task, numeric = 5, categories = 0 } = options;
  const random = randomStream(options.seed ?? 1, "table");
  const columns: FeatureColumn[] = [];
  const score = new Float64Array(rows);
  for (let f = 0; f < numeric; f++) {
    const values = f % 2 === 0 ? new Float64Array(rows) : new Float32Array(rows);
    for (let i = 0; i < rows; i++) {
      const x = f === 3 ? random.integer(4) : random.normal();
      values[i] = options.missing === true && f < 3 && random.float() < 0.1 ? Number.NaN : x;
      score[i]! += Number.isNaN(values[i]!) ? 0.7 : f === 0 ? 2 * x : f === 1 ? x * x : f === 3 ? x / 2 : 0;
    }
    columns.push({ kind: "numeric", name: `n${f}`, values });
  }
  if (categories > 0) {
    const codes = new Uint32Array(rows);
    const effects = Array.from({ length: categories + 1 }, () => random.normal());
    for (let i = 0; i < rows; i++) {
      codes[i] = random.integer(categories + 1);
      score[i]! += effects[codes[i]!]!;
    }
    columns.push({ kind: "categorical", name: "c", codes, cardinality: categories });
  }
  const target = Float64Array.from(score, (s) => {
    const noisy = s + 0.5 * random.normal();
    if (task === "regression") return noisy;
    return task === "binary" ? (noisy > 1 ? 1 : 0) : noisy < 0.3 ? 0 : noisy < 2 ? 1 : 2;
  });
  const weight = options.weights === true ? Float32Array.from(target, () => random.integer(4) / 2) : null;
  const classes = task === "multiclass" ? CLASSES : ["no", "yes"];
  const what: Task = { kind: task, target: "y", ...(task === "regression" ? {} : { classes }) };
  const dataset = datasetOf(columns, target, what, { weight, validation: options.validation === true });
  return { dataset, columns, target };
}

/** The same rows in memory, and as a stream. */
export async function bothWays(dataset: Dataset): Promise<{ memory: Dataset; streamed: Dataset }> {
  const { table, target, weight, rows } = await dataset.examples("validation");
  const roles = new Uint8Array(table.rows).fill(ROLE.train);
  for (const row of rows ?? []) roles[row] = ROLE.validation;
  const { task, features } = dataset;
  const memory = createMemoryDataset({ task, features, main: { table, target, weight, roles } });
  const examples = (): never => {
    throw new Error("rows are not in memory");
  };
  return { memory, streamed: { ...memory, inMemory: false, examples } };
}

export function trainerOf(
  algorithm: Algorithm,
  dataset: Dataset,
  settings: Record<string, unknown> = {},
  threads = 1,
  warmStart?: ModelContent,
): Promise<Trainer> {
  return algorithm.createTrainer({
    dataset,
    parameters: resolveParameters(algorithm.parameters, settings, "setting"),
    seed: 42,
    threads,
    backend: "auto",
    notify: () => {},
    ...(warmStart && { warmStart }),
  });
}

/** Trains to the end. */
export async function train(
  algorithm: Algorithm,
  dataset: Dataset,
  settings: Record<string, unknown> = {},
  threads = 1,
  warmStart?: ModelContent,
): Promise<{ model: ModelContent; metrics: Readonly<Record<string, number>>[] }> {
  const trainer = await trainerOf(algorithm, dataset, settings, threads, warmStart);
  const metrics: Readonly<Record<string, number>>[] = [];
  try {
    for (;;) {
      const report = await trainer.step();
      metrics.push(report.metrics ?? {});
      if (report.done) return { model: await trainer.model(), metrics };
    }
  } finally {
    await trainer.dispose();
  }
}

export async function predict(
  algorithm: Algorithm,
  model: ModelContent,
  dataset: Dataset,
  columns: readonly FeatureColumn[],
  threads = 1,
): Promise<Float64Array> {
  const context = { task: dataset.task, features: dataset.features, threads, backend: "auto" } as const;
  const predictor = await algorithm.createPredictor(model, context);
  const first = columns[0]!;
  const rows = first.kind === "numeric" ? first.values.length : first.codes.length;
  const predictions = await predictor.predict({ rows, columns });
  await predictor.dispose();
  return predictions;
}

export function modelHash(model: ModelContent): string {
  return hashState(model);
}
