import type { State } from "../../../core/index.ts";
import type { FeatureBins } from "../binning/feature-bins.ts";
import { damaged } from "../validate-trees.ts";
import {
  FOREST_ARRAY_NAMES,
  FOREST_ARRAY_TYPES,
  type ForestArrayName,
  type ForestTrees,
  LEAF,
  MISSING_LEFT,
  SET_WORDS,
  type TreeRange,
  treeRange,
} from "./forest-trees.ts";

export interface ForestRules {
  readonly bins: readonly Pick<FeatureBins, "kind">[];
  /** 1 for numbers and for two classes. */
  readonly classes: number;
  readonly what: string;
}

/**
 * Takes a forest from bytes that anyone may have written. Afterwards every walk from a root ends at a leaf of the same tree, and
 * everything that a node names is there.
 *
 * @throws KaaykoError (damaged)
 */
export function validateForest(arrays: State["arrays"], rules: ForestRules): ForestTrees {
  const trees = checkedArrays(arrays, rules.what);
  checkLengths(trees, rules);
  for (let tree = 0; tree < trees.ends.length; tree++) checkTree(trees, tree, treeRange(trees, tree), rules);
  if (!trees.value.every(Number.isFinite)) throw damaged(rules.what, "values of leaves must be finite", "another");
  if (!trees.shares.every((share) => share >= 0 && share <= 1))
    throw damaged(rules.what, "shares of classes must be from 0 to 1", "another");
  return trees;
}

function checkedArrays(arrays: State["arrays"], what: string): ForestTrees {
  for (const name of FOREST_ARRAY_NAMES)
    if (!(arrays[name] instanceof FOREST_ARRAY_TYPES[name]))
      throw damaged(what, `it must hold ${name}`, "something else");
  return Object.fromEntries(FOREST_ARRAY_NAMES.map((name) => [name, arrays[name]])) as unknown as ForestTrees;
}

function checkLengths(trees: ForestTrees, { classes, what }: ForestRules): void {
  const count = trees.ends.length;
  const nodes = ends(trees.ends, 1, what);
  const sets = ends(trees.setEnds, 0, what);
  const distributions = ends(trees.distributionEnds, 0, what);
  for (const list of [trees.setEnds, trees.distributionEnds])
    if (list.length !== count) throw damaged(what, "every tree must have its sets and distributions", `${list.length}`);
  const expected: Partial<Record<ForestArrayName, number>> = {
    feature: nodes,
    split: (nodes - count) / 2,
    value: classes > 1 ? 0 : (nodes + count) / 2,
    distribution: classes > 1 ? (nodes + count) / 2 : 0,
    categories: sets * SET_WORDS,
    shares: distributions * (classes > 1 ? classes : 0),
  };
  for (const [name, length] of Object.entries(expected))
    if (trees[name as ForestArrayName].length !== length)
      throw damaged(what, `${name} must have ${length} elements`, String(trees[name as ForestArrayName].length));
}

/** The last end of a list whose ends rise by at least `least`. */
function ends(list: Uint32Array, least: number, what: string): number {
  let before = 0;
  for (const end of list) {
    if (end < before + least) throw damaged(what, "ends of trees must rise", String(end));
    before = end;
  }
  return before;
}

function checkTree(trees: ForestTrees, tree: number, range: TreeRange, { bins, classes, what }: ForestRules): void {
  let splits = 0;
  let sets = 0;
  const { nodes, nodeCount } = range;
  const refuse = (rule: string, got: number): never => {
    throw damaged(what, rule, `${got} in tree ${tree}`);
  };
  for (let node = 0; node < nodeCount; node++) {
    if (node > 2 * splits) refuse("every node must have a parent", node);
    const feature = trees.feature[nodes + node]!;
    if (feature === LEAF) continue;
    if (feature >= bins.length) refuse("a split must name a feature", feature);
    const split = trees.split[range.splits + splits]!;
    splits++;
    if (split >= 2 * MISSING_LEFT) refuse("a split must name a bin", split);
    if (bins[feature]!.kind === "categorical") sets++;
  }
  if (2 * splits + 1 !== nodeCount) refuse("every split must have two children", nodeCount);
  if (sets !== range.setCount) refuse("every split by categories must have its set", sets);
  if (classes === 1) return;
  for (let leaf = range.leaves; leaf < range.leaves + splits + 1; leaf++)
    if (trees.distribution[leaf]! >= classes + range.distributionCount)
      refuse("a leaf must name a distribution", trees.distribution[leaf]!);
}
