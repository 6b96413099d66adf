import { Ensemble, type TreeNode } from "../ensemble.ts";
import { TreeGrower } from "../growing/growing.ts";
import type { TreeMachine } from "../machine/machine.ts";
import { TreeWalker } from "../walking.ts";
import type { BoostingParts } from "./boosting-parts.ts";
import { fixedQuantisation, prepareRound } from "./tree-gradients.ts";

/** Fewer trees do not earn the one that orders the rows. */
const ORDERED_FROM_ROUNDS = 30;

/** For each row the place where it lies. */
export type RowOrder = Uint32Array;

/** Numbers of the training rows, one each. */
export type RowValues = Int32Array | Float64Array;

/** Whether the training rows are worth ordering. */
export function ordersRows({ options: { rounds }, prepared }: BoostingParts): boolean {
  return prepared.machine.sizes.reorders && (rounds ?? ORDERED_FROM_ROUNDS) >= ORDERED_FROM_ROUNDS;
}

/**
 * Puts the training rows in the order of the leaves of a first tree, which is not kept: rows of a later tree's nodes then lie side by
 * side to a good part. Returns the order; null where there is nothing to split. Of several classes the tree is the first one's: what
 * parts one from the others parts these as well.
 */
export function orderRows(parts: BoostingParts): RowOrder | null {
  const { loss, options, prepared } = parts;
  const { machine, bins, residuals } = prepared;
  prepareRound(parts, 0);
  machine.set("CLASS", 0);
  // One tree alone does not earn the copy.
  machine.set("COLUMN_BINS", 0);
  const nodes = new TreeGrower(machine, options, bins, loss.leaves).grow(fixedQuantisation(parts)!, 0);
  if (nodes.length === 1) return null;
  const [ranked, ...others] = valuesToMove(parts);
  const before = ranked!.slice();
  ranked!.fill(0);
  const ranking = new Ensemble();
  ranking.append(rankLeaves(nodes, residuals?.scale ?? 1));
  new TreeWalker(machine, bins).add([machine.train], ranking.arrays(), 0, 1);
  const order = sortByRank(ranked!, nodes.length);
  putInOrder(before, order, ranked!);
  for (const values of others) putInOrder(values.slice(), order, values);
  if (machine.address.rowIds !== 0) keepNumbers(machine, order);
  moveBins(machine, order);
  return order;
}

/** What is kept of each training row beside its bins: first its residual, or its score of the first class, which a walk adds to. */
function valuesToMove({ loss, prepared: { machine } }: BoostingParts): RowValues[] {
  const { buffer } = machine.bytes;
  const { rows, scores, target } = machine.train;
  if (machine.sizes.residual) return [new Int32Array(buffer, machine.address.quantised, rows)];
  const ofClass = (k: number) => new Float64Array(buffer, scores + k * rows * 8, rows);
  return [...Array.from({ length: loss.classes }, (_, k) => ofClass(k)), new Float64Array(buffer, target, rows)];
}

/** Values of the rows as they came, put where the rows lie; those of several classes follow each other. */
export function putInOrder(values: RowValues, order: RowOrder, to: RowValues): void {
  for (let first = 0; first < to.length; first += order.length)
    for (let row = 0; row < order.length; row++) to[first + order[row]!] = values[first + row]!;
}

/** The way back. */
export function takeFromOrder(placed: RowValues, order: RowOrder, to: RowValues): void {
  for (let first = 0; first < to.length; first += order.length)
    for (let row = 0; row < order.length; row++) to[first + row] = placed[first + order[row]!]!;
}

/** Writes down which row lies where: what of gradients is rounded by a row's number does not depend on where it lies. */
function keepNumbers(machine: TreeMachine, order: RowOrder): void {
  const numbers = machine.words.subarray(machine.address.rowIds >>> 2);
  for (let row = 0; row < order.length; row++) numbers[order[row]!] = row;
  machine.set("ROW_IDS", machine.address.rowIds);
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
function sortByRank(ranks: RowValues, most: number): RowOrder {
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
