/**
 * The search for a numeric cut over narrow cells as they lie, one number for gradient and count, four cuts at once. Says the same as
 * the search over wide cells with hessians of one.
 *
 * Most cuts are far from the best, which one product tells: for sides of weights w and W - w (rows and L2) and gradients g and G - g,
 *
 *   g² / w + (G - g)² / (W - w) = G² / W + (g - w G / W)² W / (w (W - w)),
 *
 * so that a cut is worth a division only where (g - w G / W)² is at least w (W - w) (bound - G² / W) / W. With L1 that does not hold,
 * and each cut is looked at.
 */

/** The best cut that the last search found: its gain, its bin (-1 for none), whether missing goes left, and the left side's cell. */
export let narrowGain: f64 = 0;
export let narrowBin: i32 = -1;
export let narrowMissingLeft: i32 = 0;
export let narrowSum: i64 = 0;

// The node under study; one thread runs one instance, so globals are its own.
let nodeTotal: i64 = 0;
let nodeShift: i64 = 0;
let nodeMask: i64 = 0;
let nodeLeast: i64 = 0;
let nodeLambda: f64 = 0;
let nodeAlpha: f64 = 0;
let nodeScore: f64 = 0;
/** W, G / W, and G² / W. */
let nodeWeight: f64 = 0;
let nodeMean: f64 = 0;
let nodeWhole: f64 = 0;
/** What children must reach to be looked at. */
let bound: f64 = 0;

/** A gain under this share of the children's own scores is rounding. */
const NOISE: f64 = 1e-12;
/** Gradients' sums lie under this, as `planResiduals` has it, and under what the bits above a count can hold. */
const GRADIENT_BITS: i64 = 50;
/** A whole number under 2^52 in the lower bits of this is that number more than 2^52 as a float64. */
const INTEGER_BITS: i64 = 0x4330000000000000;
const INTEGER_BASE: f64 = 4503599627370496;

/** What children must reach to be looked at for a score to beat: less by more than rounding. */
// @ts-ignore: decorator
@inline
export function boundOf(score: f64): f64 {
  return score * (1.0 - 1e-9);
}

/** Sets the node that following searches are for: its cell, the rows that a child must have, and its own score. */
export function beginNarrow(total: i64, shift: i64, leastRows: i64, lambda: f64, alpha: f64, score: f64): void {
  nodeTotal = total;
  nodeShift = shift;
  nodeMask = (<i64>1 << shift) - 1;
  nodeLeast = leastRows;
  nodeLambda = lambda;
  nodeAlpha = alpha;
  nodeScore = score;
  const gradient = <f64>(total >> shift);
  nodeWeight = <f64>(total & nodeMask) + 2 * lambda;
  nodeMean = gradient / nodeWeight;
  nodeWhole = gradient * nodeMean;
}

// @ts-ignore: decorator
@inline
function sizeOf(sum: i64): f64 {
  return max(abs(<f64>(sum >> nodeShift)) - nodeAlpha, 0.0);
}

/** Tries a left side; keeps it where it is better than all before it, of equals that of the lower bin. */
function consider(sum: i64, bin: i32, missingLeft: i32): void {
  const rest = nodeTotal - sum;
  const count = sum & nodeMask;
  const restCount = rest & nodeMask;
  if (count < nodeLeast || restCount < nodeLeast) return;
  const left = sizeOf(sum);
  const right = sizeOf(rest);
  const children = (left * left) / (<f64>count + nodeLambda) + (right * right) / (<f64>restCount + nodeLambda);
  const gain = children - nodeScore;
  const ahead = gain > narrowGain || (gain == narrowGain && bin < narrowBin);
  if (ahead && gain > children * NOISE) {
    narrowGain = gain;
    narrowBin = bin;
    narrowMissingLeft = missingLeft;
    narrowSum = sum;
    bound = max(bound, boundOf(gain + nodeScore));
  }
}

/**
 * Tries every cut of `values` cells, with the cell of missing on either side where it has rows; keeps what gains over `least`, and
 * may pass over what gains under `held`. Reads up to three cells behind them.
 */
export function searchNarrow(cells: usize, values: i32, missing: i64, least: f64, held: f64): void {
  narrowGain = least;
  narrowBin = -1;
  bound = boundOf(max(least, held) + nodeScore);
  const last = values - 1;
  tryCuts(cells, last, 0, 0);
  if (missing == 0) return;
  tryCuts(cells, last, missing, 1);
  consider(nodeTotal - missing, last, 0);
}

/** The cuts after the first `last` cells, with what is on the left of all of them. */
function tryCuts(cells: usize, last: i32, start: i64, missingLeft: i32): void {
  let sum = start;
  let bin = 0;
  for (; bin < last; bin++) {
    const next = sum + load<i64>(cells + (<usize>bin << 3));
    if ((next & nodeMask) >= nodeLeast) break;
    sum = next;
  }
  if (nodeAlpha == 0) tryFours(cells, bin, last, sum, missingLeft);
  else tryEach(cells, bin, last, sum, missingLeft);
}

