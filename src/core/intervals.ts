import type { FeatureTable } from "./dataset.ts";
import { KaaykoError } from "./errors.ts";
import type { Task } from "./task.ts";

/** Levels of the quantiles that are kept of errors: 0.005, 0.01, …, 0.995, so that intervals of any level up to 0.99 can be said. */
const QUANTILES = 199;
/** Rows that a group must have, and groups at most. */
const GROUP_ROWS = 250;
const MOST_GROUPS = 8;

/** Least and greatest share of true values that an interval may be asked to cover. */
export const INTERVAL_RANGE = { low: 0.5, high: 0.99 };

/** By row, 1 where the feature that decides it is missing; undefined where the task does not tell such rows from others. */
export function unknownRows({ intervalBy }: Task, { rows, columns }: FeatureTable): Uint8Array | undefined {
  const column = intervalBy === undefined ? undefined : columns.find(({ name }) => name === intervalBy);
  if (column === undefined) return undefined;
  const isMissing = (row: number) =>
    column.kind === "numeric" ? Number.isNaN(column.values[row]!) : column.codes[row] === 0;
  return Uint8Array.from({ length: rows }, (_, row) => (isMissing(row) ? 1 : 0));
}

/**
 * How far true values lie from predictions: how many numbers tell it of rows that are known, these, and those of rows that are not
 * (`unknownRows`); of either none where there is no such row.
 */
export function measureIntervals(
  predictions: Float64Array,
  errors: Float64Array,
  unknown: Uint8Array = new Uint8Array(predictions.length),
): number[] {
  const [known, others] = [0, 1].map((flag) => {
    const own = (_: number, row: number) => unknown[row] === flag;
    return measureErrors(predictions.filter(own), errors.filter(own));
  }) as [number[], number[]];
  return known.length + others.length === 0 ? [] : [known.length, ...known, ...others];
}

/**
 * Finds how far true values lie from predictions, in up to eight groups of rising prediction (split conformal prediction with groups:
 * Vovk, Gammerman and Shafer, "Algorithmic learning in a random world", 2005): large amounts err more than small ones.
 * The numbers are the number of groups, the predictions between them, and of each group the quantiles of true value minus prediction.
 *
 * @param predictions of rows that the model has not learnt from, finite
 * @param errors true value minus prediction of each
 */
function measureErrors(predictions: Float64Array, errors: Float64Array): number[] {
  const rows = predictions.length;
  if (rows === 0) return [];
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  order.sort((a, b) => predictions[a]! - predictions[b]! || a - b);
  const groups = Math.max(1, Math.min(MOST_GROUPS, Math.floor(rows / GROUP_ROWS)));
  const starts = Array.from({ length: groups + 1 }, (_, group) => Math.round((group * rows) / groups));
  const borders = starts.slice(1, -1).map((start) => predictions[order[start]!]!);
  const groupOf = (row: number) => placeOf(borders, predictions[row]!);
  const errorsOf: number[][] = Array.from({ length: groups }, () => []);
  for (const row of order) errorsOf[groupOf(row)]!.push(errors[row]!);
  // Equal predictions are of one group, which may leave another without rows: it is never asked.
  const quantiles = errorsOf.flatMap((own) => quantilesOf(Float64Array.from(own.length === 0 ? [0] : own).sort()));
  return [groups, ...borders, ...quantiles];
}

/** Quantiles with the correction for few rows: the level of the k-th smallest of n is k / (n + 1). */
function quantilesOf(sorted: Float64Array): number[] {
  return Array.from({ length: QUANTILES }, (_, i) => {
    const place = ((i + 1) / (QUANTILES + 1)) * (sorted.length + 1) - 1;
    return between(sorted, Math.max(0, Math.min(sorted.length - 1, place)));
  });
}

/**
 * The interval of a prediction that is to cover the true value with the probability `level`, as found by `measureIntervals`.
 *
 * @param unknown whether the row is one of `unknownRows`. Default false
 */
export function intervalAround(
  measured: readonly number[],
  prediction: number,
  level: number,
  unknown = false,
): { readonly lower: number; readonly upper: number } {
  const [known, others] = [measured.slice(1, 1 + measured[0]!), measured.slice(1 + measured[0]!)];
  const own = (unknown && others.length > 0) || known.length === 0 ? others : known;
  return errorsAround(own, prediction, level);
}

function errorsAround(measured: readonly number[], prediction: number, level: number) {
  const groups = measured[0]!;
  const group = placeOf(measured.slice(1, groups), prediction);
  const first = groups + group * QUANTILES;
  const own = measured.slice(first, first + QUANTILES);
  const at = (share: number) => between(own, Math.max(0, Math.min(QUANTILES - 1, share * (QUANTILES + 1) - 1)));
  return { lower: prediction + at((1 - level) / 2), upper: prediction + at((1 + level) / 2) };
}

/** @throws KaaykoError (damaged) for numbers that `measureIntervals` cannot have given */
export function checkIntervals(measured: readonly unknown[]): asserts measured is readonly number[] {
  const [first, ...numbers] = measured;
  const parts =
    typeof first === "number" && Number.isInteger(first) && first >= 0 && first <= numbers.length
      ? [numbers.slice(0, first), numbers.slice(first)]
      : [];
  const filled = parts.filter((part) => part.length > 0);
  if (filled.length === 0 || !filled.every(isMeasured))
    throw new KaaykoError({ action: "use intervals", rule: "they must be whole", kind: "damaged" });
}

function isMeasured(measured: readonly unknown[]): boolean {
  const groups = measured[0];
  return (
    typeof groups === "number" &&
    Number.isInteger(groups) &&
    groups >= 1 &&
    groups <= MOST_GROUPS &&
    measured.length === groups + groups * QUANTILES &&
    measured.every(Number.isFinite)
  );
}

/** How many borders lie at or below a value. */
function placeOf(borders: readonly number[], value: number): number {
  let place = 0;
  while (place < borders.length && value >= borders[place]!) place++;
  return place;
}

function between(values: ArrayLike<number>, place: number): number {
  const below = Math.floor(place);
  const low = values[below]!;
  return low + (place - below) * (values[Math.min(below + 1, values.length - 1)]! - low);
}
