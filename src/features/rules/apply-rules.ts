import type { Cap, FeatureTable, UnknownCap } from "../../core/index.ts";
import type { CompiledCondition, CompiledRules } from "./compile-rules.ts";
import { type LowestCaps, lowestCaps } from "./lowest-caps.ts";

/** From this many rows on, going column by column pays. */
const MANY_ROWS = 8;

/** A cap that holds for a row. */
export type FiredCap = Pick<Cap | UnknownCap, "name" | "cap" | "reason">;

/**
 * Keeps predictions within the range of the rules and under every cap that holds; changes them in place. NaN becomes the lowest
 * prediction that there is.
 *
 * @param caps `lowestCaps` of the table, where the caller has them
 */
export function applyRules(
  compiled: CompiledRules,
  table: FeatureTable,
  predictions: Float64Array,
  caps?: LowestCaps,
): void {
  if (caps !== undefined || table.rows >= MANY_ROWS) {
    capPredictions(compiled, caps ?? lowestCaps(compiled, table), predictions);
    return;
  }
  const features = new Float64Array(compiled.features);
  for (let row = 0; row < table.rows; row++) {
    readFeatures(table, row, features);
    predictions[row] = ruledPrediction(compiled, features, predictions[row]!);
  }
}

/** Keeps predictions within the range of the rules and under the caps that were found; changes them in place. */
function capPredictions({ rules }: CompiledRules, { cap }: LowestCaps, predictions: Float64Array): void {
  const { low, high } = rules.range;
  for (let row = 0; row < cap.length; row++) {
    const prediction = predictions[row]!;
    predictions[row] = prediction >= low ? Math.min(prediction, high, cap[row]!) : low;
  }
}

/** A row's features as numbers; a category as its code, NaN where it is missing. */
export function readFeatures({ columns }: FeatureTable, row: number, to: Float64Array): void {
  for (let i = 0; i < columns.length; i++) {
    const column = columns[i]!;
    if (column.kind === "numeric") to[i] = column.values[row]!;
    else to[i] = column.codes[row]! === 0 ? Number.NaN : column.codes[row]!;
  }
}

/** One row's prediction under the rules. @param features as `readFeatures` gives them */
export function ruledPrediction(compiled: CompiledRules, features: Float64Array, prediction: number): number {
  const { low, high } = compiled.rules.range;
  let highest = high;
  for (const { cap, conditions } of compiled.caps)
    if (cap.cap < highest && allHold(conditions, features)) highest = cap.cap;
  const { unknown } = compiled.rules;
  if (unknown !== null && unknown.cap < highest && countMissing(features) > unknown.missingAtMost)
    highest = unknown.cap;
  // A comparison with NaN is false: what cannot be predicted is as low as can be.
  return prediction >= low ? Math.min(prediction, highest) : low;
}

/** The caps that hold for a row, the lowest first. */
export function firedCaps(compiled: CompiledRules, features: Float64Array): FiredCap[] {
  const fired: FiredCap[] = [];
  for (const { cap, conditions } of compiled.caps) if (allHold(conditions, features)) fired.push(cap);
  const { unknown } = compiled.rules;
  if (unknown !== null && countMissing(features) > unknown.missingAtMost) fired.push(unknown);
  return fired.length < 2 ? fired : fired.sort((a, b) => a.cap - b.cap);
}

function allHold(conditions: readonly CompiledCondition[], features: Float64Array): boolean {
  for (let i = 0; i < conditions.length; i++) if (!holds(conditions[i]!, features)) return false;
  return true;
}

function holds({ feature, is, value, otherwise }: CompiledCondition, features: Float64Array): boolean {
  let found = features[feature]!;
  for (let i = 0; Number.isNaN(found) && i < otherwise.length; i++)
    found = features[otherwise[i]!.feature]! * otherwise[i]!.times;
  if (is === "missing") return Number.isNaN(found);
  return is === "above" ? found > value : found < value;
}

function countMissing(features: Float64Array): number {
  let missing = 0;
  for (let i = 0; i < features.length; i++) if (Number.isNaN(features[i]!)) missing++;
  return missing;
}
