import type { TreeMachine } from "../machine/machine.ts";
import { type GrowingNode, isWaiting } from "./growing-node.ts";
import type { Expansion } from "./growth-order.ts";

/** A split node's children, and which of them will be searched for a split. */
export interface Children {
  readonly left: GrowingNode;
  readonly right: GrowingNode;
  readonly leftIsSmaller: boolean;
  readonly searchLeft: boolean;
  readonly searchRight: boolean;
}

/** Bits of the histograms that a job builds. */
const LEFT = 1;
const RIGHT = 2;

/** Who has which of the machine's places for histograms. */
export class HistogramSlots {
  readonly #machine: TreeMachine;
  /** Whether leaves keep their histograms to the end of the tree, for the next round's root. */
  readonly #keeps: boolean;
  #free: number[] = [];

  constructor(machine: TreeMachine, maxLeaves: number) {
    this.#machine = machine;
    const { layout } = machine.sizes;
    const { train } = machine;
    // Every leaf, or two leaves together, has one at most. Where rows are few, adding them anew is less than looking through all cells.
    const cells = layout.cellOffsets[layout.columns]!;
    this.#keeps =
      machine.sizes.residual && machine.sizes.slots > maxLeaves && train.rows * layout.columns > maxLeaves * cells;
  }

  /** Whether the tree's histograms can tell the next root's. */
  get carries(): boolean {
    return this.#keeps;
  }

  /** Takes all places back. */
  reset(): void {
    const { slots } = this.#machine.sizes;
    this.#free = Array.from({ length: slots }, (_, i) => slots - 1 - i);
  }

  /** Expansions ahead of their turn that leave room for all that the tree may still need. */
  spare(room: number): number {
    // Where the parent's was given up, both children need one.
    return Math.max(0, Math.floor((this.#free.length - room) / 2) - 1);
  }

  /** Address of a node's histogram, 0 where it has none. */
  addressOf({ slot }: GrowingNode): number {
    return slot < 0 ? 0 : this.#machine.address.slots + slot * this.#machine.sizes.slotBytes;
  }

  /** Gives a node a place filled with zeros; where none is free, that of the waiting node which gains least, but not of the batch. */
  give(node: GrowingNode, nodes: readonly GrowingNode[], batch: readonly Expansion[]): void {
    node.slot = this.#free.pop() ?? takeFromLeast(nodes, batch);
    const address = this.addressOf(node);
    this.#machine.kernel.clear!(address, this.#machine.sizes.slotBytes);
  }

  /** Takes back the place of a node that will not be split, unless its counts are wanted later. */
  release(node: GrowingNode): void {
    if (this.#keeps) return;
    if (node.slot >= 0) this.#free.push(node.slot);
    node.slot = -1;
  }

  /**
   * Gives the children's histograms their places. The smaller child's is computed and the larger's is its parent's less that, in
   * the parent's place; where the parent's was given up for lack of room, each child's is computed.
   *
   * @returns the histograms to compute: 1 left, 2 right, 3 both, 0 none
   */
  pass(
    parent: GrowingNode,
    { left, right, leftIsSmaller, searchLeft, searchRight }: Children,
    nodes: readonly GrowingNode[],
    batch: readonly Expansion[],
  ): number {
    if (!searchLeft && !searchRight) {
      this.release(parent);
      return 0;
    }
    const [small, large] = leftIsSmaller ? [left, right] : [right, left];
    const [searchSmall, searchLarge] = leftIsSmaller ? [searchLeft, searchRight] : [searchRight, searchLeft];
    const [smallBit, largeBit] = leftIsSmaller ? [LEFT, RIGHT] : [RIGHT, LEFT];
    if (parent.slot >= 0) {
      if (searchLarge || this.#keeps) large.slot = parent.slot;
      else this.#free.push(parent.slot);
      parent.slot = -1;
      this.give(small, nodes, batch);
      return smallBit;
    }
    if (searchSmall) this.give(small, nodes, batch);
    if (searchLarge) this.give(large, nodes, batch);
    return (searchSmall ? smallBit : 0) | (searchLarge ? largeBit : 0);
  }
}

function takeFromLeast(nodes: readonly GrowingNode[], batch: readonly Expansion[]): number {
  const holders = nodes.filter(
    (node) => node.slot >= 0 && isWaiting(node) && batch.every((expansion) => expansion.node !== node),
  );
  const least = holders.reduce((a, b) => (b.gain < a.gain ? b : a));
  const { slot } = least;
  least.slot = -1;
  return slot;
}
