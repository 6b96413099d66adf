import {
  alpha, bestGain, consider, countMask, lambda, leastRows, parentScore, shift, totalGradient, totalRest,
} from "./cut-scores";
import { AT_CELL_OFFSETS, AT_WIDE, pointer, word } from "./frame";

/**
 * The search for a numeric cut over cells of 16 bytes: the sum of gradients, and that of hessians above the count. Cuts that are far
 * from the best are told apart two at once, as in `narrow-search.ts`, with hessians in the place of rows.
 */

/** What rounding may take from a test without a division: sums of 62 bits of which the smaller side has a single one. */
const SLACK: f64 = 1e-6;
/** The lower and the higher 32 bits of a number, in the lower bits of these, are added to 2^52 and, 2^32 times, to 2^84. */
const LOW_BITS: i64 = 0x4330000000000000;
const HIGH_BITS: i64 = 0x4530000000000000;
const LOW_BASE: f64 = 4503599627370496.0;
const HIGH_BASE: f64 = 1.9342813113834067e25;
/** What a number with a sign is raised by to be at or over 0. */
const SIGN_BASE: f64 = 9223372036854775808.0;

/**
 * A feature's cells in 16-byte form: as they lie where it has its column for itself, else summed over the other features' codes
 * into `scratch`. Returns where they are.
 */
export function cellsOf(feature: usize, histogram: usize, scratch: usize): usize {
  const codes = load<i32>(feature, 12);
  const divisor = load<i32>(feature, 8);
  const offsets = pointer(AT_CELL_OFFSETS) + (<usize>load<i32>(feature, 4) << 2);
  const first = load<u32>(offsets);
  const columnCells = <i32>(load<u32>(offsets, 4) - first);
  const wide = word(AT_WIDE) != 0;
  const from = histogram + (<usize>first << (wide ? 4 : 3));
  if (wide && divisor == 1 && columnCells < 2 * codes) return from;
  memory.fill(scratch, 0, <usize>codes << 4);
  let code = 0;
  let repeat = 0;
  for (let i = 0; i < columnCells; i++) {
    const to = scratch + (<usize>code << 4);
    if (wide) v128.store(to, i64x2.add(v128.load(to), v128.load(from + (<usize>i << 4))));
    else addNarrow(to, load<i64>(from + (<usize>i << 3)));
    if (++repeat == divisor) {
      repeat = 0;
      if (++code == codes) code = 0;
    }
  }
  return scratch;
}

/** Adds a narrow cell, whose rows have hessians of one. */
// @ts-ignore: decorator
@inline
function addNarrow(to: usize, cell: i64): void {
  const count = cell & countMask;
  store<i64>(to, load<i64>(to) + (cell >> shift));
  store<i64>(to, load<i64>(to, 8) + ((count << shift) | count), 8);
}

/** Every cut of a numeric feature, with missing on either side where the node has missing; may pass over what gains under `held`. */
export function searchWide(cells: usize, codes: i32, hasMissing: bool, held: f64, bounded: bool): void {
  const values = hasMissing ? codes - 1 : codes;
  const last = values - 1;
  const missing = cells + (<usize>values << 4);
  const missingRest = hasMissing ? load<i64>(missing, 8) : 0;
  const missingGradient = hasMissing ? load<i64>(missing) : 0;
  if (bounded) tryEach(cells, last, 0, 0, 0, true);
  else tryCuts(cells, last, 0, 0, 0, held);
  if (missingRest == 0) return;
  if (bounded) tryEach(cells, last, missingGradient, missingRest, 1, true);
  else tryCuts(cells, last, missingGradient, missingRest, 1, held);
  if (bounded) consider(totalGradient - missingGradient, totalRest - missingRest, last, 0, true);
  else consider(totalGradient - missingGradient, totalRest - missingRest, last, 0, false);
}

