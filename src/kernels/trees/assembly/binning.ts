import { AT_BINNING, AT_BINNING_COUNT, AT_STAGED_ROWS, AT_STAGED_TO, AT_STRIDE, pointer, takeTask, word } from "./frame";

/**
 * From values to bins. A lookup table of 2,048 cells over the range of the cuts gives a bin at or just under the right one;
 * a few comparisons finish. Cells are equally wide, or, for skewed data, equally wide in the order-preserving integer image of
 * the float64's upper half.
 *
 * Record of a feature, 64 bytes: 0 cuts i32 · 4 by image i32 · 8 lowest f64 · 16 cells per unit f64 · 24 lowest image u32 ·
 * 28 shift u32 · 32 multiplier of the bin i32 · 36 code of missing i32, or -1 · 40 kind: 0 float32, 1 float64, 2 bins already, a byte each ·
 * 44 column · 48 set to 1 where a value was missing that has no code · 52 staged values · 56 cuts · 60 lookup.
 */

const CELLS: i32 = 2048;
export const BINNING_BYTES: i32 = 64;
/** Staged rows of a task: their bins stay in the first-level cache while one feature after the other is added. */
const TASK_ROWS: i32 = 1024;
export const LOOKUP_BYTES: i32 = 2112;

// @ts-ignore: decorator
@inline
function imageOf(value: f64): u32 {
  const upper = <u32>(reinterpret<u64>(value) >> 32);
  return upper ^ (<u32>(<i32>upper >> 31) | 0x80000000);
}

// @ts-ignore: decorator
@inline
export function linearCell(value: f64, lowest: f64, scale: f64): i32 {
  return max(0, min(CELLS, <i32>((value - lowest) * scale)) + 1) * <i32>(value >= lowest);
}

// @ts-ignore: decorator
@inline
export function imageCell(value: f64, lowest: u32, shift: u32): i32 {
  const image = imageOf(value);
  return image < lowest ? 0 : <i32>min<u32>(<u32>CELLS, (image - lowest) >> shift) + 1;
}

/** Comparisons that the cuts cost in all, where `byImage` or linear cells are used: cuts that share a cell make chains. */
function chainCost(record: usize, cuts: usize, count: i32, byImage: bool): i32 {
  let cost = 0;
  let chain = 0;
  let last = -1;
  for (let j = 0; j < count; j++) {
    const cell = cellOf(load<f64>(cuts + (<usize>j << 3)), record, byImage);
    chain = cell == last ? chain + 1 : 0;
    cost += chain;
    last = cell;
  }
  return cost;
}

// @ts-ignore: decorator
@inline
function cellOf(value: f64, record: usize, byImage: bool): i32 {
  return byImage
    ? imageCell(value, load<u32>(record, 24), load<u32>(record, 28))
    : linearCell(value, load<f64>(record, 8), load<f64>(record, 16));
}

/** Fills the record's cell function and the lookup table for ascending cuts (`count` of them, then Infinity). */
export function prepareLookup(record: usize, cuts: usize, lookup: usize): void {
  const count = load<i32>(record);
  const lowest = count > 0 ? load<f64>(cuts) : 0;
  const highest = count > 0 ? load<f64>(cuts + (<usize>(count - 1) << 3)) : 0;
  const scale = <f64>CELLS / (highest - lowest);
  store<f64>(record, lowest, 8);
  store<f64>(record, scale > 0 && scale < Infinity ? scale : 0, 16);
  const lowestImage = imageOf(lowest);
  let shift: u32 = 0;
  while ((imageOf(highest) - lowestImage) >> shift >= <u32>CELLS) shift++;
  store<u32>(record, lowestImage, 24);
  store<u32>(record, shift, 28);
  const linear = chainCost(record, cuts, count, false);
  const byImage = linear > count && chainCost(record, cuts, count, true) * 4 < linear * 3;
  store<i32>(record, <i32>byImage, 4);
  let j = 0;
  for (let cell = 0; cell < CELLS + 2; cell++) {
    while (j < count && cellOf(load<f64>(cuts + (<usize>j << 3)), record, byImage) < cell) j++;
    store<u8>(lookup + <usize>cell, <u8>j);
  }
}

