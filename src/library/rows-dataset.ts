import { type Batch, type Dataset, type Examples, KaaykoError, type Role, type Task } from "../core/index.ts";
import { createFeatureEncoder, type FeaturePipeline } from "../features/index.ts";
import { type TableInput, toBatch } from "./table-input.ts";
import { type TargetInput, targetsOf, weightsOf } from "./training-data.ts";

/** Rows with what they should be predicted as. */
export interface LabelledRows {
  readonly columns: TableInput;
  readonly target: TargetInput;
  /** At or over 0. Default 1 for each row. */
  readonly weight?: ArrayLike<number>;
}

export interface TrainingRows extends LabelledRows {
  /** Rows that say when to stop; never learnt from. Default none. */
  readonly validation?: LabelledRows;
  /** Rows by name that boosted trees are measured on after each round (`<name>.<metric>` of `rounds`); they decide nothing. Default none. */
  readonly evaluations?: Readonly<Record<string, LabelledRows>>;
}

/** A dataset of rows in memory. @throws KaaykoError (input) where targets, weights or validation columns do not fit */
export function datasetOf(data: TrainingRows, task: Task, pipeline: FeaturePipeline): Dataset {
  const encoder = createFeatureEncoder(pipeline);
  const examplesOf = (rows: Batch, { target, weight }: LabelledRows): Examples => ({
    table: encoder.encode(rows),
    rows: null,
    target: targetsOf(target, task, rows.rows),
    weight: weightsOf(weight, rows.rows),
  });
  const { validation } = data;
  const train = examplesOf(sameColumns(data.columns, pipeline, "training"), data);
  const none: Examples = { table: { rows: 0, columns: [] }, rows: null, target: new Float64Array(0), weight: null };
  const held =
    validation === undefined ? none : examplesOf(sameColumns(validation.columns, pipeline, "validation"), validation);
  const byRole: Readonly<Record<Role, Examples>> = { train, validation: held, test: none };
  return {
    task,
    features: pipeline.features,
    rows: { train: train.table.rows, validation: held.table.rows, test: 0 },
    target: summaryOf(train.target, task),
    inMemory: true,
    evaluations: Object.entries(data.evaluations ?? {}).map(([name, rows]) => {
      const set = examplesOf(sameColumns(rows.columns, pipeline, name), rows);
      return { name, rows: set.table.rows, examples: async () => set };
    }),
    examples: async (role) => byRole[role],
    stream: () => {
      throw new KaaykoError({ action: "stream rows", rule: "they are in memory" });
    },
  };
}

function sameColumns(columns: TableInput, pipeline: FeaturePipeline, role: string): Batch {
  const batch = toBatch(columns);
  const own = pipeline.columns.map(({ name, kind }) => {
    const column = batch.columns.find((candidate) => candidate.name === name);
    if (column !== undefined && "codes" in column === (kind === "categorical")) return column;
    throw new KaaykoError({
      action: "train",
      rule: `${role} rows must have column ${JSON.stringify(name)} of the same kind`,
      got: column === undefined ? "none" : "another",
      kind: "input",
    });
  });
  return { ...batch, columns: own };
}

function summaryOf(target: Float64Array, { classes }: Task): Dataset["target"] {
  const rows = Math.max(1, target.length);
  const mean = target.reduce((sum, y) => sum + y, 0) / rows;
  const std = Math.sqrt(target.reduce((sum, y) => sum + (y - mean) ** 2, 0) / rows);
  const min = target.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const max = target.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const classCounts = classes?.map((_, code) => target.reduce((count, y) => count + (y === code ? 1 : 0), 0)) ?? [];
  return { mean, std, min, max, classCounts };
}
