import type { FeaturePlace } from "../binning/column-layout.ts";
import type { FeatureBins } from "../binning/feature-bins.ts";
import type { TreeNode } from "../ensemble.ts";
import { type LeafRule, NEWTON } from "../losses/index.ts";
import type { TreeMachine } from "../machine/machine.ts";
import type { Quantisation } from "../machine/quantisation.ts";
import { writeCarry } from "./carry.ts";
import { directionOf, type GrowthContext, JOB_WORDS, prepareJobs, runJobs, searchRoot } from "./expanding.ts";
import { finishNode } from "./finish-node.ts";
import { GrowingTree } from "./growing-tree.ts";
import type { GrowthOptions } from "./growth-options.ts";
import type { Expansion, GrowthOrder } from "./growth-order.ts";
import { growthOrderOf } from "./growth-policy.ts";
import { writeGrowthRules } from "./growth-rules.ts";
import { HistogramSlots } from "./histogram-slots.ts";
import { renewLeaves, writeLeaves } from "./leaf-values.ts";
import { NodeBounds, orderLeaves } from "./node-bounds.ts";
import type { NodeFeatures } from "./node-features.ts";

/** Grows one tree after the other in a machine. Which nodes are split, and when, is the growth policy's. */
export class TreeGrower {
  readonly #machine: TreeMachine;
  #options: GrowthOptions;
  readonly #bins: readonly FeatureBins[];
  readonly #placeOf: ReadonlyMap<number, FeaturePlace>;
  readonly #slots: HistogramSlots;
  readonly #leafRule: LeafRule;
  readonly #features: NodeFeatures | null;
  readonly #bounds: NodeBounds | null;
  readonly #order: GrowthOrder;
  #rootIsKnown = false;
  #sampled = false;

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
    this.#placeOf = new Map(machine.sizes.layout.places.map((place) => [place.feature, place]));
    this.#slots = new HistogramSlots(machine, options.maxLeaves);
    this.#order = growthOrderOf(options, machine.sizes.classes);
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
    this.#options = { ...this.#options, learningRate };
    const context = this.#contextOf(quantisation);
    const tree = new GrowingTree();
    writeGrowthRules(this.#machine, this.#options, quantisation);
    this.#slots.reset();
    this.#bounds?.reset(quantisation);
    this.#plantRoot(context, tree);
    const { gradientScale, hessianScale } = quantisation;
    this.#order.begin(tree, (gradientScale * gradientScale) / hessianScale);
    const pending = this.#growNodes(context, tree);
    const nodes = this.#finish(context, tree);
    this.#applyLeaves(context, tree, nodes, pending);
    return nodes;
  }

  #contextOf(quantisation: Quantisation): GrowthContext {
    return {
      machine: this.#machine,
      options: this.#options,
      bins: this.#bins,
      leafRule: this.#leafRule,
      features: this.#features,
      bounds: this.#bounds,
      slots: this.#slots,
      placeOf: this.#placeOf,
      quantisation,
    };
  }

  #plantRoot(context: GrowthContext, tree: GrowingTree): void {
    const machine = this.#machine;
    this.#slots.give(tree.root, tree.made, []);
    const slot = this.#slots.addressOf(tree.root);
    if (machine.sizes.residual) this.#takeRoot(slot);
    else {
      machine.set("SLOT", slot);
      machine.run("rootPass");
    }
    searchRoot(context, tree.root);
  }

  /** The root's histogram: carried over from the round before, or added up where there is none. */
  #takeRoot(slot: number): void {
    const machine = this.#machine;
    const { root } = machine.address;
    if (!this.#rootIsKnown) {
      machine.kernel.clear!(root, machine.sizes.slotBytes);
      machine.run("residualRootPass");
      machine.set("CARRY_COUNT", 0);
      machine.run("carryPass");
    }
    machine.kernel.copy!(slot, root, machine.sizes.slotBytes);
  }

  /** Expands nodes until the tree is finished. Returns how many splits the leaves' pass will carry out, because nothing follows them. */
  #growNodes(context: GrowthContext, tree: GrowingTree): number {
    for (let batch = this.#nextBatch(tree); batch.length > 0; ) {
      const jobs = prepareJobs(context, tree, batch);
      const isOpen = jobs.searched.includes(true);
      // Where no child is searched, their gains are known to be none.
      const next = isOpen ? [] : this.#nextBatch(tree);
      if (this.#machine.sizes.residual && !isOpen && next.length === 0) return batch.length;
      runJobs(context, jobs);
      batch = isOpen ? this.#nextBatch(tree) : next;
    }
    return 0;
  }

  #nextBatch(tree: GrowingTree): Expansion[] {
    const { maxLeaves } = this.#options;
    const { jobLimit, slots, maxNodes } = this.#machine.sizes;
    const most = Math.max(1, Math.min(jobLimit >> 1, slots >> 2));
    const room = maxLeaves - tree.leaves;
    const places = Math.floor((maxNodes - tree.made.length) / 2) - room;
    // Columns that are drawn for each node are drawn by its number, which nodes get when their turn comes.
    const ahead = this.#features?.drawsByNode === true ? 0 : Math.min(places, this.#slots.spare(room));
    return this.#order.next(most, Math.max(0, ahead));
  }

  #finish(context: GrowthContext, tree: GrowingTree): TreeNode[] {
    const nodes = tree.nodes.map((node) => finishNode(context, node));
    if (this.#leafRule.kind !== "residuals") return nodes;
    this.#rejoinRows(tree);
    const placeOf = (node: number): number => tree.nodes[node]!.place;
    const { hessianScale } = context.quantisation;
    const renewed = renewLeaves(this.#machine, this.#leafRule, nodes, placeOf, hessianScale, this.#options);
    if (this.#bounds === null) return renewed;
    const ordered = orderLeaves(renewed, (feature) => directionOf(context, feature));
    return this.#bounds.limitLeaves(ordered, this.#options.learningRate);
  }

  /** Puts the rows of leaves that were expanded in vain in order again: what is added up of residuals depends on it. */
  #rejoinRows(tree: GrowingTree): void {
    const machine = this.#machine;
    const parted = tree.nodes.filter(({ split, children }) => !split && children !== null);
    const { jobLimit } = machine.sizes;
    for (let from = 0; from < parted.length; from += jobLimit) {
      const some = parted.slice(from, from + jobLimit);
      some.forEach(({ place }, job) => {
        machine.words[(machine.address.jobs >>> 2) + job * JOB_WORDS] = place;
      });
      machine.set("JOB_COUNT", some.length);
      machine.run("rejoinPass");
    }
  }

  #applyLeaves(context: GrowthContext, tree: GrowingTree, nodes: readonly TreeNode[], pending: number): void {
    const machine = this.#machine;
    if (machine.sizes.residual) {
      const { gradientScale } = context.quantisation;
      // A root of other rows does not follow from this tree's.
      this.#rootIsKnown = writeCarry(machine, tree, nodes, this.#slots, gradientScale, !this.#sampled);
      machine.set("JOB_COUNT", pending);
      machine.run("residualPass");
      if (this.#rootIsKnown) machine.run("carryPass");
    } else {
      writeLeaves(machine, nodes, (node) => tree.nodes[node]!.place);
      machine.run("leafPass");
    }
  }
}
