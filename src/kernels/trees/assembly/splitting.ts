import {
  AT_BOUNDS, AT_CELL_OFFSETS, AT_COLUMN_FEATURES, AT_FEATURES, AT_MIN_GAIN, AT_WIDE, FEATURE_BYTES, pointer, real, word,
} from "./frame";
import { searchCategories, storeCategories } from "./category-search";
import {
  beginFeature, beginNode, bestBin, bestGain, bestGradient, bestMissingLeft, bestRest, countMask, largerSide, shift, takeBest,
} from "./cut-scores";
import { marginalCells, narrowBin, narrowGain, narrowMissingLeft, narrowSum, searchNarrow } from "./narrow-search";
import { cellsOf, searchWide } from "./wide-search";

/**
 * Record of a split: 0 gain f64 · 8 gradient sum of the left i64 · 16 hessian sum and count of the left i64 · 24 feature, or -1
 * · 28 last bin that goes left · 32 1 where missing goes left · 36 1 for a set of categories · 40 the bins that go left, 256 bits.
 *
 * Record of a feature: 0 number · 4 column · 8 divisor · 12 codes · 16 kind: 0 numeric, 1 numeric whose last code is missing,
 * 2 categorical · 20 1 where it may be used in this tree · 24 1 where predictions must not fall with it, -1 not rise, 0 free.
 */
const SET_OF_CATEGORIES: i32 = 2;

/** A numeric feature of narrow cells, straight from the histogram where it has its column for itself. */
function scanNarrow(feature: usize, histogram: usize, scratch: usize, out: usize): void {
  const codes = load<i32>(feature, 12);
  const divisor = load<i32>(feature, 8);
  const offsets = pointer(AT_CELL_OFFSETS) + (<usize>load<i32>(feature, 4) << 2);
  const columnCells = <i32>(load<u32>(offsets, 4) - load<u32>(offsets));
  let cells = histogram + (<usize>load<u32>(offsets) << 3);
  if (divisor > 1 || columnCells >= 2 * codes) {
    marginalCells(cells, columnCells, divisor, codes, scratch);
    cells = scratch;
  }
  const values = load<i32>(feature, 16) == 1 ? codes - 1 : codes;
  const missing = values < codes ? load<i64>(cells + (<usize>values << 3)) : 0;
  searchNarrow(cells, values, missing, real(AT_MIN_GAIN), heldBy(out));
  if (narrowBin < 0) return;
  const count = narrowSum & countMask;
  takeBest(narrowGain, narrowBin, narrowSum >> shift, (count << shift) | count);
  if (!isBetter(load<i32>(feature), out)) return;
  storeBest(load<i32>(feature), 0, out);
  store<i32>(out, missing != 0 ? narrowMissingLeft : largerSide(), 32);
}

/** The gain of what `out` holds, 0 where that is nothing. */
function heldBy(out: usize): f64 {
  return load<i32>(out, 24) < 0 ? 0.0 : load<f64>(out);
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

function scanFeature(feature: usize, histogram: usize, scratch: usize, out: usize): void {
  const kind = load<i32>(feature, 16);
  const bounded = word(AT_BOUNDS) != 0;
  if (kind != SET_OF_CATEGORIES && word(AT_WIDE) == 0 && !bounded) scanNarrow(feature, histogram, scratch, out);
  else scanWide(feature, kind, cellsOf(feature, histogram, scratch), bounded, scratch, out);
}

/** A feature whose cells are in 16-byte form. */
function scanWide(feature: usize, kind: i32, cells: usize, bounded: bool, scratch: usize, out: usize): void {
  const number = load<i32>(feature);
  const codes = load<i32>(feature, 12);
  const isSet = kind == SET_OF_CATEGORIES;
  beginFeature(load<i32>(feature, 24));
  let used = 0;
  if (isSet) used = searchCategories(cells, codes, scratch, bounded);
  else searchWide(cells, codes, kind == 1, heldBy(out), bounded);
  if (bestBin < 0 || !isBetter(number, out)) return;
  storeBest(number, <i32>isSet, out);
  if (isSet) storeCategories(out + 40, cells, codes, used, scratch);
  else store<i32>(out, missingSide(cells, codes, kind), 32);
}

/** Where the node saw missing values, the side that was found better; elsewhere the side of the larger child. */
function missingSide(cells: usize, codes: i32, kind: i32): i32 {
  if (kind == 1 && load<i64>(cells + (<usize>(codes - 1) << 4), 8) != 0) return bestMissingLeft;
  return largerSide();
}

/**
 * The best split of a node over the features of some columns, into `out`.
 *
 * `allowed` has a byte for each feature, 0 where this node may not split on it; it is 0 itself where all may.
 */
export function scanNode(node: i32, histogram: usize, fromColumn: i32, toColumn: i32, allowed: usize, scratch: usize, out: usize): void {
  store<i32>(out, -1, 24);
  if (!beginNode(node)) return;
  const lists = pointer(AT_COLUMN_FEATURES);
  const end = load<i32>(lists + (<usize>toColumn << 2));
  for (let f = load<i32>(lists + (<usize>fromColumn << 2)); f < end; f++) {
    const feature = pointer(AT_FEATURES) + <usize>f * <usize>FEATURE_BYTES;
    if (allowed != 0 && load<u8>(allowed + <usize>f) == 0) continue;
    if (load<i32>(feature, 20)) scanFeature(feature, histogram, scratch, out);
  }
}
