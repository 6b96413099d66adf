import { type GrowingNode, isBefore, isWaiting } from "./growing-node.ts";
import { GrowingTree } from "./growing-tree.ts";
import type { Expansion, GrowthOrder } from "./growth-order.ts";

/** Depth-wise: the uppermost level at once, of which those nodes that gain most where the tree may not have more leaves. */
export class LevelOrder implements GrowthOrder {
  readonly #maxLeaves: number;
  #tree = new GrowingTree();

  constructor(maxLeaves: number) {
    this.#maxLeaves = maxLeaves;
  }

  begin(tree: GrowingTree): void {
    this.#tree = tree;
  }

  next(most: number): Expansion[] {
    const tree = this.#tree;
    const room = this.#maxLeaves - tree.leaves;
    const ready = tree.nodes.filter(isWaiting);
    if (room <= 0 || ready.length === 0) return [];
    const depth = ready.reduce((least, node) => Math.min(least, node.depth), Number.POSITIVE_INFINITY);
    const level = ready.filter((node) => node.depth === depth);
    const batch = (level.length > room ? bestOf(level, room) : level).slice(0, most);
    for (const node of batch) tree.take(node);
    return batch.map((node) => ({ node, leaves: tree.leaves }));
  }
}

/** The nodes that gain most, in the order of their numbers. */
function bestOf(nodes: readonly GrowingNode[], count: number): GrowingNode[] {
  return nodes
    .toSorted((a, b) => (isBefore(a, b) ? -1 : 1))
    .slice(0, count)
    .sort((a, b) => a.id - b.id);
}
