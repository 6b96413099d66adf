import {
  AT_ALPHA, AT_BOUNDS, AT_CATEGORY_LAMBDA, AT_CATEGORY_MIN_ROWS, AT_CATEGORY_SMOOTHING, AT_CELL_OFFSETS,
  AT_COLUMN_FEATURES, AT_FEATURES, AT_LAMBDA, AT_MIN_CHILD_ROWS, AT_MIN_CHILD_WEIGHT, AT_MIN_GAIN, AT_NODES,
  AT_SHIFT, AT_WIDE, FEATURE_BYTES, NODE_BYTES, pointer, real, word,
} from "./frame";
import {
  beginNarrow, boundOf, marginalCells, narrowBin, narrowGain, narrowMissingLeft, narrowSum, searchNarrow,
} from "./narrow-search";

/**
 * Record of a split: 0 gain f64 · 8 gradient sum of the left i64 · 16 hessian sum and count of the left i64 · 24 feature, or -1
 * · 28 last bin that goes left · 32 1 where missing goes left · 36 1 for a set of categories · 40 the bins that go left, 256 bits.
 *
 * Record of a feature: 0 number · 4 column · 8 divisor · 12 codes · 16 kind: 0 numeric, 1 numeric whose last code is missing,
 * 2 categorical · 20 1 where it may be used in this tree · 24 1 where predictions must not fall with it, -1 not rise, 0 free.
 *
 * All regularisation here is in units of quantised gradients and hessians.
 */
const SCRATCH_ORDER: usize = 4096;
const SCRATCH_RATIOS: usize = 5120;
/** A gain under this share of the children's own scores is rounding. */
const NOISE: f64 = 1e-12;
/** Up to this many categories, each is tried against the rest, which needs no order. */
const ONE_AGAINST_REST: i32 = 4;

// The node under study and the best split of the feature under study; one thread runs one instance, so globals are its own.
let totalGradient: i64 = 0;
let totalRest: i64 = 0;
let shift: i64 = 0;
let countMask: i64 = 0;
let minRows: f64 = 0;
let minWeight: f64 = 0;
let lambda: f64 = 0;
let alpha: f64 = 0;
let parentScore: f64 = 0;
let lowest: f64 = 0;
let highest: f64 = 0;
let direction: f64 = 0;
let bestGain: f64 = 0;
let bestBin: i32 = 0;
let bestMissingLeft: i32 = 0;
let bestGradient: i64 = 0;
let bestRest: i64 = 0;

// @ts-ignore: decorator
@inline
function scoreOf(gradient: f64, hessian: f64): f64 {
  const size = max(abs(gradient) - alpha, 0.0);
  return (size * size) / (hessian + lambda);
}

/** Under 0 where two children's scores are less than what they must reach by more than rounding. */
// @ts-ignore: decorator
@inline
function scoreProduct(gradient: f64, hessian: f64, otherGradient: f64, otherHessian: f64): f64 {
  const size = max(abs(gradient) - alpha, 0.0);
  const otherSize = max(abs(otherGradient) - alpha, 0.0);
  const weight = hessian + lambda;
  const otherWeight = otherHessian + lambda;
  const bound = boundOf(bestGain + parentScore);
  return size * size * otherWeight + otherSize * otherSize * weight - bound * (weight * otherWeight);
}

/** The value of a node, inside its bounds. */
// @ts-ignore: decorator
@inline
function boundedValue(gradient: f64, hessian: f64): f64 {
  const size = max(abs(gradient) - alpha, 0.0);
  return max(lowest, min(highest, (gradient > 0 ? -size : size) / (hessian + lambda)));
}

/** What a value saves, which is `scoreOf` for the best one. */
// @ts-ignore: decorator
@inline
function scoreAt(gradient: f64, hessian: f64, value: f64): f64 {
  return -(2 * gradient * value + (hessian + lambda) * value * value + 2 * alpha * abs(value));
}

/** The scores of both children inside the node's bounds; nothing gained where they lie in the wrong order. */
function boundedScores(gradient: f64, hessian: f64, otherGradient: f64, otherHessian: f64): f64 {
  const left = boundedValue(gradient, hessian);
  const right = boundedValue(otherGradient, otherHessian);
  if (direction * (right - left) < 0) return -Infinity;
  return scoreAt(gradient, hessian, left) + scoreAt(otherGradient, otherHessian, right);
}

