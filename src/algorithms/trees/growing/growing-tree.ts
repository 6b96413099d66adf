import type { GrowingNode } from "./growing-node.ts";

/** A tree while it grows: the nodes that are part of it, and those that were made ahead of their turn. */
export class GrowingTree {
  /** In the order of their numbers, the root first. */
  readonly nodes: GrowingNode[] = [];
  /** Every node that was made, in the order of their places. */
  readonly made: GrowingNode[] = [];
  leaves = 1;

  constructor() {
    this.#number(this.#make(0));
  }

  get root(): GrowingNode {
    return this.nodes[0]!;
  }

  /** The children of a node, made where there are none. */
  childrenOf(node: GrowingNode): readonly [GrowingNode, GrowingNode] {
    node.children ??= [this.#make(node.depth + 1), this.#make(node.depth + 1)];
    return node.children;
  }

  /** Makes a node's split part of the tree. */
  take(node: GrowingNode): void {
    for (const child of this.childrenOf(node)) this.#number(child);
    node.split = true;
    this.leaves++;
  }

  #make(depth: number): GrowingNode {
    const place = this.made.length;
    const node = { id: -1, place, depth, gain: -1, slot: -1, path: [], children: null, split: false };
    this.made.push(node);
    return node;
  }

  #number(node: GrowingNode): void {
    node.id = this.nodes.push(node) - 1;
  }
}
