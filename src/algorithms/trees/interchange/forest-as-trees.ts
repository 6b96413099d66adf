import { type FeatureSpec, KaaykoError, type ModelContent, outputsOf, type Task } from "../../../core/index.ts";
import type { FeatureBins } from "../binning/feature-bins.ts";
import { CATEGORICAL, MISSING_LEFT, type TreeArrays } from "../ensemble.ts";
import { type Forest, readForest } from "../forest/forest-model.ts";
import { LEAF, MISSING_LEFT as MISSING_BIT, treeRange } from "../forest/forest-trees.ts";
import type { ModelForest } from "./written-forest.ts";

/** Nodes at most, once for each class: formats of text say each of them in about a hundred bytes. */
const MAX_NODES = 4_000_000;

/** Whether a model is a random forest. */
export function isForest({ arrays }: ModelContent): boolean {
  return arrays.setEnds !== undefined && arrays.distributionEnds !== undefined;
}

/**
 * A random forest as trees whose values add up to its predictions: each leaf divided by the number of trees, and with more than two
 * classes each tree once for each class.
 *
 * @throws KaaykoError (damaged) where it is not whole; (input) where it is too large for other programs' files
 */
export function forestAsTrees(content: ModelContent, task: Task, features: readonly FeatureSpec[]): ModelForest {
  const classes = task.kind === "multiclass" ? Math.max(2, outputsOf(task)) : 1;
  const forest = readForest(content, features, classes);
  const nodes = forest.trees.feature.length * classes;
  if (nodes > MAX_NODES)
    throw new KaaykoError({
      action: "export the model",
      rule: `a forest may have at most ${MAX_NODES.toLocaleString("en-US")} nodes, once for each class`,
      got: nodes.toLocaleString("en-US"),
      remedy: "Train fewer or shallower trees (trees, maxDepth).",
      kind: "input",
    });
  const trees = treesOf(forest);
  const base = new Float64Array(classes).fill(forest.base);
  const binOfCode = forest.bins.map((entry) => (entry.kind === "categorical" ? entry.binOfCode : null));
  const columns = forest.bins.map(({ column }) => column);
  const model = { trees, base, binOfCode, columns, features: features.length, initialScore: [] };
  const loss = task.kind === "multiclass" ? "softmax" : task.kind === "binary" ? "logistic" : "squared";
  return { model, trees, loss, parameter: null, link: "identity", classes, base };
}

function treesOf(forest: Forest): TreeArrays {
  const { trees, classes } = forest;
  const nodes = trees.feature.length * classes;
  const to: TreeArrays = {
    feature: new Int32Array(nodes).fill(-1),
    bin: new Int32Array(nodes),
    threshold: new Float64Array(nodes),
    flags: new Uint8Array(nodes),
    left: new Int32Array(nodes).fill(-1),
    right: new Int32Array(nodes).fill(-1),
    value: new Float64Array(nodes),
    gain: new Float64Array(nodes),
    rows: new Float64Array(nodes),
    categories: trees.categories,
    ends: new Uint32Array(trees.ends.length * classes),
  };
  let at = 0;
  for (let tree = 0; tree < trees.ends.length; tree++)
    for (let k = 0; k < classes; k++) {
      at = writeTree(forest, tree, k, at, to);
      to.ends[tree * classes + k] = at;
    }
  return to;
}

/** Writes a tree for one class; returns one past its last node. */
function writeTree(
  { trees, bins, classes, scale }: Forest,
  tree: number,
  k: number,
  at: number,
  to: TreeArrays,
): number {
  const range = treeRange(trees, tree);
  const share = scale / trees.ends.length;
  let splits = 0;
  let leaves = 0;
  let sets = 0;
  for (let node = 0; node < range.nodeCount; node++) {
    const entry = trees.feature[range.nodes + node]!;
    if (entry === LEAF) {
      const leaf = range.leaves + leaves++;
      to.value[at + node] =
        (classes === 1 ? trees.value[leaf]! : shareOf(trees, leaf, range.distributions, k, classes)) * share;
      continue;
    }
    to.feature[at + node] = entry;
    to.left[at + node] = 2 * splits + 1;
    to.right[at + node] = 2 * splits + 2;
    const split = trees.split[range.splits + splits++]!;
    const isSet = bins[entry]!.kind === "categorical";
    to.flags[at + node] = isSet ? CATEGORICAL : (split & MISSING_BIT) === 0 ? 0 : MISSING_LEFT;
    if (isSet) to.bin[at + node] = range.sets + sets++;
    else to.threshold[at + node] = thresholdOf(bins[entry]!, split % MISSING_BIT);
  }
  return at + range.nodeCount;
}

function shareOf(trees: Forest["trees"], leaf: number, first: number, k: number, classes: number): number {
  const stored = trees.distribution[leaf]!;
  if (stored < classes) return stored === k ? 1 : 0;
  return trees.shares[(first + stored - classes) * classes + k]!;
}

/** The largest value in a bin; behind the last cut all values. */
function thresholdOf(bins: FeatureBins, bin: number): number {
  return bins.kind === "numeric" ? (bins.cuts[bin] ?? Number.MAX_VALUE) : 0;
}
