import { CATEGORICAL, CATEGORY_WORDS, MISSING_LEFT, type TreeNode } from "./ensemble.ts";
import type { FeatureBins } from "./feature-bins.ts";
import type { GrowthOptions } from "./growth-options.ts";
import { MAX_CHUNKS, type TreeMachine } from "./machine.ts";
import type { Quantisation } from "./quantisation.ts";
import { directionTable } from "./walking.ts";

const SPLIT_WORDS = 20;
const JOB_WORDS = 16;
const TABLE_BYTES = 256;

/** A node while its tree grows. */
interface GrowingNode {
  readonly id: number;
  readonly depth: number;
  /** Gain of its best split in quantised units; under 0 where it has none. */
  gain: number;
  /** Slot of its histogram, or -1. */
  slot: number;
  left: number;
  right: number;
}

/** Grows one tree after the other in a machine. Which nodes are split, and when, is the growth policy's. */
export class TreeGrower {
  readonly #machine: TreeMachine;
  readonly #options: GrowthOptions;
  readonly #bins: readonly FeatureBins[];
  readonly #placeOf: Map<number, TreeMachine["layout"]["places"][number]>;
  #nodes: GrowingNode[] = [];
  #freeSlots: number[] = [];
  #leaves = 1;
  #quantisation: Quantisation = { wide: true, gradientScale: 1, hessianScale: 1 };

  constructor(machine: TreeMachine, options: GrowthOptions, bins: readonly FeatureBins[]) {
    this.#machine = machine;
    this.#options = options;
    this.#bins = bins;
    this.#placeOf = new Map(machine.layout.places.map((place) => [place.feature, place]));
  }

