import type { FeatureImportance } from "../../core/index.ts";
import type { TreeArrays } from "./ensemble.ts";

/**
 * The loss that splits on each feature saved, as shares of all.
 *
 * @param columns the feature of each number that a split may name
 */
export function gainImportance(trees: TreeArrays, columns: readonly number[], features: number): FeatureImportance {
  const values = new Array<number>(features).fill(0);
  for (let node = 0; node < trees.feature.length; node++) {
    const feature = trees.feature[node]!;
    if (feature >= 0) values[columns[feature]!]! += Math.max(0, trees.gain[node]!);
  }
  const total = values.reduce((a, b) => a + b, 0);
  return {
    measure: "gain",
    values: total > 0 && Number.isFinite(total) ? values.map((value) => value / total) : values.map(() => 0),
  };
}