/** Tries a left side; keeps it where it is better than all before it. */
// @ts-ignore: decorator
@inline
function consider(gradient: i64, rest: i64, bin: i32, missingLeft: i32, bounded: bool): void {
  const otherRest = totalRest - rest;
  const rows = <f64>(rest & countMask);
  const otherRows = <f64>(otherRest & countMask);
  if (rows < minRows || otherRows < minRows) return;
  const hessian = <f64>(rest >> shift);
  const otherHessian = <f64>(otherRest >> shift);
  if (hessian < minWeight || otherHessian < minWeight) return;
  const otherGradient = <f64>(totalGradient - gradient);
  // Divisions are slow, and most cuts are far from the best: products tell.
  if (!bounded && scoreProduct(<f64>gradient, hessian, otherGradient, otherHessian) < 0) return;
  const children = bounded
    ? boundedScores(<f64>gradient, hessian, otherGradient, otherHessian)
    : scoreOf(<f64>gradient, hessian) + scoreOf(otherGradient, otherHessian);
  const gain = children - parentScore;
  if (gain > bestGain && gain > children * NOISE) {
    bestGain = gain;
    bestBin = bin;
    bestMissingLeft = missingLeft;
    bestGradient = gradient;
    bestRest = rest;
  }
}

/** Brings a feature's cells, summed over the other features of its column, into 16-byte form. */
function gatherCells(feature: usize, histogram: usize, cells: usize): void {
  const codes = load<i32>(feature, 12);
  const divisor = load<i32>(feature, 8);
  const column = <usize>load<i32>(feature, 4);
  const offsets = pointer(AT_CELL_OFFSETS) + (column << 2);
  const first = load<u32>(offsets);
  const columnCells = <i32>(load<u32>(offsets, 4) - first);
  const wide = word(AT_WIDE) != 0;
  let from = histogram + (<usize>first << (wide ? 4 : 3));
  memory.fill(cells, 0, <usize>codes << 4);
  let code = 0;
  let repeat = 0;
  for (let i = 0; i < columnCells; i++) {
    const to = cells + (<usize>code << 4);
    if (wide) {
      v128.store(to, i64x2.add(v128.load(to), v128.load(from)));
      from += 16;
    } else {
      const cell = load<i64>(from);
      const count = cell & countMask;
      store<i64>(to, load<i64>(to) + (cell >> shift));
      store<i64>(to, load<i64>(to, 8) + ((count << shift) | count), 8);
      from += 8;
    }
    if (++repeat == divisor) {
      repeat = 0;
      if (++code == codes) code = 0;
    }
  }
}

/** Every cut of a numeric feature, with missing on either side where the node has missing. */
// @ts-ignore: decorator
@inline
function scanNumeric(cells: usize, codes: i32, hasMissing: bool, bounded: bool): void {
  const values = hasMissing ? codes - 1 : codes;
  const missingGradient = hasMissing ? load<i64>(cells + (<usize>values << 4)) : 0;
  const missingRest = hasMissing ? load<i64>(cells + (<usize>values << 4), 8) : 0;
  let gradient: i64 = 0;
  let rest: i64 = 0;
  const last = values - 1;
  for (let bin = 0; bin < last; bin++) {
    const cell = cells + (<usize>bin << 4);
    const more = load<i64>(cell, 8);
    if (more == 0) continue;
    gradient += load<i64>(cell);
    rest += more;
    consider(gradient, rest, bin, 0, bounded);
    if (missingRest != 0) consider(gradient + missingGradient, rest + missingRest, bin, 1, bounded);
  }
  if (missingRest != 0) consider(totalGradient - missingGradient, totalRest - missingRest, last, 0, bounded);
}

/** The node's categories by gradient over smoothed hessian, ties by code. Returns how many there are. */
function sortCategories(cells: usize, codes: i32, scratch: usize): i32 {
  const order = scratch + SCRATCH_ORDER;
  const ratios = scratch + SCRATCH_RATIOS;
  const smoothing = real(AT_CATEGORY_SMOOTHING);
  const minimum = <i64>word(AT_CATEGORY_MIN_ROWS);
  let used = 0;
  for (let code = 0; code < codes; code++) {
    const cell = cells + (<usize>code << 4);
    const rest = load<i64>(cell, 8);
    const rows = rest & countMask;
    if (rows == 0 || rows < minimum) continue;
    const ratio = <f64>load<i64>(cell) / (<f64>(rest >> shift) + smoothing);
    let at = used++;
    while (at > 0 && load<f64>(ratios + (<usize>(at - 1) << 3)) > ratio) {
      store<f64>(ratios + (<usize>at << 3), load<f64>(ratios + (<usize>(at - 1) << 3)));
      store<i32>(order + (<usize>at << 2), load<i32>(order + (<usize>(at - 1) << 2)));
      at--;
    }
    store<f64>(ratios + (<usize>at << 3), ratio);
    store<i32>(order + (<usize>at << 2), code);
  }
  return used;
}

