import type { RegressionSummary } from "../../core/index.ts";
import { binOf, countInBins, quantileOfSorted } from "./quantile.ts";

const DENSITY_BINS = 32;
const RESIDUAL_BINS = 41;
const GROUPS = 10;
const RESIDUAL_QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95];
/** Rarer values than this at either end would leave a scale for the others too coarse. */
const TAIL = 0.002;

/**
 * Predicted against actual numbers: their density, the residuals, and the calibration of groups of rows.
 *
 * @param predicted finite; at least one row
 * @param actual as many
 */
export function summariseRegression(predicted: ArrayLike<number>, actual: ArrayLike<number>): RegressionSummary {
  const residuals = Float64Array.from({ length: actual.length }, (_, i) => actual[i]! - predicted[i]!);
  return {
    kind: "regression",
    density: densityOf(predicted, actual),
    residuals: residualHistogram(residuals),
    groups: groupsOf(predicted, actual, residuals),
  };
}

function densityOf(predicted: ArrayLike<number>, actual: ArrayLike<number>): RegressionSummary["density"] {
  const all = Float64Array.from([...Array.from(predicted), ...Array.from(actual)]).sort();
  const [low, high] = widened(quantileOfSorted(all, TAIL), quantileOfSorted(all, 1 - TAIL));
  const counts = new Float64Array(DENSITY_BINS * DENSITY_BINS);
  let outside = 0;
  for (let i = 0; i < actual.length; i++) {
    const x = binOf(predicted[i]!, low, high, DENSITY_BINS);
    const y = binOf(actual[i]!, low, high, DENSITY_BINS);
    if (x >= 0 && x < DENSITY_BINS && y >= 0 && y < DENSITY_BINS) counts[x * DENSITY_BINS + y]!++;
    else outside++;
  }
  const cells = [...counts].flatMap((count, at): [number, number, number][] =>
    count === 0 ? [] : [[Math.floor(at / DENSITY_BINS), at % DENSITY_BINS, count]],
  );
  return { low, high, bins: DENSITY_BINS, cells, outside };
}

function residualHistogram(residuals: Float64Array): RegressionSummary["residuals"] {
  const sorted = residuals.slice().sort();
  const reach = Math.max(Math.abs(quantileOfSorted(sorted, TAIL)), Math.abs(quantileOfSorted(sorted, 1 - TAIL)));
  const [low, high] = widened(-reach, reach);
  return { low, high, counts: countInBins(residuals, low, high, RESIDUAL_BINS) };
}

function groupsOf(
  predicted: ArrayLike<number>,
  actual: ArrayLike<number>,
  residuals: Float64Array,
): RegressionSummary["groups"] {
  const rows = actual.length;
  const order = Uint32Array.from({ length: rows }, (_, i) => i).sort((a, b) => predicted[a]! - predicted[b]! || a - b);
  const groups = Math.min(GROUPS, rows);
  return Array.from({ length: groups }, (_, k) => {
    const members = order.subarray(Math.floor((k * rows) / groups), Math.floor(((k + 1) * rows) / groups));
    const sorted = Float64Array.from(members, (row) => residuals[row]!).sort();
    return {
      rows: members.length,
      predicted: meanOf(members, predicted),
      actual: meanOf(members, actual),
      residuals: RESIDUAL_QUANTILES.map((share) => quantileOfSorted(sorted, share)),
    };
  });
}

function meanOf(rows: Uint32Array, values: ArrayLike<number>): number {
  let sum = 0;
  for (const row of rows) sum += values[row]!;
  return sum / rows.length;
}

/** A range that is not empty. */
function widened(low: number, high: number): [number, number] {
  if (high > low) return [low, high];
  const margin = Math.max(Math.abs(low) * 0.01, 1e-6);
  return [low - margin, high + margin];
}
