import { CATEGORICAL, type TreeArrays } from "../ensemble.ts";
import type { TreeModel } from "../model.ts";
import { depthOf } from "../tree-heights.ts";
import { type CodeColumn, planCodes } from "./code-columns.ts";

/** Trees that are walked together: each waits for memory, and all wait at once. */
const TOGETHER = 8;
/** Trees up to this deep are filled up to complete ones, which need no links. */
const COMPLETE_DEPTH = 7;

/**
 * Trees for one row at a time, in JavaScript, without a branch: a split goes right where the value in `columns` is above `numbers`.
 *
 * In a complete tree node n leads to 2n and 2n + 1, the root is 1, and the numbers of the lowest level are the leaves' values. In a linked
 * tree a node leads to its link or the node after that; a leaf leads to itself: it asks for column 0, which is above nothing.
 */
export interface RowLayout {
  /** What each column but the first is. */
  readonly codes: readonly CodeColumn[];
  readonly columns: Uint16Array;
  readonly numbers: Float64Array;
  /** Empty where all trees are complete. */
  readonly links: Int32Array;
  readonly groups: readonly RowGroup[];
  readonly trees: number;
}

/** Up to `TOGETHER` trees, one after the other. */
export interface RowGroup {
  readonly first: number;
  /** Steps that reach the deepest leaf. */
  readonly levels: number;
  /** Nodes from one complete tree to the next; 0 where they are linked. */
  readonly size: number;
  /** Of linked trees; filled up with the last. */
  readonly roots: readonly number[];
}

type Trees = Pick<TreeModel, "trees" | "binOfCode">;

/** Lays trees out for one row at a time; null for a model of more columns than 16 bits can number. */
export function layOutRows({ trees, binOfCode }: Trees): RowLayout | null {
  const { columns: codes, column } = planCodes({ trees, binOfCode });
  if (codes.length >= 65_535) return null;
  const groups: RowGroup[] = [];
  let nodes = 0;
  for (let tree = 0; tree < trees.ends.length; tree += TOGETHER) {
    const group = planGroup(trees, tree, nodes);
    nodes += group.size > 0 ? group.size * TOGETHER : nodesOf(trees, tree);
    groups.push(group);
  }
  const isLinked = groups.some(({ size }) => size === 0);
  const layout = {
    codes,
    columns: new Uint16Array(nodes),
    numbers: new Float64Array(nodes),
    links: new Int32Array(isLinked ? nodes : 0),
    groups,
    trees: trees.ends.length,
  };
  groups.forEach((group, g) => {
    for (let tree = g * TOGETHER; tree < Math.min(layout.trees, (g + 1) * TOGETHER); tree++)
      if (group.size > 0) fillTree(layout, trees, column, tree, group);
      else linkTree(layout, trees, column, tree, group.roots[tree % TOGETHER]!);
  });
  return layout;
}

function planGroup(trees: TreeArrays, tree: number, first: number): RowGroup {
  const last = Math.min(tree + TOGETHER, trees.ends.length);
  const roots: number[] = [];
  let levels = 0;
  for (let own = tree, root = first; own < last; own++) {
    roots.push(root);
    root += trees.ends[own]! - startOf(trees, own);
    levels = Math.max(levels, depthOf(trees, startOf(trees, own), trees.ends[own]!));
  }
  while (roots.length < TOGETHER) roots.push(roots.at(-1)!);
  return { first, levels, size: levels <= COMPLETE_DEPTH ? 2 << levels : 0, roots };
}

function startOf({ ends }: TreeArrays, tree: number): number {
  return tree === 0 ? 0 : ends[tree - 1]!;
}

/** Nodes of the group that begins with a tree. */
function nodesOf(trees: TreeArrays, tree: number): number {
  return trees.ends[Math.min(tree + TOGETHER, trees.ends.length) - 1]! - startOf(trees, tree);
}

type Columns = Uint32Array;

/** Fills a tree up to a complete one: a leaf above the lowest level leads left, down to where its value lies. */
function fillTree(layout: RowLayout, trees: TreeArrays, columnOf: Columns, tree: number, group: RowGroup): void {
  const start = startOf(trees, tree);
  const first = group.first + (tree % TOGETHER) * group.size;
  const place = (node: number, at: number, level: number): void => {
    if (trees.feature[node]! < 0) {
      layout.numbers[first + (at << (group.levels - level))] = trees.value[node]!;
      return;
    }
    writeSplit(layout, trees, columnOf, node, first + at);
    place(start + trees.left[node]!, 2 * at, level + 1);
    place(start + trees.right[node]!, 2 * at + 1, level + 1);
  };
  place(start, 1, 0);
}

/** Writes a tree level by level, so that the children of a node are neighbours. */
function linkTree(layout: RowLayout, trees: TreeArrays, columnOf: Columns, tree: number, root: number): void {
  const start = startOf(trees, tree);
  const order = [start];
  for (let place = 0; place < order.length; place++) {
    const node = order[place]!;
    const at = root + place;
    const isLeaf = trees.feature[node]! < 0;
    layout.links[at] = isLeaf ? at : root + order.length;
    if (isLeaf) layout.numbers[at] = trees.value[node]!;
    else {
      writeSplit(layout, trees, columnOf, node, at);
      order.push(start + trees.left[node]!, start + trees.right[node]!);
    }
  }
}

function writeSplit(
  { columns, numbers }: RowLayout,
  trees: TreeArrays,
  columnOf: Columns,
  node: number,
  at: number,
): void {
  columns[at] = 1 + columnOf[node]!;
  numbers[at] = (trees.flags[node]! & CATEGORICAL) !== 0 ? 0 : trees.threshold[node]!;
}
