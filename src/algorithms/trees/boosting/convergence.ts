import type { BoostingOptions } from "./boosting-parameters.ts";
import { sampledFeatures } from "./sampling.ts";

/**
 * True where no tree from number `from` on could split, and none of a later round could either, because all see the same.
 *
 * @param ends number of nodes up to the end of each tree
 * @param features that trees may split on
 */
export function hasConverged(
  { subsample, colsample, colsampleLevel, colsampleNode }: BoostingOptions,
  features: number,
  ends: ArrayLike<number>,
  from: number,
): boolean {
  if (colsampleLevel !== 1 || colsampleNode !== 1) return false;
  if (features > 0 && (subsample < 1 || sampledFeatures(features, colsample) < features)) return false;
  for (let tree = from; tree < ends.length; tree++)
    if (ends[tree]! - (tree === 0 ? 0 : ends[tree - 1]!) > 1) return false;
  return true;
}
