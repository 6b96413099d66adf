import type { State } from "../../../core/index.ts";
import { damaged } from "../validate-trees.ts";
import { type ForestTrees, LEAF, MISSING_LEFT, treeRange } from "./forest-trees.ts";
import type { FeatureNumbers } from "./kernel-trees.ts";
import { validateForest } from "./validate-forest.ts";

export interface RestoredForest {
  readonly trees: ForestTrees;
  readonly gains: Float64Array;
  readonly seconds: number;
}

const WHAT = "the state of a forest";

/**
 * Reads a trainer's state against the bins that its data give.
 *
 * @throws KaaykoError (damaged) where they do not fit
 */
export function restoreForest(
  { json, arrays }: State,
  { bins, numbers, classes }: FeatureNumbers,
  limits: { readonly trees: number; readonly maxNodes: number },
): RestoredForest {
  const trees = validateForest(arrays, { bins, classes, what: WHAT });
  const count = trees.ends.length;
  if (json.trees !== count || count > limits.trees)
    throw damaged(WHAT, "it must have as many trees as it says", `${count}`);
  for (let tree = 0; tree < count; tree++)
    if (treeRange(trees, tree).nodeCount > limits.maxNodes) throw damaged(WHAT, "trees must fit", `tree ${tree}`);
  const known = new Set(numbers);
  let split = 0;
  for (const feature of trees.feature) {
    if (feature === LEAF) continue;
    const entry = bins[feature]!;
    const bin = trees.split[split++]! % MISSING_LEFT;
    if (!known.has(feature) || (entry.kind === "numeric" && bin > entry.cuts.length))
      throw damaged(WHAT, "a split must be on a bin that there is", `feature ${feature}`);
  }
  const { gains } = arrays;
  if (!(gains instanceof Float64Array) || gains.length !== bins.length || !gains.every(Number.isFinite))
    throw damaged(WHAT, "it must hold the gain of each feature", String(gains?.length));
  const seconds = typeof json.seconds === "number" && json.seconds >= 0 ? json.seconds : 0;
  return { trees, gains: gains.slice(), seconds };
}