/** Few categories: each against the rest. Many: every prefix of their order. `bestBin` is a position in the order. */
// @ts-ignore: decorator
@inline
function scanCategories(cells: usize, used: i32, scratch: usize, bounded: bool): void {
  const order = scratch + SCRATCH_ORDER;
  let gradient: i64 = 0;
  let rest: i64 = 0;
  for (let i = 0; i < used; i++) {
    const cell = cells + (<usize>load<i32>(order + (<usize>i << 2)) << 4);
    if (used <= ONE_AGAINST_REST) {
      gradient = 0;
      rest = 0;
    }
    gradient += load<i64>(cell);
    rest += load<i64>(cell, 8);
    consider(gradient, rest, i, 0, bounded);
  }
}

/** Writes the bins that go left. Bins that the node does not have go with the larger child. */
function storeCategories(out: usize, cells: usize, codes: i32, used: i32, scratch: usize): void {
  const order = scratch + SCRATCH_ORDER;
  const leftIsLarger = 2 * (bestRest & countMask) >= (totalRest & countMask);
  for (let i: usize = 0; i < 32; i += 8) store<u64>(out + i, leftIsLarger ? <u64>-1 : 0, 40);
  for (let code = 0; code < codes; code++) {
    if (load<i64>(cells + (<usize>code << 4), 8) != 0) setBit(out, code, false);
  }
  const from = used <= ONE_AGAINST_REST ? bestBin : 0;
  for (let i = from; i <= bestBin; i++) setBit(out, load<i32>(order + (<usize>i << 2)), true);
}

// @ts-ignore: decorator
@inline
function setBit(out: usize, code: i32, on: bool): void {
  const at = out + 40 + <usize>(code >> 3);
  const bit = (<u8>1) << <u8>(code & 7);
  store<u8>(at, on ? load<u8>(at) | bit : load<u8>(at) & ~bit);
}

/** A numeric feature of narrow cells, straight from the histogram where it has its column for itself. */
function scanNarrow(feature: usize, histogram: usize, scratch: usize, out: usize): void {
  const codes = load<i32>(feature, 12);
  const divisor = load<i32>(feature, 8);
  const offsets = pointer(AT_CELL_OFFSETS) + (<usize>load<i32>(feature, 4) << 2);
  const columnCells = <i32>(load<u32>(offsets, 4) - load<u32>(offsets));
  let cells = histogram + (<usize>load<u32>(offsets) << 3);
  if (divisor > 1 || columnCells > codes + (codes & 1)) {
    marginalCells(cells, columnCells, divisor, codes, scratch);
    cells = scratch;
  }
  const values = load<i32>(feature, 16) == 1 ? codes - 1 : codes;
  const missing = values < codes ? load<i64>(cells + (<usize>values << 3)) : 0;
  searchNarrow(cells, values, missing, real(AT_MIN_GAIN));
  if (narrowBin < 0) return;
  const count = narrowSum & countMask;
  bestGain = narrowGain;
  bestBin = narrowBin;
  bestGradient = narrowSum >> shift;
  bestRest = (count << shift) | count;
  if (!isBetter(load<i32>(feature), out)) return;
  storeBest(load<i32>(feature), 0, out);
  store<i32>(out, missing != 0 ? narrowMissingLeft : largerSide(), 32);
}

/** Whether the best of this feature beats what `out` holds, ties by the features' numbers. */
function isBetter(number: i32, out: usize): bool {
  const gain = load<f64>(out);
  const holder = load<i32>(out, 24);
  return holder < 0 || bestGain > gain || (bestGain == gain && number < holder);
}

function storeBest(number: i32, isSet: i32, out: usize): void {
  store<f64>(out, bestGain);
  store<i64>(out, bestGradient, 8);
  store<i64>(out, bestRest, 16);
  store<i32>(out, number, 24);
  store<i32>(out, bestBin, 28);
  store<i32>(out, isSet, 36);
}