function tryEach(cells: usize, first: i32, last: i32, start: i64, missingLeft: i32): void {
  let sum = start;
  for (let bin = first; bin < last; bin++) {
    sum += load<i64>(cells + (<usize>bin << 3));
    if (((nodeTotal - sum) & nodeMask) < nodeLeast) return;
    consider(sum, bin, missingLeft);
  }
}

/** Sums are held with a number added that keeps them over 0, so that a shift brings down their gradients. */
function tryFours(cells: usize, first: i32, last: i32, start: i64, missingLeft: i32): void {
  const raised = <i64>1 << min(GRADIENT_BITS, 62 - nodeShift);
  const raise = raised << nodeShift;
  const zero = i64x2.splat(0);
  const mask = i64x2.splat(nodeMask);
  const shift = <i32>nodeShift;
  const integer = i64x2.splat(INTEGER_BITS);
  const base = f64x2.splat(INTEGER_BASE);
  const gradientBase = f64x2.splat(INTEGER_BASE + <f64>raised);
  const lambda = f64x2.splat(nodeLambda);
  const mean = f64x2.splat(nodeMean);
  const whole = f64x2.splat(nodeWeight);
  let share = f64x2.splat((bound - nodeWhole) / nodeWeight);
  let sums = i64x2.splat(start + raise);
  for (let bin = first; bin < last; bin += 4) {
    const low = v128.load(cells + (<usize>bin << 3));
    const high = v128.load(cells + (<usize>bin << 3), 16);
    const lowSums = i64x2.add(low, v128.shuffle<i64>(zero, low, 0, 2));
    const highSums = i64x2.add(high, v128.shuffle<i64>(zero, high, 0, 2));
    const a = i64x2.add(sums, lowSums);
    const b = i64x2.add(sums, i64x2.add(v128.shuffle<i64>(lowSums, lowSums, 1, 1), highSums));
    sums = v128.shuffle<i64>(b, b, 1, 1);
    const weightA = f64x2.add(f64x2.sub(v128.or(v128.and(a, mask), integer), base), lambda);
    const weightB = f64x2.add(f64x2.sub(v128.or(v128.and(b, mask), integer), base), lambda);
    const offA = f64x2.sub(f64x2.sub(v128.or(i64x2.shr_u(a, shift), integer), gradientBase), f64x2.mul(weightA, mean));
    const offB = f64x2.sub(f64x2.sub(v128.or(i64x2.shr_u(b, shift), integer), gradientBase), f64x2.mul(weightB, mean));
    const leastA = f64x2.mul(f64x2.mul(weightA, f64x2.sub(whole, weightA)), share);
    const leastB = f64x2.mul(f64x2.mul(weightB, f64x2.sub(whole, weightB)), share);
    const worthA = f64x2.ge(f64x2.mul(offA, offA), leastA);
    const worthB = f64x2.ge(f64x2.mul(offB, offB), leastB);
    if (v128.any_true(v128.or(worthA, worthB))) {
      if (considerFour(a, b, i8x16.bitmask(worthA) | (i8x16.bitmask(worthB) << 16), raise, bin, last, missingLeft)) return;
      share = f64x2.splat((bound - nodeWhole) / nodeWeight);
    }
  }
}

/** Looks closely at those of four cuts whose bits are set. Returns true where no further cut leaves rows enough on the right. */
function considerFour(a: v128, b: v128, worth: i32, raise: i64, bin: i32, last: i32, missingLeft: i32): bool {
  const end = i64x2.extract_lane(b, 1) - raise;
  if (worth & 0x80) consider(i64x2.extract_lane(a, 0) - raise, bin, missingLeft);
  if (worth & 0x8000 && bin + 1 < last) consider(i64x2.extract_lane(a, 1) - raise, bin + 1, missingLeft);
  if (worth & 0x800000 && bin + 2 < last) consider(i64x2.extract_lane(b, 0) - raise, bin + 2, missingLeft);
  if (worth & 0x80000000 && bin + 3 < last) consider(end, bin + 3, missingLeft);
  return ((nodeTotal - end) & nodeMask) < nodeLeast;
}

/** A feature's cells out of a column that several share, each summed over the others' codes. */
export function marginalCells(from: usize, columnCells: i32, divisor: i32, codes: i32, to: usize): void {
  memory.fill(to, 0, <usize>codes << 3);
  let code = 0;
  let repeat = 0;
  for (let i = 0; i < columnCells; i++) {
    const at = to + (<usize>code << 3);
    store<i64>(at, load<i64>(at) + load<i64>(from + (<usize>i << 3)));
    if (++repeat == divisor) {
      repeat = 0;
      if (++code == codes) code = 0;
    }
  }
}