  /**
   * Grows a tree on the scores as they are and adds its values to them.
   *
   * @returns its nodes, the root first, children after their parents
   */
  grow(quantisation: Quantisation): TreeNode[] {
    this.#quantisation = quantisation;
    this.#setRules();
    this.#nodes = [];
    this.#leaves = 1;
    this.#freeSlots = Array.from({ length: this.#machine.slots }, (_, i) => this.#machine.slots - 1 - i);
    const root = this.#addNode(0);
    this.#plantRoot(root);
    for (let batch = this.#nextBatch(); batch.length > 0; batch = this.#nextBatch()) this.#expand(batch);
    const nodes = this.#nodes.map((node) => this.#finish(node));
    this.#applyLeaves(nodes);
    return nodes;
  }

  /** Regularisation in quantised units: gradients count `gradientScale` times, hessians `hessianScale` times. */
  #setRules(): void {
    const { wide, gradientScale, hessianScale } = this.#quantisation;
    const { lambda, alpha, gamma, minChildWeight, minChildRows } = this.#options;
    const machine = this.#machine;
    machine.set("WIDE", wide ? 1 : 0);
    machine.setReal("GRADIENT_SCALE", gradientScale);
    machine.setReal("HESSIAN_SCALE", hessianScale);
    machine.setReal("HESSIAN_FLOOR", 1e-16);
    machine.setReal("LAMBDA", lambda * hessianScale);
    machine.setReal("ALPHA", alpha * gradientScale);
    machine.setReal("MIN_CHILD_WEIGHT", minChildWeight * hessianScale);
    machine.set("MIN_CHILD_ROWS", minChildRows);
    machine.setReal("MIN_GAIN", (gamma / hessianScale) * gradientScale * gradientScale);
    machine.setReal("CATEGORY_SMOOTHING", this.#options.categorySmoothing * hessianScale);
    machine.setReal("CATEGORY_LAMBDA", this.#options.categoryLambda * hessianScale);
    machine.set("CATEGORY_MIN_ROWS", this.#options.categoryMinRows);
  }

  #addNode(depth: number): GrowingNode {
    const node = { id: this.#nodes.length, depth, gain: -1, slot: -1, left: -1, right: -1 };
    this.#nodes.push(node);
    return node;
  }

  #plantRoot(root: GrowingNode): void {
    const machine = this.#machine;
    root.slot = this.#takeSlot([]);
    const slot = this.#slotAddress(root.slot);
    machine.set("SLOT", slot);
    machine.bytes.fill(0, slot, slot + machine.slotBytes);
    machine.run("rootPass");
    this.#writeJob(0, [-1, 0, 0, 0, 0, 1, slot, 0, 0, 1, 0]);
    machine.kernel.rootSums!();
    const splittable = this.#mayChildrenSplit(0, 0) && this.#isLargeEnough(0);
    // The parts are merged by now, so the search must not look for more.
    this.#writeJob(0, [-1, 0, 0, 0, 0, 0, slot, 0, 0, splittable ? 1 : 0, 0]);
    if (!splittable) return;
    this.#search(1);
    root.gain = this.#takeSplit(root, 0, 0);
  }

  /** Nodes to split next. */
  #nextBatch(): GrowingNode[] {
    const { policy, maxLeaves } = this.#options;
    const room = maxLeaves - this.#leaves;
    const ready = this.#nodes.filter((node) => node.gain >= 0 && node.left < 0);
    if (room <= 0 || ready.length === 0) return [];
    const byGain = (a: GrowingNode, b: GrowingNode): number => b.gain - a.gain || a.id - b.id;
    if (policy === "leaf") return ready.sort(byGain).slice(0, 1);
    const depth = Math.min(...ready.map((node) => node.depth));
    const level = ready.filter((node) => node.depth === depth);
    const kept =
      level.length > room
        ? level
            .sort(byGain)
            .slice(0, room)
            .sort((a, b) => a.id - b.id)
        : level;
    const batch = Math.max(1, Math.min(this.#machine.jobLimit >> 1, this.#machine.slots >> 2));
    return kept.slice(0, batch);
  }

  #mayChildrenSplit(depth: number, opened: number): boolean {
    return depth < this.#options.maxDepth && this.#leaves + opened < this.#options.maxLeaves;
  }

  #isLargeEnough(node: number): boolean {
    const { kernel } = this.#machine;
    const { minChildRows, minChildWeight } = this.#options;
    return (
      kernel.rowCount!(node) >= 2 * Math.max(1, minChildRows) &&
      kernel.hessianSum!(node) >= 2 * minChildWeight * this.#quantisation.hessianScale
    );
  }

  /** Splits nodes: rows parted, histograms of the children that may split further, their best splits. */
  #expand(batch: readonly GrowingNode[]): void {
    const machine = this.#machine;
    let partial = 0;
    const children: { node: GrowingNode; searched: boolean }[] = [];
    let anySearched = false;
    this.#leaves += batch.length;
    batch.forEach((parent, job) => {
      const left = this.#addNode(parent.depth + 1);
      const right = this.#addNode(parent.depth + 1);
      parent.left = left.id;
      parent.right = right.id;
      const leftIsSmaller = machine.kernel.splitSums!(parent.id, left.id, right.id) === 1;
      const open = this.#mayChildrenSplit(left.depth, 0);
      const searchLeft = open && this.#isLargeEnough(left.id);
      const searchRight = open && this.#isLargeEnough(right.id);
      const wanted = this.#assignSlots(parent, left, right, leftIsSmaller, searchLeft, searchRight, batch);
      this.#writeTable(parent.id);
      this.#writeJob(job, [
        parent.id,
        left.id,
        right.id,
        this.#placeOf.get(this.#splitWord(parent.id, 6))!.column,
        machine.address.tables + parent.id * TABLE_BYTES,
        wanted,
        left.slot < 0 ? 0 : this.#slotAddress(left.slot),
        right.slot < 0 ? 0 : this.#slotAddress(right.slot),
        partial,
        searchLeft ? 1 : 0,
        searchRight ? 1 : 0,
      ]);
      partial += wanted === 3 ? 2 : 1;
      anySearched ||= wanted !== 0;
      children.push({ node: left, searched: searchLeft }, { node: right, searched: searchRight });
    });
    machine.set("JOB_COUNT", batch.length);
    machine.run("expandPass");
    if (!anySearched) return;
    const chunks = this.#search(batch.length);
    children.forEach(({ node, searched }, i) => {
      if (searched) node.gain = this.#takeSplit(node, i, chunks);
      if (node.gain < 0) this.#releaseSlot(node);
    });
  }

  /**
   * Gives the children's histograms their places. The smaller child's is computed and the larger's is its parent's less that, in the
   * parent's place; where the parent's was given up for lack of room, each child's is computed.
   */
  #assignSlots(
    parent: GrowingNode,
    left: GrowingNode,
    right: GrowingNode,
    leftIsSmaller: boolean,
    searchLeft: boolean,
    searchRight: boolean,
    batch: readonly GrowingNode[],
  ): number {
    const small = leftIsSmaller ? left : right;
    const large = leftIsSmaller ? right : left;
    const searchSmall = leftIsSmaller ? searchLeft : searchRight;
    const searchLarge = leftIsSmaller ? searchRight : searchLeft;
    const smallBit = leftIsSmaller ? 1 : 2;
    if (!searchSmall && !searchLarge) {
      this.#releaseSlot(parent);
      return 0;
    }
    if (parent.slot >= 0) {
      if (searchLarge) large.slot = parent.slot;
      else this.#freeSlots.push(parent.slot);
      parent.slot = -1;
      small.slot = this.#takeCleanSlot(batch);
      return smallBit;
    }
    if (searchSmall) small.slot = this.#takeCleanSlot(batch);
    if (searchLarge) large.slot = this.#takeCleanSlot(batch);
    return (searchSmall ? smallBit : 0) | (searchLarge ? 3 - smallBit : 0);
  }

  #takeCleanSlot(batch: readonly GrowingNode[]): number {
    const slot = this.#takeSlot(batch);
    const address = this.#slotAddress(slot);
    this.#machine.bytes.fill(0, address, address + this.#machine.slotBytes);
    return slot;
  }

  /** A free slot; where none is left, that of the waiting node which gains least. */
  #takeSlot(batch: readonly GrowingNode[]): number {
    const free = this.#freeSlots.pop();
    if (free !== undefined) return free;
    const waiting = this.#nodes.filter(
      (node) => node.slot >= 0 && node.left < 0 && node.gain >= 0 && !batch.includes(node),
    );
    const least = waiting.reduce((a, b) => (b.gain < a.gain ? b : a));
    const { slot } = least;
    least.slot = -1;
    return slot;
  }

  #releaseSlot(node: GrowingNode): void {
    if (node.slot >= 0) this.#freeSlots.push(node.slot);
    node.slot = -1;
  }

  #slotAddress(slot: number): number {
    return this.#machine.address.slots + slot * this.#machine.slotBytes;
  }

  #writeJob(job: number, fields: readonly number[]): void {
    this.#machine.words.set(fields, (this.#machine.address.jobs >>> 2) + job * JOB_WORDS);
  }

  /** Completes histograms and looks for splits of the jobs' children. Returns the ranges of columns that were used. */
  #search(jobs: number): number {
    const machine = this.#machine;
    const { columns } = machine.layout;
    const wished = machine.threads === 1 ? 1 : Math.ceil((4 * machine.threads) / jobs);
    const chunks = Math.max(1, Math.min(columns, MAX_CHUNKS, wished));
    machine.set("JOB_COUNT", jobs);
    machine.set("CHUNKS", chunks);
    machine.run("splitPass");
    return chunks;
  }

  #takeSplit(node: GrowingNode, place: number, chunks: number): number {
    const { kernel, address } = this.#machine;
    return kernel.chooseSplit!(node.id, address.candidates + place * chunks * SPLIT_WORDS * 4);
  }

  #splitWord(node: number, word: number): number {
    return this.#machine.words[(this.#machine.address.splits >>> 2) + node * SPLIT_WORDS + word]!;
  }

  #writeTable(node: number): void {
    const machine = this.#machine;
    const feature = this.#splitWord(node, 6);
    const table = directionTable(this.#placeOf.get(feature)!, this.#bins[feature]!, {
      bin: this.#splitWord(node, 7),
      flags: this.#flagsOf(node),
      categories: this.#categoriesOf(node),
    });
    machine.bytes.set(table, machine.address.tables + node * TABLE_BYTES);
  }

  #flagsOf(node: number): number {
    if (this.#splitWord(node, 9) === 1) return CATEGORICAL;
    return this.#splitWord(node, 8) === 1 ? MISSING_LEFT : 0;
  }

  #categoriesOf(node: number): Uint32Array {
    const at = (this.#machine.address.splits >>> 2) + node * SPLIT_WORDS + 10;
    return Uint32Array.from(this.#machine.words.subarray(at, at + CATEGORY_WORDS));
  }

  /** The node as it is kept: a split with its threshold, or a leaf with its value. */
  #finish(node: GrowingNode): TreeNode {
    const { kernel } = this.#machine;
    const rows = kernel.rowCount!(node.id);
    if (node.left < 0) return { ...EMPTY_LEAF, value: this.#leafValue(node.id), rows };
    const { gradientScale, hessianScale } = this.#quantisation;
    const feature = this.#splitWord(node.id, 6);
    const flags = this.#flagsOf(node.id);
    const bin = this.#splitWord(node.id, 7);
    const bins = this.#bins[feature]!;
    const isSet = (flags & CATEGORICAL) !== 0;
    return {
      feature,
      bin: isSet ? 0 : bin,
      // Beyond the last cut there is only missing.
      threshold: bins.kind === "numeric" ? (bins.cuts[bin] ?? Number.MAX_VALUE) : 0,
      flags,
      left: node.left,
      right: node.right,
      categories: isSet ? this.#categoriesOf(node.id) : null,
      value: 0,
      gain: (node.gain / gradientScale / gradientScale) * hessianScale,
      rows,
    };
  }

  /** The Newton step of a leaf, with L1 and L2, times the learning rate. */
  #leafValue(node: number): number {
    const { kernel } = this.#machine;
    const { lambda, alpha, learningRate } = this.#options;
    const gradient = kernel.gradientSum!(node) / this.#quantisation.gradientScale;
    const hessian = kernel.hessianSum!(node) / this.#quantisation.hessianScale;
    const size = Math.max(0, Math.abs(gradient) - alpha);
    const value = (-Math.sign(gradient) * size * learningRate) / (hessian + lambda);
    return Number.isFinite(value) ? value + 0 : 0;
  }

  #applyLeaves(nodes: readonly TreeNode[]): void {
    const { words, reals, address } = this.#machine;
    let count = 0;
    nodes.forEach((node, id) => {
      if (node.feature >= 0) return;
      words[(address.leaves >>> 2) + count * 4] = id;
      reals[(address.leaves >>> 3) + count * 2 + 1] = node.value;
      count++;
    });
    this.#machine.set("LEAF_COUNT", count);
    this.#machine.run("leafPass");
  }
}

const EMPTY_LEAF: TreeNode = {
  feature: -1,
  bin: 0,
  threshold: 0,
  flags: 0,
  left: -1,
  right: -1,
  categories: null,
  value: 0,
  gain: 0,
  rows: 0,
};
