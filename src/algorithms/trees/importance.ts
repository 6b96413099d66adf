import type { FeatureImportance } from "../../core/index.ts";
import type { TreeArrays } from "./ensemble.ts";

/**
 * What splits say of each feature, as shares of all: `gain` (the loss that they saved), `cover` (the rows that they parted) and
 * `splits` (their number).
 *
 * @param columns the feature of each number that a split may name
 */
export function splitMeasures(trees: TreeArrays, columns: readonly number[], features: number): FeatureImportance[] {
  const gain = new Float64Array(features);
  const cover = new Float64Array(features);
  const splits = new Float64Array(features);
  for (let node = 0; node < trees.feature.length; node++) {
    const entry = trees.feature[node]!;
    if (entry < 0) continue;
    const feature = columns[entry]!;
    gain[feature]! += Math.max(0, trees.gain[node]!);
    cover[feature]! += Math.max(0, trees.rows[node]!);
    splits[feature]! += 1;
  }
  return [asShares("gain", gain), asShares("cover", cover), asShares("splits", splits)];
}

/** Measures at or over 0 as shares of their sum; all 0 where that is none. */
export function asShares(measure: string, amounts: Float64Array): FeatureImportance {
  const total = amounts.reduce((a, b) => a + b, 0);
  const isKnown = total > 0 && Number.isFinite(total);
  return { measure, values: Array.from(amounts, (amount) => (isKnown ? amount / total : 0)) };
}