/** 1 where the left child has no fewer rows than the right. */
function largerSide(): i32 {
  return <i32>(2 * (bestRest & countMask) >= (totalRest & countMask));
}

function scanFeature(feature: usize, histogram: usize, scratch: usize, out: usize): void {
  const number = load<i32>(feature);
  const codes = load<i32>(feature, 12);
  const kind = load<i32>(feature, 16);
  if (kind != 2 && word(AT_WIDE) == 0 && word(AT_BOUNDS) == 0) {
    scanNarrow(feature, histogram, scratch, out);
    return;
  }
  gatherCells(feature, histogram, scratch);
  bestGain = real(AT_MIN_GAIN);
  bestBin = -1;
  lambda = real(AT_LAMBDA);
  direction = <f64>load<i32>(feature, 24);
  const bounded = word(AT_BOUNDS) != 0;
  let used = 0;
  if (kind == 2) {
    used = sortCategories(scratch, codes, scratch);
    if (used > ONE_AGAINST_REST) lambda += real(AT_CATEGORY_LAMBDA);
    if (bounded) scanCategories(scratch, used, scratch, true);
    else scanCategories(scratch, used, scratch, false);
  } else {
    if (bounded) scanNumeric(scratch, codes, kind == 1, true);
    else scanNumeric(scratch, codes, kind == 1, false);
  }
  if (bestBin < 0 || !isBetter(number, out)) return;
  storeBest(number, <i32>(kind == 2), out);
  if (kind == 2) storeCategories(out, scratch, codes, used, scratch);
  else store<i32>(out, missingSide(scratch, codes, kind), 32);
}

/** Where the node saw missing values, the side that was found better; elsewhere the side of the larger child. */
function missingSide(cells: usize, codes: i32, kind: i32): i32 {
  if (kind == 1 && load<i64>(cells + (<usize>(codes - 1) << 4), 8) != 0) return bestMissingLeft;
  return largerSide();
}

/** Reads a node's bounds, and its own score inside them. */
function takeBounds(node: i32): void {
  const gradient = <f64>totalGradient;
  const hessian = <f64>(totalRest >> shift);
  if (word(AT_BOUNDS) == 0) {
    parentScore = scoreOf(gradient, hessian);
    return;
  }
  const bounds = pointer(AT_BOUNDS) + (<usize>node << 4);
  lowest = load<f64>(bounds);
  highest = load<f64>(bounds, 8);
  parentScore = scoreAt(gradient, hessian, boundedValue(gradient, hessian));
}

/**
 * The best split of a node over the features of some columns, into `out`.
 *
 * `allowed` has a byte for each feature, 0 where this node may not split on it; it is 0 itself where all may.
 */
export function scanNode(node: i32, histogram: usize, fromColumn: i32, toColumn: i32, allowed: usize, scratch: usize, out: usize): void {
  const sums = pointer(AT_NODES) + <usize>(node * NODE_BYTES);
  shift = <i64>word(AT_SHIFT);
  countMask = (<i64>1 << shift) - 1;
  totalGradient = load<i64>(sums);
  totalRest = load<i64>(sums, 8);
  minRows = <f64>max(1, word(AT_MIN_CHILD_ROWS));
  minWeight = real(AT_MIN_CHILD_WEIGHT);
  lambda = real(AT_LAMBDA);
  alpha = real(AT_ALPHA);
  store<i32>(out, -1, 24);
  if (<f64>(totalRest & countMask) < 2 * minRows) return;
  takeBounds(node);
  const total = (totalGradient << shift) + (totalRest & countMask);
  beginNarrow(total, shift, max<i64>(<i64>minRows, <i64>ceil(minWeight)), lambda, alpha, parentScore);
  const lists = pointer(AT_COLUMN_FEATURES);
  const end = load<i32>(lists + (<usize>toColumn << 2));
  for (let f = load<i32>(lists + (<usize>fromColumn << 2)); f < end; f++) {
    const feature = pointer(AT_FEATURES) + <usize>f * <usize>FEATURE_BYTES;
    if (allowed != 0 && load<u8>(allowed + <usize>f) == 0) continue;
    if (load<i32>(feature, 20)) scanFeature(feature, histogram, scratch, out);
  }
}

