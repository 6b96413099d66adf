import type { FeaturePlace } from "../binning/column-layout.ts";
import type { TreeMachine } from "../machine/machine.ts";
import { MAX_CHUNKS } from "../machine/machine-areas.ts";
import { writeDirections } from "../walking.ts";
import { type FinishContext, leafValue } from "./finish-node.ts";
import type { GrowingNode } from "./growing-node.ts";
import type { GrowingTree } from "./growing-tree.ts";
import type { Expansion } from "./growth-order.ts";
import type { Children, HistogramSlots } from "./histogram-slots.ts";
import type { NodeFeatures } from "./node-features.ts";
import { readSplit, SPLIT_WORDS } from "./split-records.ts";

/** Words of a job's record. */
export const JOB_WORDS = 16;
const TABLE_BYTES = 256;

/** What a tree grows with. */
export interface GrowthContext extends FinishContext {
  readonly slots: HistogramSlots;
  /** Null where nodes may split on all features of their tree. */
  readonly features: NodeFeatures | null;
  /** Where each feature lies. */
  readonly placeOf: ReadonlyMap<number, FeaturePlace>;
}

/** Nodes whose records lie ready for the kernels. */
export interface Jobs {
  readonly count: number;
  /** Two for each job. */
  readonly children: readonly GrowingNode[];
  readonly searched: readonly boolean[];
}

/** Makes the children of nodes that are to be expanded and writes what the kernels must know of them. */
export function prepareJobs(context: GrowthContext, tree: GrowingTree, batch: readonly Expansion[]): Jobs {
  const { machine, slots } = context;
  const children: GrowingNode[] = [];
  const searched: boolean[] = [];
  let partial = 0;
  batch.forEach((expansion, job) => {
    const parent = expansion.node;
    const pair = makeChildren(context, tree, expansion);
    const { left, right, searchLeft, searchRight } = pair;
    const wanted = slots.pass(parent, pair, tree.made, batch);
    writeJob(machine, job, [
      ...[parent.place, left.place, right.place, writeTable(context, parent.place).column],
      ...[machine.address.tables + parent.place * TABLE_BYTES, wanted],
      ...[slots.addressOf(left), slots.addressOf(right), partial, searchLeft ? 1 : 0, searchRight ? 1 : 0],
      searchLeft ? maskOf(context, left, 2 * job) : 0,
      searchRight ? maskOf(context, right, 2 * job + 1) : 0,
    ]);
    partial += wanted === 3 ? 2 : 1;
    children.push(left, right);
    searched.push(searchLeft, searchRight);
  });
  machine.set("JOB_COUNT", batch.length);
  return { count: batch.length, children, searched };
}

/** Parts the rows of the jobs' nodes, adds up the histograms of the children that may split further, finds their best splits. */
export function runJobs({ machine, slots }: GrowthContext, { count, children, searched }: Jobs): void {
  machine.run("expandPass");
  if (!searched.includes(true)) return;
  const chunks = search(machine, count);
  children.forEach((node, i) => {
    if (searched[i]) node.gain = takeSplit(machine, node, i, chunks);
    if (node.gain < 0) slots.release(node);
  });
}

/** Finds the root's split; its histogram is there. */
export function searchRoot(context: GrowthContext, root: GrowingNode): void {
  const { machine, slots, options } = context;
  const slot = slots.addressOf(root);
  writeJob(machine, 0, [-1, 0, 0, 0, 0, 1, slot, 0, 0, 1, 0]);
  machine.kernel.rootSums!();
  const splittable = options.maxDepth > 0 && options.maxLeaves > 1 && isLargeEnough(context, root);
  if (!splittable) return;
  // The parts are merged by now, so the search must not look for more.
  writeJob(machine, 0, [-1, 0, 0, 0, 0, 0, slot, 0, 0, 1, 0, maskOf(context, root, 0), 0]);
  const chunks = search(machine, 1);
  root.gain = takeSplit(machine, root, 0, chunks);
}

/** A node's children with their sums and bounds, and which of them may split further. */
function makeChildren(context: GrowthContext, tree: GrowingTree, { node, leaves }: Expansion): Children {
  const { machine, options } = context;
  const [left, right] = tree.childrenOf(node);
  const leftIsSmaller = machine.kernel.splitSums!(node.place, left.place, right.place) === 1;
  constrain(context, node, left, right);
  const open = left.depth < options.maxDepth && leaves < options.maxLeaves;
  return {
    left,
    right,
    leftIsSmaller,
    searchLeft: open && isLargeEnough(context, left),
    searchRight: open && isLargeEnough(context, right),
  };
}

function isLargeEnough({ machine, options, quantisation }: GrowthContext, { place }: GrowingNode): boolean {
  const { minChildRows, minChildWeight } = options;
  return (
    machine.kernel.rowCount!(place) >= 2 * Math.max(1, minChildRows) &&
    machine.kernel.hessianSum!(place) >= 2 * minChildWeight * quantisation.hessianScale
  );
}

/** Hands bounds and paths down, where there are any. */
function constrain(context: GrowthContext, parent: GrowingNode, left: GrowingNode, right: GrowingNode): void {
  const { machine, bounds, features, bins, leafRule } = context;
  if (bounds === null && features === null) return;
  const { feature } = readSplit(machine, parent.place);
  left.path = features?.follow(parent.path, feature, bins) ?? parent.path;
  right.path = left.path;
  if (bounds === null) return;
  // Renewed leaves are put in order when their values are known.
  const direction = leafRule.kind === "residuals" ? 0 : directionOf(context, feature);
  const values = [leafValue(context, left.place), leafValue(context, right.place)] as const;
  bounds.split(parent.place, left.place, right.place, direction, values);
}

/** 1 or -1 where predictions must follow a feature. */
export function directionOf({ options, bins }: Pick<GrowthContext, "options" | "bins">, feature: number): number {
  return options.constraints?.monotone[bins[feature]!.column] ?? 0;
}

/** Where the features lie that a node may split on; 0 for all of its tree's. */
function maskOf({ features }: GrowthContext, node: GrowingNode, slot: number): number {
  return features?.write(node, slot) ?? 0;
}

function writeJob(machine: TreeMachine, job: number, fields: readonly number[]): void {
  machine.words.set(fields, (machine.address.jobs >>> 2) + job * JOB_WORDS);
}

/** Completes histograms and looks for splits of the jobs' children. Returns the ranges of columns that were used. */
function search(machine: TreeMachine, jobs: number): number {
  const { columns } = machine.sizes.layout;
  const wished = machine.sizes.threads === 1 ? 1 : Math.ceil((4 * machine.sizes.threads) / jobs);
  const chunks = Math.max(1, Math.min(columns, MAX_CHUNKS, wished));
  machine.set("JOB_COUNT", jobs);
  machine.set("CHUNKS", chunks);
  machine.run("splitPass");
  return chunks;
}

function takeSplit(machine: TreeMachine, node: GrowingNode, place: number, chunks: number): number {
  const { kernel, address } = machine;
  return kernel.chooseSplit!(node.place, address.candidates + place * chunks * SPLIT_WORDS * 4);
}

/** Writes which way each code of a node's column goes. Returns where the feature lies. */
function writeTable({ machine, bins, placeOf }: GrowthContext, node: number): FeaturePlace {
  const split = readSplit(machine, node);
  const place = placeOf.get(split.feature)!;
  writeDirections(machine.bytes, machine.address.tables + node * TABLE_BYTES, place, bins[split.feature]!, split);
  return place;
}
