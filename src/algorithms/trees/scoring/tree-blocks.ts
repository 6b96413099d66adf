import type { TreeArrays } from "../ensemble.ts";
import { heightsOf } from "../tree-heights.ts";

/** Levels of a block, and splits and children in it. */
const LEVELS = 3;
const SPLITS = 7;
const CHILDREN = 8;
/** Leaves are numbered in a byte. */
const MOST_LEAVES = 256;
/** Blocks for each level of the tree, from which on walking node by node is faster. */
const BLOCKS_PER_LEVEL = 4;
/** Where the splits of a block's levels lie in its record, the top one first. */
const PLACE_OF_SPLIT = [6, 4, 5, 0, 1, 2, 3] as const;

/** What a block's child says: the result of another block, or a leaf's number. */
export type BlockChild = { readonly block: number } | { readonly leaf: number };

export interface TreeBlock {
  /** Nodes of the tree in the order of a record; -1 where there is none, which never goes right. */
  readonly splits: readonly number[];
  /** Null where all children are leaves, numbered from `firstLeaf` on by their place. */
  readonly children: readonly (BlockChild | null)[] | null;
  readonly firstLeaf: number;
}

/** A tree in blocks of three levels, children before their parents; the last is the root's. */
export interface BlockedTree {
  readonly blocks: readonly TreeBlock[];
  /** Nodes that are leaves, by their number; -1 for a number that nothing reaches. */
  readonly leaves: readonly number[];
}

/** Cuts a tree into blocks; null for one that has too many leaves, or is too thin, for that. Nodes are numbers in all trees' arrays. */
export function cutTree(trees: TreeArrays, start: number, end: number): BlockedTree | null {
  const heights = heightsOf(trees, start, end);
  const blocks: TreeBlock[] = [];
  const leaves: number[] = [];
  const cut: Cut = { trees, start, heights, blocks, leaves };
  if (end - start > 2 * MOST_LEAVES) return null;
  addBlock(cut, start);
  const tooMany = blocks.length > Math.max(1, heights[0]!) * BLOCKS_PER_LEVEL;
  return tooMany || leaves.length > MOST_LEAVES ? null : { blocks, leaves };
}

interface Cut {
  readonly trees: TreeArrays;
  readonly start: number;
  readonly heights: Int32Array;
  readonly blocks: TreeBlock[];
  readonly leaves: number[];
}

/** Adds the blocks below a node, then its own. Returns the number of its own. */
function addBlock(cut: Cut, root: number): number {
  const { splits, below } = blockAt(cut, root);
  const { blocks, leaves, trees } = cut;
  if (below.every((node) => node < 0 || trees.feature[node]! < 0)) {
    const firstLeaf = leaves.length;
    const used = below.findLastIndex((node) => node >= 0) + 1;
    leaves.push(...below.slice(0, used));
    return blocks.push({ splits, children: null, firstLeaf }) - 1;
  }
  const children = below.map((node): BlockChild | null => {
    if (node < 0) return null;
    return trees.feature[node]! < 0 ? { leaf: leaves.push(node) - 1 } : { block: addBlock(cut, node) };
  });
  return blocks.push({ splits, children, firstLeaf: 0 }) - 1;
}

/** The splits of a node's block, and the nodes below them, from left to right. */
function blockAt({ trees, start, heights }: Cut, root: number): { splits: number[]; below: number[] } {
  const splits = new Array<number>(SPLITS).fill(-1);
  const below = new Array<number>(CHILDREN).fill(-1);
  const place = (node: number, level: number, at: number): void => {
    const height = heights[node - start]!;
    // Blocks end at whole heights, so that the many at the bottom are full.
    const ends = height === 0 || level === LEVELS || (level > 0 && height % LEVELS === 0);
    if (ends) {
      below[at << (LEVELS - level)] = node;
      return;
    }
    splits[PLACE_OF_SPLIT[(1 << level) - 1 + at]!] = node;
    place(start + trees.left[node]!, level + 1, 2 * at);
    place(start + trees.right[node]!, level + 1, 2 * at + 1);
  };
  place(root, 0, 0);
  return { splits, below };
}
