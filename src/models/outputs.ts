import {
  type Batch,
  type Column,
  type ColumnSchema,
  intervalAround,
  type JsonObject,
  KaaykoError,
  newCodes,
  outputsOf,
  type StringColumn,
  type Task,
} from "../core/index.ts";
import type { Model } from "./package.ts";
import { scopeOf } from "./scope.ts";

/**
 * The columns of predictions: `prediction` (the value, or the class's label), `lower` and `upper` where there are intervals, and for classes their probabilities:
 * `probability` (of the second of two classes) or `probability_<class>`.
 */
export function outputColumns(task: Task): ColumnSchema[] {
  const number = (name: string): ColumnSchema => ({ name, kind: "numeric", physical: "double" });
  if (task.kind === "tagging")
    return ["prediction", "entities"].map((name) => ({ name, kind: "categorical", physical: "string" }));
  if (task.classes === undefined)
    return ["prediction", ...(task.interval === undefined ? [] : ["lower", "upper"])].map(number);
  if (task.kind === "anomaly")
    return [{ name: "prediction", kind: "categorical", physical: "string" }, number("anomaly_score")];
  const probabilities = task.kind === "binary" ? ["probability"] : task.classes!.map((label) => `probability_${label}`);
  return [{ name: "prediction", kind: "categorical", physical: "string" }, ...probabilities.map(number)];
}

/** Predictions as columns, beside input columns that are kept. @param unknown `unknownRows` */
export function outputBatch(
  model: Model,
  predictions: Float64Array,
  rows: number,
  firstRow: number,
  kept: readonly Column[] = [],
  unknown?: Uint8Array,
): Batch {
  const [first, ...others] = outputColumns(model.task);
  const { classes } = model.task;
  if (classes === undefined) {
    const values: Column = { kind: "numeric", name: first!.name, values: predictions };
    return { firstRow, rows, columns: [...kept, values, ...intervalColumns(model, predictions, rows, unknown)] };
  }
  const outputs = outputsOf(model.task);
  const probabilities = others.map(({ name }, k): Column => {
    const values = Float64Array.from({ length: rows }, (_, row) => predictions[row * outputs + k]!);
    return { kind: "numeric", name, values };
  });
  const labels = { kind: "categorical", name: first!.name, ...labelColumn(model, predictions, rows) } as const;
  return { firstRow, rows, columns: [...kept, labels, ...probabilities] };
}

/** `lower` and `upper`, where the model has intervals. */
function intervalColumns(model: Model, predictions: Float64Array, rows: number, unknown?: Uint8Array): Column[] {
  if (model.task.interval === undefined) return [];
  const [lower, upper] = [new Float64Array(rows), new Float64Array(rows)];
  for (let row = 0; row < rows; row++) {
    const interval = intervalOfPrediction(model, predictions[row]!, unknown?.[row] === 1);
    lower[row] = interval.lower;
    upper[row] = interval.upper;
  }
  return [
    { kind: "numeric", name: "lower", values: lower },
    { kind: "numeric", name: "upper", values: upper },
  ];
}

/**
 * The interval of a prediction; the model must have intervals.
 *
 * @param unknown whether the row is one of `unknownRows`
 * @param level default that of the model
 */
export function intervalOfPrediction(
  { task, thresholds }: Model,
  prediction: number,
  unknown: boolean,
  level = task.interval!,
) {
  return intervalAround(thresholds!, prediction, level, unknown);
}

/** The predicted class of each row; of rows with several labels the set, as the target's column spells it. */
function labelColumn(
  model: Model,
  predictions: Float64Array,
  rows: number,
): Pick<StringColumn, "codes" | "dictionary"> {
  const { kind, separator = "," } = model.task;
  const outputs = outputsOf(model.task);
  if (kind !== "multilabel") {
    const dictionary = answersOf(model.task);
    const codes = newCodes(rows, dictionary.length);
    for (let row = 0; row < rows; row++) codes[row] = 1 + classOf(model, predictions, row, outputs);
    return { codes, dictionary };
  }
  const codes = new Uint32Array(rows);
  const known = new Map<string, number>();
  for (let row = 0; row < rows; row++) {
    const cell = labelsOf(model, predictions, row).join(separator);
    if (!known.has(cell)) known.set(cell, known.size + 1);
    codes[row] = known.get(cell)!;
  }
  return { codes, dictionary: [...known.keys()] };
}

/** The labels of a row: all whose probability reaches their threshold, in the order of the classes. */
function labelsOf({ task, thresholds }: Model, predictions: Float64Array, row: number): string[] {
  const width = task.classes!.length;
  return task.classes!.filter((_, k) => predictions[row * width + k]! >= (thresholds?.[k] ?? 0.5));
}

/** The labels that a row is given with their probabilities and thresholds, the likeliest first. */
function givenLabels({ task, thresholds }: Model, predictions: Float64Array, row: number): JsonObject[] {
  const width = task.classes!.length;
  return task
    .classes!.map((label, k) => ({
      label,
      probability: predictions[row * width + k]!,
      threshold: thresholds?.[k] ?? 0.5,
    }))
    .filter(({ probability, threshold }) => probability >= threshold)
    .sort((a, b) => b.probability - a.probability);
}

/**
 * One row of predictions as an object, for JSON; of several labels also `labels`, those that are given, the likeliest first.
 *
 * @param unknown `unknownRows`
 */
export function outputRow(model: Model, predictions: Float64Array, row: number, unknown?: Uint8Array): JsonObject {
  const { classes } = model.task;
  if (classes === undefined) {
    const prediction = predictions[row]!;
    return model.task.interval === undefined
      ? { prediction }
      : { prediction, ...intervalOfPrediction(model, prediction, unknown?.[row] === 1) };
  }
  const outputs = outputsOf(model.task);
  const several = model.task.kind === "multilabel";
  const prediction = several
    ? labelsOf(model, predictions, row)
    : answersOf(model.task)[classOf(model, predictions, row, outputs)]!;
  const names = outputColumns(model.task).slice(1);
  return {
    prediction,
    ...(several ? { labels: givenLabels(model, predictions, row) } : {}),
    ...Object.fromEntries(names.map(({ name }, k) => [name, predictions[row * outputs + k]!])),
  };
}

/** What may be predicted: the classes, and behind them the answer that none is meant. */
function answersOf({ classes, outOfScope }: Task): readonly string[] {
  return outOfScope === undefined ? classes! : [...classes!, outOfScope];
}

/**
 * The place of what is predicted: for two classes by the threshold, else the most probable, the first where several are; behind the classes
 * where none is probable enough.
 */
function classOf(model: Model, predictions: Float64Array, row: number, outputs: number): number {
  if (outputs === 1) return predictions[row]! >= model.threshold ? 1 : 0;
  let best = 0;
  for (let k = 1; k < outputs; k++) if (predictions[row * outputs + k]! > predictions[row * outputs + best]!) best = k;
  const scope = scopeOf(model);
  return scope === null || predictions[row * outputs + best]! >= scope.threshold ? best : outputs;
}

/** @throws KaaykoError (usage) where a kept column has the name of an output */
export function checkKept(kept: readonly string[], task: Task, others: readonly string[] = []): void {
  const outputs = [...outputColumns(task).map(({ name }) => name), ...others];
  const clash = kept.find((name) => outputs.includes(name));
  if (clash === undefined) return;
  throw new KaaykoError({
    action: `keep column ${JSON.stringify(clash)}`,
    rule: "its name must differ from those of the predictions",
    kind: "usage",
  });
}
