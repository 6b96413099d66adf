import {
  type FeatureImportance,
  type FeatureSpec,
  featuresOfStep,
  type JsonValue,
  KaaykoError,
  type Task,
} from "../../core/index.ts";

/**
 * Numbers of the features that the model of a step learns from: what was made for other steps says nothing that its own do not. A
 * step so far ahead that none were made for it learns from all.
 *
 * @param step from 0
 */
export function columnsOfStep(features: readonly FeatureSpec[], { target, horizon = 1 }: Task, step: number): number[] {
  const own = new Set(featuresOfStep(target, step + 1));
  const all = [...features.keys()];
  if (!features.some(({ name }) => own.has(name))) return all;
  const others = new Set(Array.from({ length: horizon }, (_, k) => featuresOfStep(target, k + 1)).flat());
  return all.filter((column) => own.has(features[column]!.name) || !others.has(features[column]!.name));
}

/** Those of `values` with the numbers `columns`. */
export function pick<T>(values: readonly T[], columns: readonly number[]): T[] {
  return columns.map((column) => values[column]!);
}

/** The importance of all features, from that of some. */
export function spreadImportance(
  { measure, values }: FeatureImportance,
  columns: readonly number[],
  features: number,
): FeatureImportance {
  const spread = new Array<number>(features).fill(0);
  columns.forEach((column, k) => {
    spread[column] = values[k]!;
  });
  return { measure, values: spread };
}

/**
 * The columns of each model as a stored model names them; of models of before, which learnt from all, all.
 *
 * @throws KaaykoError (damaged) for columns that there are not
 */
export function readColumns(stored: JsonValue | undefined, models: number, features: number): readonly number[][] {
  if (stored === undefined) return Array.from({ length: models }, () => Array.from({ length: features }, (_, k) => k));
  const isColumn = (column: JsonValue) => Number.isInteger(column) && Number(column) >= 0 && Number(column) < features;
  const whole =
    Array.isArray(stored) &&
    stored.length === models &&
    stored.every((own) => Array.isArray(own) && own.length > 0 && own.every(isColumn));
  if (whole) return stored as number[][];
  throw new KaaykoError({ action: "load the models of a forecast", rule: "their columns must exist", kind: "damaged" });
}
