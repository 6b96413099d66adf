import type { FeatureBins } from "../binning/feature-bins.ts";
import { Ensemble, type TreeNode } from "../ensemble.ts";
import { TreeGrower } from "../growing/growing.ts";
import type { Loss } from "../losses/index.ts";
import type { TreeMachine } from "../machine/machine.ts";
import { TreeWalker } from "../walking.ts";
import type { BoostingOptions } from "./boosting-parameters.ts";
import type { ResidualPlan } from "./residuals.ts";

/** Fewer trees do not earn the one that orders the rows. */
const ORDERED_FROM_ROUNDS = 30;

/** For each row the place where it lies. */
export type RowOrder = Uint32Array;

interface Ordered {
  readonly machine: TreeMachine;
  readonly bins: readonly FeatureBins[];
  readonly options: BoostingOptions;
  readonly loss: Loss;
  readonly residuals: ResidualPlan;
}

/** Whether the training rows are worth ordering. */
export function ordersRows(machine: TreeMachine, { rounds }: BoostingOptions): boolean {
  return machine.sizes.reorders && (rounds ?? ORDERED_FROM_ROUNDS) >= ORDERED_FROM_ROUNDS;
}

/**
 * Puts the training rows in the order of the leaves of a first tree, which is not kept: rows of a later tree's nodes then lie side by
 * side to a good part. Returns the order; null where there is nothing to split.
 */
export function orderRows({ machine, bins, options, loss, residuals }: Ordered): RowOrder | null {
  machine.select(machine.train);
  // One tree alone does not earn the copy.
  machine.set("COLUMN_BINS", 0);
  const quantisation = { wide: false, gradientScale: residuals.scale, hessianScale: 1 };
  const nodes = new TreeGrower(machine, options, bins, loss.leaves).grow(quantisation, 0);
  if (nodes.length === 1) return null;
  const { rows } = machine.train;
  const { quantised } = machine.address;
  const own = new Int32Array(machine.bytes.buffer, quantised, rows);
  const residualsBefore = own.slice();
  own.fill(0);
  const ranked = new Ensemble();
  ranked.append(rankLeaves(nodes, residuals.scale));
  new TreeWalker(machine, bins).add([machine.train], ranked.arrays(), 0, 1);
  const order = sortByRank(own, nodes.length);
  order.forEach((place, row) => {
    own[place] = residualsBefore[row]!;
  });
  moveBins(machine, order);
  return order;
}

/** The nodes with leaves whose values, in whole steps, are their numbers from left to right. */
function rankLeaves(nodes: readonly TreeNode[], scale: number): TreeNode[] {
  const ranked = [...nodes];
  let rank = 0;
  const waiting = [0];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const node = nodes[id]!;
    if (node.feature < 0) ranked[id] = { ...node, value: rank++ / scale };
    else waiting.push(node.right, node.left);
  }
  return ranked;
}

/** Rows by rank, those of the same rank in their old order. */
function sortByRank(ranks: Int32Array, most: number): RowOrder {
  const next = new Uint32Array(most + 1);
  for (const rank of ranks) next[rank + 1]!++;
  for (let rank = 0; rank < most; rank++) next[rank + 1]! += next[rank]!;
  const order = new Uint32Array(ranks.length);
  for (let row = 0; row < order.length; row++) order[row] = next[ranks[row]!]!++;
  return order;
}

function moveBins(machine: TreeMachine, order: RowOrder): void {
  const words = machine.sizes.layout.stride >>> 2;
  const first = machine.train.bins >>> 2;
  const to = machine.words.subarray(first, first + order.length * words);
  const from = copyOf(machine, to);
  // Rows of a rank go side by side, so that lines are written whole; to look for the row of each place takes five times as long.
  for (let row = 0; row < order.length; row++) {
    const at = row * words;
    const place = order[row]! * words;
    for (let i = 0; i < words; i++) to[place + i] = from[at + i]!;
  }
}

/** A copy of the bins, where their copy by columns will be if there is room for one. */
function copyOf(machine: TreeMachine, bins: Int32Array): Int32Array {
  const { columnBins } = machine.address;
  if (columnBins === 0) return bins.slice();
  const copy = machine.words.subarray(columnBins >>> 2, (columnBins >>> 2) + bins.length);
  copy.set(bins);
  return copy;
}

/**
 * Copies the training rows' bins column by column, where a machine has room for that: before the first tree, when rows lie in
 * their order.
 */
export function copyColumns(machine: TreeMachine): void {
  const { columnBins } = machine.address;
  if (columnBins === 0) return;
  machine.set("COLUMN_BINS", columnBins);
  machine.select(machine.train);
  machine.run("columnPass");
}
