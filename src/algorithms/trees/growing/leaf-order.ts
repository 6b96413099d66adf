import { popHeap, pushHeap } from "../../../core/heap.ts";
import { type GrowingNode, isBefore } from "./growing-node.ts";
import { GrowingTree } from "./growing-tree.ts";
import type { Expansion, GrowthOrder } from "./growth-order.ts";

/** Nodes are expanded ahead that gain at least this share of the last tree's least gain, and of the best waiting one's. */
const SHARE_OF_LEAST = 0.9;
const SHARE_OF_BEST = 0.6;

/**
 * Leaf-wise: always the leaf that gains most (ties by number), one split after the other. What a pass over the rows costs hardly
 * depends on how many nodes it expands, so that leaves whose turn is likely to come are expanded along with the one whose turn it
 * is. Splits are taken in their order all the same: the tree does not depend on what is guessed, and a wrong guess is work lost.
 */
export class LeafOrder implements GrowthOrder {
  readonly #maxLeaves: number;
  /** The least gain that a tree of each class took before it was full, of the round before; infinite at first, when nothing is known. */
  readonly #leastGains: number[];
  #class = -1;
  #unit = 1;
  #tree = new GrowingTree();
  /** Waiting leaves of the tree, as a heap. */
  #waiting: GrowingNode[] = [];
  /** The split that was taken last; its children's gains are known when the next is asked for. */
  #last: GrowingNode | null = null;
  #leastGain = Number.POSITIVE_INFINITY;

  /** @param classes trees of a round, each alike to that of the round before */
  constructor(maxLeaves: number, classes: number) {
    this.#maxLeaves = maxLeaves;
    this.#leastGains = new Array<number>(classes).fill(Number.POSITIVE_INFINITY);
  }

  begin(tree: GrowingTree, unit: number): void {
    this.#unit = unit;
    this.#class = (this.#class + 1) % this.#leastGains.length;
    this.#tree = tree;
    this.#waiting = [];
    this.#last = null;
    this.#leastGain = Number.POSITIVE_INFINITY;
    push(this.#waiting, tree.root);
  }

  next(most: number, ahead: number): Expansion[] {
    const first = this.#takeExpanded();
    if (first === null) {
      // A tree that did not fill up would have taken anything.
      this.#leastGains[this.#class] = this.#tree.leaves < this.#maxLeaves ? 0 : this.#leastGain / this.#unit;
      return [];
    }
    return [{ node: first, leaves: this.#tree.leaves }, ...this.#foresee(first.gain, Math.min(most - 1, ahead))];
  }

  /** Takes splits in their order up to one that is not expanded yet, which it returns; null where the tree is finished. */
  #takeExpanded(): GrowingNode | null {
    this.#pushChildren(this.#waiting, this.#last);
    this.#last = null;
    while (this.#tree.leaves < this.#maxLeaves) {
      const node = popHeap(this.#waiting, isBefore);
      if (node === undefined) break;
      this.#leastGain = Math.min(this.#leastGain, node.gain);
      const expanded = node.children !== null;
      this.#tree.take(node);
      if (!expanded) {
        this.#last = node;
        return node;
      }
      this.#pushChildren(this.#waiting, node);
    }
    return null;
  }

  /** Goes on in the order as far as it is known, and picks the nodes that are not expanded on the way. */
  #foresee(best: number, most: number): Expansion[] {
    const bar = Math.min(this.#leastGains[this.#class]! * this.#unit * SHARE_OF_LEAST, best * SHARE_OF_BEST);
    const heap = [...this.#waiting];
    const found: Expansion[] = [];
    // How many others come before is known only where none gains the same, so no more is counted on than the one whose turn it is.
    const leaves = this.#tree.leaves + 1;
    for (let room = this.#maxLeaves - this.#tree.leaves; room > 0 && found.length < most; room--) {
      const node = popHeap(heap, isBefore);
      if (node === undefined || (node.children === null && node.gain < bar)) break;
      if (node.children === null) found.push({ node, leaves });
      else this.#pushChildren(heap, node);
    }
    return found;
  }

  #pushChildren(heap: GrowingNode[], node: GrowingNode | null): void {
    for (const child of node?.children ?? []) push(heap, child);
  }
}

/** Adds a node that has a split; others are left out. */
function push(heap: GrowingNode[], node: GrowingNode): void {
  if (node.gain >= 0) pushHeap(heap, node, isBefore);
}
