import type { GrowingNode } from "./growing-node.ts";
import type { GrowingTree } from "./growing-tree.ts";

/** A node whose rows are to be parted. */
export interface Expansion {
  readonly node: GrowingNode;
  /** Leaves that the tree has at least once its split is taken. */
  readonly leaves: number;
}

/** Decides which nodes are split, and when. */
export interface GrowthOrder {
  /**
   * Begins a tree whose root's split is known.
   *
   * @param unit how much a gain of 1 is in quantised units
   */
  begin(tree: GrowingTree, unit: number): void;
  /**
   * Takes the splits whose turn has come, and says what to expand at once before it is asked again.
   *
   * @param most expansions at once
   * @param ahead how many of them may be of nodes whose turn may never come
   * @returns none where the tree is finished
   */
  next(most: number, ahead: number): Expansion[];
}
