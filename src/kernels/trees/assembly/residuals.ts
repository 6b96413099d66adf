import {
  AT_BLOCKS, AT_COLUMN_BINS, AT_CARRY_COUNT, AT_CARRY_TERMS, AT_CELL_OFFSETS, AT_COLUMNS, AT_JOB_COUNT, AT_LEAF_COUNT, AT_LEAVES,
  AT_QUANTISED, AT_ROOT, AT_SHIFT, AT_SKIPPING, AT_STATISTICS, AT_STRIDE, BLOCK_ROWS, BLOCK_STATISTICS_BYTES, LEAF_BYTES, histogramOf,
  pointer, segmentOf, takeTask, word,
} from "./frame";
import { histogramConstant, histogramGathered, histogramSequence } from "./histogram";
import { binsOf, numbersOf, partBlock, resetNumbers, rowsIn } from "./partition";
import { sampleNumbers } from "./sampling";
import { mergePartials } from "./search";
import { touchBytes, touchRows } from "./touching";

/**
 * Squared error without weights, in whole numbers from beginning to end: a row's residual is a 32-bit number of steps of a fixed
 * size, and leaves move it by whole steps. A residual of the next round is that of this round plus its leaf's value, so the root's
 * next histogram follows from the counts of this round's histograms: root' = root + Σ value · count. Rows are added once more only
 * where a split's children have no histogram of their own: those of the smaller child, by what sets its value off from the other's.
 *
 * A tree that sees a part of the rows has those alone in its nodes, and its root is added up from them; the others walk it afterwards.
 *
 * Record of a leaf: 0 node · 4 value i32 · 8 what its rows add to the root beyond their parent's term, as a cell i64.
 * Record of a term, 8 bytes: 0 histogram · 4 value i32.
 */
const TERM_BYTES: i32 = 8;
/** Cells of a task. */
const CARRY_CELLS: i32 = 512;

// @ts-ignore: decorator
@inline
function residualsOf(block: i32): usize {
  return pointer(AT_QUANTISED) + ((<usize>block * <usize>BLOCK_ROWS) << 2);
}

/** A block's sum of squared residuals, in steps, beside where the other losses leave theirs; every row weighs 1. */
export function sumSquares(block: i32, rows: i32): void {
  const from = residualsOf(block);
  let sums = f64x2.splat(0);
  let i = 0;
  for (; i + 2 <= rows; i += 2) {
    const pair = f64x2.convert_low_i32x4_s(v128.load64_zero(from + (<usize>i << 2)));
    sums = f64x2.add(sums, f64x2.mul(pair, pair));
  }
  let sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
  if (i < rows) {
    const last = <f64>load<i32>(from + (<usize>i << 2));
    sum += last * last;
  }
  const out = pointer(AT_STATISTICS) + <usize>block * <usize>BLOCK_STATISTICS_BYTES;
  store<f64>(out, sum, 16);
  store<f64>(out, <f64>rows, 24);
}

/** Phase: the root's histogram from the rows themselves, and the rows put in order, those that the tree sees before the others. */
export function residualRootPass(thread: i32): void {
  const blocks = word(AT_BLOCKS);
  const histogram = histogramOf(thread, 0, pointer(AT_ROOT));
  const skipping = word(AT_SKIPPING) != 0;
  for (let block = takeTask(); block < blocks; block = takeTask()) {
    const rows = rowsIn(block);
    if (skipping) {
      const seen = sampleNumbers(block, rows, thread);
      histogramGathered(numbersOf(block), seen, binsOf(block), residualsOf(block), histogram);
      continue;
    }
    resetNumbers(block, rows);
    histogramSequence(rows, binsOf(block), residualsOf(block), histogram);
    sumSquares(block, rows);
  }
}

// @ts-ignore: decorator
@inline
function move(residuals: usize, from: usize, end: usize, value: i32): void {
  for (let p = from; p < end; p += 2) {
    const at = residuals + (<usize>load<u16>(p) << 2);
    store<i32>(at, load<i32>(at) + value);
  }
}

/**
 * Phase: the last splits' rows parted, every row moved by its leaf's value, what the root needs of them added, rows put in order. Of rows
 * that the tree did not see the order is kept: they are moved next.
 */
export function residualPass(thread: i32): void {
  const blocks = word(AT_BLOCKS);
  const stride = <usize>word(AT_STRIDE);
  const leaves = pointer(AT_LEAVES);
  const count = word(AT_LEAF_COUNT);
  const histogram = histogramOf(thread, 0, pointer(AT_ROOT));
  const byColumns = word(AT_COLUMN_BINS) != 0;
  for (let block = takeTask(); block < blocks; block = takeTask()) {
    const rows = rowsIn(block);
    const bins = binsOf(block);
    const numbers = numbersOf(block);
    const residuals = residualsOf(block);
    if (word(AT_JOB_COUNT) > 0) {
      if (!byColumns) touchBytes(bins, <usize>rows * stride);
      partBlock(block, thread);
    }
    for (let l = 0; l < count; l++) {
      const leaf = leaves + <usize>(l * LEAF_BYTES);
      const segment = segmentOf(block, load<i32>(leaf));
      const from = numbers + (<usize>load<u16>(segment) << 1);
      const end = numbers + (<usize>load<u16>(segment, 2) << 1);
      move(residuals, from, end, load<i32>(leaf, 4));
      const cell = load<i64>(leaf, 8);
      if (cell == 0) continue;
      const held = <i32>((end - from) >> 1);
      if (byColumns) touchRows(from, held, bins);
      histogramConstant(from, held, bins, cell, histogram);
    }
    if (word(AT_SKIPPING)) continue;
    resetNumbers(block, rows);
    sumSquares(block, rows);
  }
}

/** Phase: the root's histogram carried over to the next round: the threads' parts merged, and each term's value times its counts. */
export function carryPass(thread: i32): void {
  const root = pointer(AT_ROOT);
  const cells = load<i32>(pointer(AT_CELL_OFFSETS) + (<usize>word(AT_COLUMNS) << 2));
  const tasks = (cells + CARRY_CELLS - 1) / CARRY_CELLS;
  const shift = <i64>word(AT_SHIFT);
  const mask = (<i64>1 << shift) - 1;
  const terms = pointer(AT_CARRY_TERMS);
  const count = word(AT_CARRY_COUNT);
  for (let task = takeTask(); task < tasks; task = takeTask()) {
    const from = <usize>(task * CARRY_CELLS) << 3;
    const to = min<usize>(<usize>cells << 3, from + (<usize>CARRY_CELLS << 3));
    mergePartials(root, 0, from, to);
    for (let t = 0; t < count; t++) {
      const term = terms + <usize>(t * TERM_BYTES);
      const histogram = <usize>load<u32>(term);
      const value = <i64>load<i32>(term, 4);
      for (let i = from; i < to; i += 8) {
        const rows = load<i64>(histogram + i) & mask;
        store<i64>(root + i, load<i64>(root + i) + ((rows * value) << shift));
      }
    }
  }
}
