import type { FeaturePlace } from "./column-layout.ts";
import type { TreeNode } from "./ensemble.ts";
import type { FeatureBins } from "./feature-bins.ts";
import { finishNode, leafValue } from "./finish-node.ts";
import type { GrowingNode } from "./growing-node.ts";
import type { GrowthOptions } from "./growth-options.ts";
import { type Children, HistogramSlots } from "./histogram-slots.ts";
import { renewLeaves, writeLeaves } from "./leaf-values.ts";
import { type LeafRule, NEWTON } from "./losses/index.ts";
import { MAX_CHUNKS, type TreeMachine } from "./machine.ts";
import { nextBatch } from "./next-batch.ts";
import { NodeBounds, orderLeaves } from "./node-bounds.ts";
import type { NodeFeatures } from "./node-features.ts";
import type { Quantisation } from "./quantisation.ts";
import { writeCarry } from "./residuals.ts";
import { readSplit, SPLIT_WORDS } from "./split-records.ts";
import { writeDirections } from "./walking.ts";

const JOB_WORDS = 16;
const TABLE_BYTES = 256;

/** Grows one tree after the other in a machine. Which nodes are split, and when, is the growth policy's. */
export class TreeGrower {
  readonly #machine: TreeMachine;
  #options: GrowthOptions;
  readonly #bins: readonly FeatureBins[];
  readonly #placeOf: Map<number, FeaturePlace>;
  readonly #slots: HistogramSlots;
  readonly #leafRule: LeafRule;
  readonly #features: NodeFeatures | null;
  readonly #bounds: NodeBounds | null;
  #nodes: GrowingNode[] = [];
  #leaves = 1;
  /** Splits whose rows the leaves' pass will part, because nothing follows them. */
  #pending = 0;
  #rootIsKnown = false;
  #sampled = false;
  #quantisation: Quantisation = { wide: true, gradientScale: 1, hessianScale: 1 };

  /** @param features which features a node may split on; null for all that its tree may */
  constructor(
    machine: TreeMachine,
    options: GrowthOptions,
    bins: readonly FeatureBins[],
    leafRule: LeafRule = NEWTON,
    features: NodeFeatures | null = null,
  ) {
    this.#leafRule = leafRule;
    this.#features = features;
    this.#bounds =
      machine.address.bounds === 0 ? null : new NodeBounds(machine, options.maxDeltaStep || Number.POSITIVE_INFINITY);
    this.#machine = machine;
    this.#options = options;
    this.#bins = bins;
    this.#placeOf = new Map(machine.layout.places.map((place) => [place.feature, place]));
    this.#slots = new HistogramSlots(machine, options.maxLeaves);
  }

