import {
  AT_CELL_OFFSETS, AT_CLASS, AT_COLUMNS, AT_EMITTED, AT_JOB_LIMIT, AT_PACKED_CELLS, AT_PACKED_FILLS, AT_QUANTISED,
  AT_ROWS, AT_SHIFT, AT_SLOT_BYTES, AT_STRIDE, BLOCK_ROWS, pointer, word,
} from "./frame";

/**
 * Histograms of packed records. Rows are added into cells of 8 bytes, a thread's own for each job:
 *
 * bits 35 to 63 the gradients' sum, 12 to 34 the hessians', 0 to 11 the count,
 *
 * which holds 4,095 rows, gradients of 16 bits and hessians of 11. Before the next row such cells are emptied into the wide ones.
 *
 * Record of a filling, 8 bytes: 0 rows that its cells hold · 4 the wide histogram that they belong to.
 */
export const FULL: i32 = 4095;
const GRADIENT_BIT: i64 = 35;
const HESSIAN_BIT: i64 = 12;
const HESSIAN_MASK: i64 = (1 << 23) - 1;

// @ts-ignore: decorator
@external("histogram", "packedGathered")
declare function emittedPackedGathered(rows: usize, count: i32, bins: usize, records: usize, cells: usize): void;
// @ts-ignore: decorator
@external("histogram", "packedSequence")
declare function emittedPackedSequence(count: i32, bins: usize, records: usize, cells: usize): void;

/** A block's records of a class; classes begin at multiples of four rows. */
// @ts-ignore: decorator
@inline
export function recordsOf(block: i32, classNumber: i32): usize {
  const padded = (<usize>word(AT_ROWS) + 3) & ~3;
  return pointer(AT_QUANTISED) + ((<usize>classNumber * padded + <usize>block * BLOCK_ROWS) << 2);
}

// @ts-ignore: decorator
@inline
export function fillOf(thread: i32, index: i32): usize {
  return pointer(AT_PACKED_FILLS) + ((<usize>thread * <usize>word(AT_JOB_LIMIT) + <usize>index) << 3);
}

// @ts-ignore: decorator
@inline
export function cellsOf(thread: i32, index: i32): usize {
  return pointer(AT_PACKED_CELLS) + (<usize>thread * <usize>word(AT_JOB_LIMIT) + <usize>index) * (pointer(AT_SLOT_BYTES) >> 1);
}

/** What a record adds to each of its row's cells. */
// @ts-ignore: decorator
@inline
export function cellOf(record: i32): i64 {
  return (<i64>(record >> 16) << GRADIENT_BIT) + (<i64>(record & 0xffff) << HESSIAN_BIT) + 1;
}

/** The gradients' sums of two packed cells. */
// @ts-ignore: decorator
@inline
export function gradientsOf(pair: v128): v128 {
  return i64x2.shr_s(pair, <i32>GRADIENT_BIT);
}

/** The hessians' sums of two packed cells, above their counts. */
// @ts-ignore: decorator
@inline
export function restsOf(pair: v128, shift: i32): v128 {
  const hessians = v128.and(i64x2.shr_u(pair, <i32>HESSIAN_BIT), i64x2.splat(HESSIAN_MASK));
  return v128.or(i64x2.shl(hessians, shift), v128.and(pair, i64x2.splat(FULL)));
}

// @ts-ignore: decorator
@inline
function addRow(row: usize, record: i32, cells: usize): void {
  const columns = <usize>word(AT_COLUMNS);
  const offsets = pointer(AT_CELL_OFFSETS);
  const cell = cellOf(record);
  for (let c: usize = 0; c < columns; c++) {
    const at = cells + ((<usize>load<u32>(offsets + (c << 2)) + <usize>load<u8>(row + c)) << 3);
    store<i64>(at, load<i64>(at) + cell);
  }
}

/** Adds rows of a block, named by 16-bit numbers or, where `numbers` is 0, its first, to a thread's cells of a job. */
export function addPacked(
  thread: i32, index: i32, histogram: usize, numbers: usize, count: i32, bins: usize, block: i32,
): void {
  addRecords(thread, index, histogram, numbers, count, bins, recordsOf(block, word(AT_CLASS)));
}

/** Adds rows that lie side by side, and their records. */
export function addPackedSequence(
  thread: i32, index: i32, histogram: usize, count: i32, bins: usize, records: usize,
): void {
  addRecords(thread, index, histogram, 0, count, bins, records);
}

// @ts-ignore: decorator
@inline
function addRecords(
  thread: i32, index: i32, histogram: usize, numbers: usize, count: i32, bins: usize, records: usize,
): void {
  const fill = fillOf(thread, index);
  const cells = cellsOf(thread, index);
  const stride = <usize>word(AT_STRIDE);
  store<u32>(fill, <u32>histogram, 4);
  for (let done = 0; done < count; ) {
    const held = load<i32>(fill);
    const some = min(count - done, FULL - held);
    if (numbers == 0) addSequence(bins + <usize>done * stride, records + (<usize>done << 2), some, cells);
    else addGathered(numbers + (<usize>done << 1), some, bins, records, cells);
    done += some;
    store<i32>(fill, held + some);
    if (held + some == FULL) empty(fill, cells);
  }
}

function addGathered(numbers: usize, count: i32, bins: usize, records: usize, cells: usize): void {
  if (word(AT_EMITTED)) {
    emittedPackedGathered(numbers, count, bins, records, cells);
    return;
  }
  const stride = <usize>word(AT_STRIDE);
  for (let p = numbers; p < numbers + (<usize>count << 1); p += 2) {
    const row = <usize>load<u16>(p);
    addRow(bins + row * stride, load<i32>(records + (row << 2)), cells);
  }
}

function addSequence(bins: usize, records: usize, count: i32, cells: usize): void {
  if (word(AT_EMITTED)) {
    emittedPackedSequence(count, bins, records, cells);
    return;
  }
  const stride = <usize>word(AT_STRIDE);
  for (let i: usize = 0; i < <usize>count; i++) addRow(bins + i * stride, load<i32>(records + (i << 2)), cells);
}

/** Empties all cells of a thread that hold rows into their wide histograms: at the end of each phase that adds. */
export function emptyPacked(thread: i32): void {
  for (let index = 0; index < word(AT_JOB_LIMIT); index++) {
    const fill = fillOf(thread, index);
    if (load<i32>(fill) > 0) empty(fill, cellsOf(thread, index));
  }
}

/** Two cells at once; columns begin at even ones. */
function empty(fill: usize, cells: usize): void {
  store<i32>(fill, 0);
  const shift = word(AT_SHIFT);
  const count = <usize>load<u32>(pointer(AT_CELL_OFFSETS) + (<usize>word(AT_COLUMNS) << 2));
  const zero = i64x2.splat(0);
  let to = <usize>load<u32>(fill, 4);
  for (let from = cells; from < cells + (count << 3); from += 16) {
    const pair = v128.load(from);
    if (v128.any_true(pair)) {
      const gradients = gradientsOf(pair);
      const rests = restsOf(pair, shift);
      v128.store(to, i64x2.add(v128.load(to), v128.shuffle<i64>(gradients, rests, 0, 2)));
      v128.store(to, i64x2.add(v128.load(to, 16), v128.shuffle<i64>(gradients, rests, 1, 3)), 16);
      v128.store(from, zero);
    }
    to += 32;
  }
}