/** The cuts after the first `last` cells, with what is on the left of all of them. */
// @ts-ignore: decorator
@inline
function tryEach(cells: usize, last: i32, gradientBefore: i64, restBefore: i64, missingLeft: i32, bounded: bool): void {
  let gradient = gradientBefore;
  let rest = restBefore;
  for (let bin = 0; bin < last; bin++) {
    const cell = cells + (<usize>bin << 4);
    const more = load<i64>(cell, 8);
    if (more == 0) continue;
    gradient += load<i64>(cell);
    rest += more;
    consider(gradient, rest, bin, missingLeft, bounded);
  }
}

function tryCuts(cells: usize, last: i32, gradientBefore: i64, restBefore: i64, missingLeft: i32, held: f64): void {
  if (alpha == 0) tryPairs(cells, last, gradientBefore, restBefore, missingLeft, held);
  else tryEach(cells, last, gradientBefore, restBefore, missingLeft, false);
}

function tryPairs(cells: usize, last: i32, gradientBefore: i64, restBefore: i64, missingLeft: i32, held: f64): void {
  let sums = i64x2(gradientBefore, restBefore);
  let bin = 0;
  for (; bin < last; bin++) {
    const next = i64x2.add(sums, v128.load(cells + (<usize>bin << 4)));
    if ((i64x2.extract_lane(next, 1) & countMask) >= leastRows) break;
    sums = next;
  }
  const weight = <f64>(totalRest >> shift) + 2 * lambda;
  const mean = <f64>totalGradient / weight;
  const whole = <f64>totalGradient * mean;
  const means = f64x2.splat(mean);
  const weights = f64x2.splat(weight);
  const lambdas = f64x2.splat(lambda);
  const bits = <i32>shift;
  let share = f64x2.splat(((max(bestGain, held) + parentScore) * (1 - SLACK) - whole) / weight);
  for (; bin < last; bin += 2) {
    const cell = cells + (<usize>bin << 4);
    const a = i64x2.add(sums, v128.load(cell));
    const b = i64x2.add(a, v128.load(cell, 16));
    sums = b;
    const gradients = signedReals(v128.shuffle<i64>(a, b, 0, 2));
    const side = f64x2.add(wholeReals(i64x2.shr_u(v128.shuffle<i64>(a, b, 1, 3), bits), 0.0), lambdas);
    const off = f64x2.sub(gradients, f64x2.mul(side, means));
    const least = f64x2.mul(f64x2.mul(side, f64x2.sub(weights, side)), share);
    const worth = f64x2.ge(f64x2.mul(off, off), least);
    if (!v128.any_true(worth)) continue;
    const chosen = i8x16.bitmask(worth);
    if (chosen & 0x80) considerFilled(cell, a, bin, missingLeft);
    if (chosen & 0x8000 && bin + 1 < last) considerFilled(cell + 16, b, bin + 1, missingLeft);
    if (((totalRest - i64x2.extract_lane(b, 1)) & countMask) < leastRows) return;
    share = f64x2.splat(((max(bestGain, held) + parentScore) * (1 - SLACK) - whole) / weight);
  }
}

/** Looks closely at a cut behind a cell that has rows; behind one without, the cut is that before it. */
function considerFilled(cell: usize, sums: v128, bin: i32, missingLeft: i32): void {
  if (load<i64>(cell, 8) == 0) return;
  consider(i64x2.extract_lane(sums, 0), i64x2.extract_lane(sums, 1), bin, missingLeft, false);
}

/** Two whole numbers at or over 0, less `less`, as float64. */
// @ts-ignore: decorator
@inline
function wholeReals(numbers: v128, less: f64): v128 {
  const low = v128.or(v128.and(numbers, i64x2.splat(0xffffffff)), i64x2.splat(LOW_BITS));
  const high = v128.or(i64x2.shr_u(numbers, 32), i64x2.splat(HIGH_BITS));
  return f64x2.add(f64x2.sub(high, f64x2.splat(HIGH_BASE + LOW_BASE + less)), low);
}

/** Two whole numbers as float64. */
// @ts-ignore: decorator
@inline
function signedReals(numbers: v128): v128 {
  return wholeReals(v128.xor(numbers, i64x2.splat(i64.MIN_VALUE)), SIGN_BASE);
}