  /**
   * Grows a tree on the scores as they are and adds its values to them.
   *
   * @param learningRate of this tree. Default that of the tree before, at first that of the options
   * @param sampled whether the tree sees a part of the rows: others walk it afterwards. Default false
   * @returns its nodes, the root first, children after their parents
   */
  grow(quantisation: Quantisation, learningRate = this.#options.learningRate, sampled = false): TreeNode[] {
    this.#sampled = sampled;
    this.#quantisation = quantisation;
    this.#options = { ...this.#options, learningRate };
    this.#setRules();
    this.#nodes = [];
    this.#leaves = 1;
    this.#pending = 0;
    this.#slots.reset();
    this.#bounds?.reset(quantisation);
    this.#plantRoot(this.#addNode(0));
    for (let batch = this.#nextBatch(); batch.length > 0; batch = this.#nextBatch()) this.#expand(batch);
    const nodes = this.#finish();
    this.#applyLeaves(nodes);
    return nodes;
  }

  #finish(): TreeNode[] {
    const context = {
      machine: this.#machine,
      bins: this.#bins,
      options: this.#options,
      leafRule: this.#leafRule,
      bounds: this.#bounds,
      quantisation: this.#quantisation,
    };
    const nodes = this.#nodes.map((node) => finishNode(context, node));
    if (this.#leafRule.kind !== "residuals") return nodes;
    // Hessians are weights where leaves are renewed.
    const weightOf = (node: number): number => this.#machine.kernel.hessianSum!(node) / this.#quantisation.hessianScale;
    const renewed = renewLeaves(this.#machine, this.#leafRule, nodes, weightOf, this.#options);
    if (this.#bounds === null) return renewed;
    const ordered = orderLeaves(renewed, (feature) => this.#directionOf(feature));
    return this.#bounds.limitLeaves(ordered, this.#options.learningRate);
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
    const node = { id: this.#nodes.length, depth, gain: -1, slot: -1, path: [], left: -1, right: -1 };
    this.#nodes.push(node);
    return node;
  }

  #plantRoot(root: GrowingNode): void {
    const machine = this.#machine;
    this.#slots.give(root, this.#nodes, []);
    const slot = this.#slots.addressOf(root);
    if (machine.residual) this.#takeRoot(slot);
    else {
      machine.set("SLOT", slot);
      machine.run("rootPass");
    }
    this.#writeJob(0, [-1, 0, 0, 0, 0, 1, slot, 0, 0, 1, 0]);
    machine.kernel.rootSums!();
    const splittable = this.#mayChildrenSplit(0) && this.#isLargeEnough(0);
    // The parts are merged by now, so the search must not look for more.
    this.#writeJob(0, [-1, 0, 0, 0, 0, 0, slot, 0, 0, splittable ? 1 : 0, 0, this.#maskOf(root, 0), 0]);
    if (!splittable) return;
    this.#search(1);
    root.gain = this.#takeSplit(root, 0, 0);
  }

  /** The root's histogram: carried over from the round before, or added up where there is none. */
  #takeRoot(slot: number): void {
    const machine = this.#machine;
    const { root } = machine.address;
    if (!this.#rootIsKnown) {
      machine.kernel.clear!(root, machine.slotBytes);
      machine.run("residualRootPass");
      machine.set("CARRY_COUNT", 0);
      machine.run("carryPass");
    }
    machine.kernel.copy!(slot, root, machine.slotBytes);
  }

  #nextBatch(): GrowingNode[] {
    const { policy, maxLeaves } = this.#options;
    const limit = Math.max(1, Math.min(this.#machine.jobLimit >> 1, this.#machine.slots >> 2));
    return nextBatch(this.#nodes, policy, maxLeaves - this.#leaves, limit);
  }

  #mayChildrenSplit(depth: number): boolean {
    return depth < this.#options.maxDepth && this.#leaves < this.#options.maxLeaves;
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
    const searched: boolean[] = [];
    const children: GrowingNode[] = [];
    let partial = 0;
    let anyWanted = false;
    this.#leaves += batch.length;
    batch.forEach((parent, job) => {
      const { left, right, searchLeft, searchRight, wanted } = this.#split(parent, batch);
      this.#writeJob(job, [
        parent.id,
        left.id,
        right.id,
        this.#writeTable(parent.id).column,
        machine.address.tables + parent.id * TABLE_BYTES,
        wanted,
        this.#slots.addressOf(left),
        this.#slots.addressOf(right),
        partial,
        searchLeft ? 1 : 0,
        searchRight ? 1 : 0,
        searchLeft ? this.#maskOf(left, 2 * job) : 0,
        searchRight ? this.#maskOf(right, 2 * job + 1) : 0,
      ]);
      partial += wanted === 3 ? 2 : 1;
      anyWanted ||= wanted !== 0;
      children.push(left, right);
      searched.push(searchLeft, searchRight);
    });
    machine.set("JOB_COUNT", batch.length);
    if (machine.residual && !anyWanted && this.#nextBatch().length === 0) {
      this.#pending = batch.length;
      return;
    }
    machine.run("expandPass");
    if (!anyWanted) return;
    const chunks = this.#search(batch.length);
    children.forEach((node, i) => {
      if (searched[i]) node.gain = this.#takeSplit(node, i, chunks);
      if (node.gain < 0) this.#slots.release(node);
    });
  }

  /** Makes a node's children, with their sums and places for the histograms that are wanted. */
  #split(parent: GrowingNode, batch: readonly GrowingNode[]): Children & { wanted: number } {
    const left = this.#addNode(parent.depth + 1);
    const right = this.#addNode(parent.depth + 1);
    parent.left = left.id;
    parent.right = right.id;
    const leftIsSmaller = this.#machine.kernel.splitSums!(parent.id, left.id, right.id) === 1;
    this.#constrain(parent, left, right);
    const open = this.#mayChildrenSplit(left.depth);
    const searchLeft = open && this.#isLargeEnough(left.id);
    const searchRight = open && this.#isLargeEnough(right.id);
    const children = { left, right, leftIsSmaller, searchLeft, searchRight };
    return { ...children, wanted: this.#slots.pass(parent, children, this.#nodes, batch) };
  }

  /** Hands bounds and paths down, where there are any. */
  #constrain(parent: GrowingNode, left: GrowingNode, right: GrowingNode): void {
    if (this.#bounds === null && this.#features === null) return;
    const { feature } = readSplit(this.#machine, parent.id);
    left.path = this.#features?.follow(parent.path, feature, this.#bins) ?? parent.path;
    right.path = left.path;
    if (this.#bounds === null) return;
    // Renewed leaves are put in order when their values are known.
    const direction = this.#leafRule.kind === "residuals" ? 0 : this.#directionOf(feature);
    const values = [this.#valueOf(left.id), this.#valueOf(right.id)] as const;
    this.#bounds.split(parent.id, left.id, right.id, direction, values);
  }

  #directionOf(feature: number): number {
    return this.#options.constraints?.monotone[this.#bins[feature]!.column] ?? 0;
  }

  #valueOf(node: number): number {
    return leafValue(
      { machine: this.#machine, options: this.#options, quantisation: this.#quantisation, leafRule: this.#leafRule },
      node,
    );
  }

  /** Where the features lie that a node may split on; 0 for all of its tree's. */
  #maskOf(node: GrowingNode, slot: number): number {
    return this.#features?.write(node, slot) ?? 0;
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

  /** Writes which way each code of a node's column goes. Returns where the feature lies. */
  #writeTable(node: number): FeaturePlace {
    const machine = this.#machine;
    const split = readSplit(machine, node);
    const place = this.#placeOf.get(split.feature)!;
    writeDirections(
      machine.bytes,
      machine.address.tables + node * TABLE_BYTES,
      place,
      this.#bins[split.feature]!,
      split,
    );
    return place;
  }

  #applyLeaves(nodes: readonly TreeNode[]): void {
    if (this.#machine.residual) this.#moveResiduals(nodes);
    else {
      writeLeaves(this.#machine, nodes);
      this.#machine.run("leafPass");
    }
  }

  #moveResiduals(nodes: readonly TreeNode[]): void {
    const machine = this.#machine;
    const { gradientScale } = this.#quantisation;
    // A root of other rows does not follow from this tree's.
    const carried = this.#sampled ? [] : this.#nodes;
    this.#rootIsKnown = writeCarry(machine, carried, nodes, this.#slots, gradientScale);
    machine.set("JOB_COUNT", this.#pending);
    machine.run("residualPass");
    if (this.#rootIsKnown) machine.run("carryPass");
  }
}
