import {
  AT_BLOCKS, AT_LEAF_COUNT, AT_LEAVES, AT_QUANTISED, AT_RENEWAL, AT_RENEWAL_DELTA, AT_RENEWAL_SHARE, AT_ROWS, AT_ROW_NUMBERS,
  AT_SCORES, AT_TARGET, AT_WEIGHT, BLOCK_ROWS, LEAF_BYTES, pointer, real, segmentOf, takeTask, word,
} from "./frame";

/**
 * Leaf values from the residuals of a leaf's rows: their weighted quantile by selection (Hoare, "Find", 1961) over the
 * order-preserving integer image of float64. A row takes 16 bytes: 0 image u64 · 8 weight f64. One thread does a whole leaf, its
 * rows in order, so that sums of weights are the same for any number of threads.
 */
/** Steps from the median to Huber's estimate: none can overshoot, and each comes nearer. */
const HUBER_STEPS: i32 = 12;
const HUBER_PRECISION: f64 = 1e-3;

// @ts-ignore: decorator
@inline
function imageOf(value: f64): u64 {
  const bits = reinterpret<u64>(value);
  return bits ^ (<u64>(<i64>bits >> 63) | 0x8000000000000000);
}

// @ts-ignore: decorator
@inline
function valueOf(image: u64): f64 {
  return reinterpret<f64>(image & 0x8000000000000000 ? image ^ 0x8000000000000000 : ~image);
}

/** Lays out where each leaf's residuals will lie: word 4 of its record is its first row. */
export function layRenewal(): void {
  let first = 0;
  for (let l = 0; l < word(AT_LEAF_COUNT); l++) {
    const leaf = pointer(AT_LEAVES) + <usize>(l * LEAF_BYTES);
    store<i32>(leaf, first, 4);
    for (let block = 0; block < word(AT_BLOCKS); block++) {
      const segment = segmentOf(block, load<i32>(leaf));
      first += <i32>load<u16>(segment, 2) - <i32>load<u16>(segment);
    }
  }
}

/** Phase: in place of each row's quantised gradient the image of its residual and its weight, 0 where the tree did not see it. */
export function rowResidualPass(thread: i32): void {
  const blocks = word(AT_BLOCKS);
  const rows = <usize>word(AT_ROWS);
  const weights = pointer(AT_WEIGHT);
  for (let block = takeTask(); block < blocks; block = takeTask()) {
    const end = min(rows, <usize>(block + 1) * BLOCK_ROWS);
    for (let i = <usize>block * BLOCK_ROWS; i < end; i++) {
      const cell = pointer(AT_QUANTISED) + (i << 4);
      const weight = weights == 0 ? 1.0 : <f64>load<f32>(weights + (i << 2));
      const residual = load<f64>(pointer(AT_TARGET) + (i << 3)) - load<f64>(pointer(AT_SCORES) + (i << 3));
      store<f64>(cell, load<i64>(cell, 8) == 0 ? 0.0 : weight, 8);
      store<u64>(cell, imageOf(residual + 0.0));
    }
  }
}

/** Phase: each leaf's value renewed. A task is a leaf. */
export function renewPass(thread: i32): void {
  const count = word(AT_LEAF_COUNT);
  for (let l = takeTask(); l < count; l = takeTask()) {
    const leaf = pointer(AT_LEAVES) + <usize>(l * LEAF_BYTES);
    const from = pointer(AT_RENEWAL) + (<usize>load<i32>(leaf, 4) << 4);
    const end = gatherResiduals(load<i32>(leaf), from);
    store<f64>(leaf, renewedValue(from, end), 8);
  }
}

/** Brings a leaf's rows that have weight together. Returns the end of them. */
function gatherResiduals(node: i32, from: usize): usize {
  let to = from;
  for (let block = 0; block < word(AT_BLOCKS); block++) {
    const segment = segmentOf(block, node);
    const numbers = pointer(AT_ROW_NUMBERS) + (<usize>(block * BLOCK_ROWS) << 1);
    const cells = pointer(AT_QUANTISED) + (<usize>(block * BLOCK_ROWS) << 4);
    for (let i = <usize>load<u16>(segment); i < <usize>load<u16>(segment, 2); i++) {
      const cell = cells + (<usize>load<u16>(numbers + (i << 1)) << 4);
      v128.store(to, v128.load(cell));
      to += load<f64>(cell, 8) > 0 ? 16 : 0;
    }
  }
  return to;
}

function renewedValue(from: usize, end: usize): f64 {
  if (from == end) return 0;
  let total: f64 = 0;
  for (let p = from; p < end; p += 16) total += load<f64>(p, 8);
  const delta = real(AT_RENEWAL_DELTA);
  let middle = weightedQuantile(from, end, total, real(AT_RENEWAL_SHARE));
  if (delta == 0) return middle;
  for (let step = 0; step < HUBER_STEPS; step++) {
    let rest: f64 = 0;
    for (let p = from; p < end; p += 16) rest += load<f64>(p, 8) * max(-delta, min(delta, valueOf(load<u64>(p)) - middle));
    middle += rest / total;
    if (abs(rest) <= total * delta * HUBER_PRECISION) break;
  }
  return middle;
}

/**
 * The value at which the rows at or under it first hold the share of the weight; where they hold exactly that, the middle between it
 * and the next. Rows are put in another order.
 */
export function weightedQuantile(from: usize, end: usize, total: f64, share: f64): f64 {
  const wanted = total * share;
  let first = from;
  let last = end;
  let below: f64 = 0;
  while (first < last) {
    const pivot = load<u64>(first + (pivotOf(<u32>((last - first) >> 4)) << 4));
    // Under the pivot, equal to it, not looked at, over it.
    let equal = first;
    let over = last;
    let under: f64 = 0;
    let same: f64 = 0;
    for (let p = first; p < over; ) {
      const image = load<u64>(p);
      if (image < pivot) {
        under += load<f64>(p, 8);
        swap(equal, p);
        equal += 16;
        p += 16;
      } else if (image > pivot) {
        over -= 16;
        swap(p, over);
      } else {
        same += load<f64>(p, 8);
        p += 16;
      }
    }
    if (below + under >= wanted) last = equal;
    else if (below + under + same >= wanted) {
      if (below + under + same > wanted || over == end) return valueOf(pivot);
      return valueOf(pivot) * 0.5 + valueOf(extreme(over, end, false)) * 0.5;
    } else {
      below += under + same;
      first = over;
    }
  }
  // Sums rounded short of the share: the nearest row to where it ought to be.
  return valueOf(first > from ? extreme(from, first, true) : extreme(last, end, false));
}

/** A place that no order of the rows can foresee, but always the same. */
// @ts-ignore: decorator
@inline
function pivotOf(rows: u32): usize {
  const hash = (rows * 0x9e3779b1) ^ (rows >> 3);
  return <usize>((<u64>hash * <u64>rows) >> 32);
}

// @ts-ignore: decorator
@inline
function swap(a: usize, b: usize): void {
  const row = v128.load(a);
  v128.store(a, v128.load(b));
  v128.store(b, row);
}

/** The highest or the lowest image of some rows. */
function extreme(from: usize, end: usize, highest: bool): u64 {
  let found = load<u64>(from);
  for (let p = from + 16; p < end; p += 16) {
    const image = load<u64>(p);
    if (highest ? image > found : image < found) found = image;
  }
  return found;
}