// @ts-ignore: decorator
@inline
function binLoop(values: usize, wide: bool, byImage: bool, rows: i32, record: usize, cuts: usize, lookup: usize, to: usize, stride: usize): i32 {
  const lowest = load<f64>(record, 8);
  const scale = load<f64>(record, 16);
  const lowestImage = load<u32>(record, 24);
  const shift = load<u32>(record, 28);
  const multiplier = load<i32>(record, 32);
  const missing = load<i32>(record, 36);
  let from = values;
  let target = to;
  let unplaced = 0;
  for (let i = 0; i < rows; i++) {
    const value = wide ? load<f64>(from) : <f64>load<f32>(from);
    let bin: i32;
    if (value != value) {
      bin = missing;
      if (missing < 0) {
        unplaced = 1;
        bin = 0;
      }
    } else {
      const cell = byImage ? imageCell(value, lowestImage, shift) : linearCell(value, lowest, scale);
      bin = <i32>load<u8>(lookup + <usize>cell);
      // Which side of a cut nobody can foresee; two steps without a branch leave little to guess.
      bin += <i32>(value > load<f64>(cuts + (<usize>bin << 3)));
      bin += <i32>(value > load<f64>(cuts + (<usize>bin << 3)));
      while (value > load<f64>(cuts + (<usize>bin << 3))) bin++;
    }
    store<u8>(target, <u8>(<i32>load<u8>(target) + bin * multiplier));
    from += wide ? 8 : 4;
    target += stride;
  }
  return unplaced;
}

/**
 * Adds the bins of `rows` values to their column's bytes. `wide` tells float64 from float32. Returns 1 where a value was
 * missing and the feature has no code for that.
 */
export function binValues(values: usize, wide: i32, rows: i32, record: usize, cuts: usize, lookup: usize, to: usize, stride: i32): i32 {
  const byImage = load<i32>(record, 4) != 0;
  if (wide) {
    if (byImage) return binLoop(values, true, true, rows, record, cuts, lookup, to, <usize>stride);
    return binLoop(values, true, false, rows, record, cuts, lookup, to, <usize>stride);
  }
  if (byImage) return binLoop(values, false, true, rows, record, cuts, lookup, to, <usize>stride);
  return binLoop(values, false, false, rows, record, cuts, lookup, to, <usize>stride);
}

function addBins(bins: usize, rows: i32, multiplier: i32, to: usize, stride: usize): void {
  let target = to;
  for (let i = 0; i < rows; i++) {
    store<u8>(target, <u8>(<i32>load<u8>(target) + <i32>load<u8>(bins + <usize>i) * multiplier));
    target += stride;
  }
}

/** Phase: the staged values of some features to their columns' bytes. A task is some rows, so that features may share bytes. */
export function binPass(thread: i32): void {
  const rows = word(AT_STAGED_ROWS);
  const stride = word(AT_STRIDE);
  const tasks = (rows + TASK_ROWS - 1) / TASK_ROWS;
  for (let task = takeTask(); task < tasks; task = takeTask()) {
    const first = task * TASK_ROWS;
    const count = min(TASK_ROWS, rows - first);
    for (let feature = 0; feature < word(AT_BINNING_COUNT); feature++) {
      const record = pointer(AT_BINNING) + <usize>(feature * BINNING_BYTES);
      const kind = load<i32>(record, 40);
      const values = <usize>load<u32>(record, 52);
      const to = pointer(AT_STAGED_TO) + <usize>first * <usize>stride + <usize>load<i32>(record, 44);
      if (kind == 2) {
        addBins(values + <usize>first, count, load<i32>(record, 32), to, <usize>stride);
        continue;
      }
      const from = values + (<usize>first << (kind == 1 ? 3 : 2));
      if (binValues(from, kind, count, record, load<u32>(record, 56), load<u32>(record, 60), to, stride)) {
        atomic.store<i32>(record + 48, 1);
      }
    }
  }
}
