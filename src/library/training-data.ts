import { type Batch, type Column, type FeatureSpec, KaaykoError, type Task } from "../core/index.ts";
import { type FeaturePipeline, PIPELINE_VERSION } from "../features/index.ts";

/** Categories of a column at most. */
const MAX_CATEGORIES = 65_535;

/** Features of columns as they are: numbers, and categories sorted by their texts. */
export function fitPipeline({ columns, rows }: Batch): FeaturePipeline {
  if (columns.length === 0 || rows === 0)
    throw new KaaykoError({ action: "train", rule: "there must be columns and rows", got: "none", kind: "input" });
  const categories = columns.map((column) => ("codes" in column ? [...column.dictionary].sort() : []));
  return {
    version: PIPELINE_VERSION,
    columns: columns.map(({ name, kind }) => ({ name, kind })),
    encoders: columns.map((column, i) =>
      "codes" in column
        ? { form: "categorical", column: column.name, categories: categories[i]! }
        : { form: "numeric", column: column.name },
    ),
    features: columns.map((column) => specOf(column, rows)),
    user: null,
  };
}

function specOf(column: Column, rows: number): FeatureSpec {
  const { name } = column;
  if ("codes" in column) {
    if (column.dictionary.length > MAX_CATEGORIES)
      throw new KaaykoError({
        action: `use column ${JSON.stringify(name)}`,
        rule: `it may have at most ${MAX_CATEGORIES} categories`,
        got: String(column.dictionary.length),
        kind: "input",
      });
    let missing = 0;
    for (const code of column.codes) if (code === 0) missing++;
    return {
      name,
      kind: "categorical",
      cardinality: column.dictionary.length,
      mean: 0,
      std: 0,
      min: 0,
      max: 0,
      missing,
    };
  }
  let [count, sum, squares, min, max] = [0, 0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of column.values) {
    if (!Number.isFinite(value)) continue;
    count++;
    const delta = value - sum / Math.max(1, count - 1);
    sum += value;
    squares += count === 1 ? 0 : delta * (value - sum / count);
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  const known = count > 0;
  const spread = { mean: known ? sum / count : 0, std: known ? Math.sqrt(Math.max(0, squares) / count) : 0 };
  const range = { min: known ? min : 0, max: known ? max : 0 };
  return { name, kind: "numeric", cardinality: 0, ...spread, ...range, missing: rows - count };
}

/** What is to be predicted: numbers, or labels of classes. */
export type TargetInput = Float32Array | Float64Array | Int32Array | readonly (number | string | boolean)[];

/**
 * The task that a target asks for: texts and booleans are classes, numbers are numbers unless `kind` says otherwise.
 *
 * @throws KaaykoError (input) where there are fewer than two classes
 */
export function taskOf(target: TargetInput, kind: "regression" | "classification" | undefined): Task {
  const asked = kind ?? (typeof target[0] === "number" ? "regression" : "classification");
  if (asked === "regression") return { kind: "regression", target: "target" };
  const labels = new Set<string | number | boolean>(target);
  const classes = [...labels].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).map(String);
  if (classes.length < 2)
    throw new KaaykoError({
      action: "train",
      rule: "the target must have two classes",
      got: String(classes.length),
      kind: "input",
    });
  return { kind: classes.length === 2 ? "binary" : "multiclass", target: "target", classes };
}

/**
 * Targets as numbers: values, or codes of classes from 0.
 *
 * @throws KaaykoError (input) for one that is not finite, or a class that the training rows do not have
 */
export function targetsOf(target: TargetInput, { classes }: Task, rows: number): Float64Array {
  const refuse = (rule: string, got: string): never => {
    throw new KaaykoError({ action: "train", rule, got, kind: "input" });
  };
  if (target.length !== rows) refuse(`the target must have ${rows} values`, String(target.length));
  const codes = new Map(classes?.map((label, code) => [label, code]));
  return Float64Array.from(target as ArrayLike<number>, (value, row) => {
    const number = classes === undefined ? Number(value) : (codes.get(String(value)) ?? Number.NaN);
    if (!Number.isFinite(number))
      refuse(
        classes === undefined ? "targets must be finite" : `classes must be ${classes.slice(0, 10).join(", ")}`,
        `${value} in row ${row + 1}`,
      );
    return number;
  });
}

/** Weights at or over 0, or null for none. */
export function weightsOf(weight: ArrayLike<number> | undefined, rows: number): Float32Array | null {
  if (weight === undefined) return null;
  const values = Float32Array.from(weight);
  if (values.length === rows && values.every((value) => value >= 0 && Number.isFinite(value))) return values;
  throw new KaaykoError({
    action: "train",
    rule: `there must be ${rows} finite weights at or over 0`,
    got: "others",
    kind: "input",
  });
}
