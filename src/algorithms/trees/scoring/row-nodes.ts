import { CATEGORICAL, type TreeArrays } from "../ensemble.ts";
import type { TreeModel } from "../model.ts";
import { depthOf } from "../tree-heights.ts";
import { type CodeColumn, planCodes } from "./code-columns.ts";

/** Trees that are walked together. */
const TOGETHER = 8;
const NODE_BYTES = 16;
const GROUP_BYTES = 68;
/** What the kernel itself has below is left alone. */
const FIRST_ADDRESS = 1024;

/** Where the parts of a memory lie that the kernel for single rows walks; addresses in bytes. */
export interface RowNodesPlan {
  /** What a row is asked for, f64 each: first one that is above nothing, then what `codes` says. */
  readonly values: number;
  /** A score for each class, f64. */
  readonly scores: number;
  readonly groups: number;
  readonly groupCount: number;
  /** The leaves' numbers, in the order of the trees, f64. */
  readonly reached: number;
  readonly trees: number;
}

/** Trees as the memory of that kernel. */
export interface RowNodes {
  readonly plan: RowNodesPlan;
  /** What each value but the first is. */
  readonly codes: readonly CodeColumn[];
  /** Address of `bytes` in the memory. */
  readonly first: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Lays trees out for the kernel that walks them for one row at a time. Trees of like depth are walked together, so that few wait
 * for others.
 */
export function layOutNodes(model: Pick<TreeModel, "trees" | "binOfCode">, classes: number): RowNodes {
  const { columns: codes, column } = planCodes(model);
  const { trees } = model;
  const count = trees.ends.length;
  const groupCount = Math.ceil(count / TOGETHER);
  const scores = FIRST_ADDRESS;
  const values = scores + 8 * classes;
  // One more, for lanes without a tree.
  const reached = values + 8 * (1 + codes.length);
  const nodes = align(reached + 8 * (count + 1));
  const groups = nodes + NODE_BYTES * trees.feature.length;
  const plan: RowNodesPlan = { values, scores, groups, groupCount, reached, trees: count };
  const bytes = new Uint8Array(groups + GROUP_BYTES * groupCount - FIRST_ADDRESS);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i <= codes.length; i++)
    view.setFloat64(values - FIRST_ADDRESS + 8 * i, Number.NEGATIVE_INFINITY, true);
  for (let tree = 0; tree < count; tree++) writeTree(view, trees, column, tree, nodes, values);
  writeGroups(view, trees, plan, nodes);
  return { plan, codes, first: FIRST_ADDRESS, bytes };
}

function align(address: number): number {
  return Math.ceil(address / 64) * 64;
}

function startOf({ ends }: TreeArrays, tree: number): number {
  return tree === 0 ? 0 : ends[tree - 1]!;
}

/** Writes a tree level by level, so that the children of a node are neighbours. */
function writeTree(
  view: DataView,
  trees: TreeArrays,
  columnOf: Uint32Array,
  tree: number,
  nodes: number,
  values: number,
): void {
  const start = startOf(trees, tree);
  const order = [start];
  const addressOf = (place: number): number => nodes + NODE_BYTES * (start + place);
  for (let place = 0; place < order.length; place++) {
    const node = order[place]!;
    const at = addressOf(place) - FIRST_ADDRESS;
    const isLeaf = trees.feature[node]! < 0;
    const isSet = (trees.flags[node]! & CATEGORICAL) !== 0;
    view.setFloat64(at, isLeaf ? trees.value[node]! : isSet ? 0 : trees.threshold[node]!, true);
    view.setUint32(at + 8, addressOf(isLeaf ? place : order.length), true);
    view.setUint32(at + 12, isLeaf ? values : values + 8 * (1 + columnOf[node]!), true);
    if (!isLeaf) order.push(start + trees.left[node]!, start + trees.right[node]!);
  }
}

function writeGroups(view: DataView, trees: TreeArrays, plan: RowNodesPlan, nodes: number): void {
  const depths = Int32Array.from(trees.ends, (end, tree) => depthOf(trees, startOf(trees, tree), end));
  const order = Array.from(depths, (_, tree) => tree).sort((a, b) => depths[a]! - depths[b]! || a - b);
  for (let group = 0; group < plan.groupCount; group++) {
    const at = plan.groups + GROUP_BYTES * group - FIRST_ADDRESS;
    const last = Math.min((group + 1) * TOGETHER, order.length) - 1;
    view.setUint32(at, depths[order[last]!]!, true);
    for (let lane = 0; lane < TOGETHER; lane++) {
      const own = group * TOGETHER + lane;
      const tree = order[Math.min(own, last)]!;
      view.setUint32(at + 4 + 4 * lane, nodes + NODE_BYTES * startOf(trees, tree), true);
      view.setUint32(at + 36 + 4 * lane, plan.reached + 8 * (own > last ? order.length : tree), true);
    }
  }
}
