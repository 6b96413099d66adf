import {
  AT_BINS, AT_BLOCKS, AT_COLUMN_BINS, AT_JOBS, AT_JOB_COUNT, AT_PACKED, AT_PACKING, AT_ROWS, AT_ROW_NUMBERS, AT_SCRATCH,
  AT_SCRATCH_BYTES, AT_STRIDE, BLOCK_ROWS, JOB_BYTES, histogramOf, pointer, segmentOf, takeTask, word,
} from "./frame";
import { columnOf } from "./columns";
import { addAllWaiting, addRows } from "./gathered-rows";
import { emptyPacked } from "./packed-histogram";
import { partition } from "./parting";
import { touchBytes } from "./touching";

/**
 * Record of a job, the expansion of one node: 0 node · 4 left child · 8 right child · 12 column · 16 table of directions
 * (a byte for each of 256 codes, 1 goes right) · 20 histograms to build: 1 left, 2 right, 3 both, 0 none · 24 slot of the
 * left · 28 slot of the right · 32 index of the first partial histogram · 36 look for a split of the left · 40 of the right.
 */
export const SCRATCH_ROW_NUMBERS: usize = 8192;
/** Where one row of so many, or more, is parted, all of its block are brought into the cache. */
const TOUCHED_ROWS: i32 = 8;

/** Phase: for every job and block, the rows parted between the children, then the histograms asked for. */
export function expandPass(thread: i32): void {
  const blocks = word(AT_BLOCKS);
  for (let block = takeTask(); block < blocks; block = takeTask()) {
    if (word(AT_COLUMN_BINS) == 0) touchWhere(block, partedRows(block));
    partBlock(block, thread);
    addBlock(block, thread);
  }
  addAllWaiting(thread);
  if (word(AT_PACKED)) emptyPacked(thread);
}

// @ts-ignore: decorator
@inline
export function binsOf(block: i32): usize {
  return pointer(AT_BINS) + <usize>block * <usize>BLOCK_ROWS * <usize>word(AT_STRIDE);
}

// @ts-ignore: decorator
@inline
export function numbersOf(block: i32): usize {
  return pointer(AT_ROW_NUMBERS) + ((<usize>block * <usize>BLOCK_ROWS) << 1);
}

// @ts-ignore: decorator
@inline
export function rowsIn(block: i32): i32 {
  return min(BLOCK_ROWS, word(AT_ROWS) - block * BLOCK_ROWS);
}

/** Puts a block's rows in order, all of them in the root. */
export function resetNumbers(block: i32, rows: i32): void {
  const numbers = numbersOf(block);
  for (let i = 0; i < rows; i += 8)
    v128.store(numbers + (<usize>i << 1), i16x8.add(i16x8.splat(<i16>i), i16x8(0, 1, 2, 3, 4, 5, 6, 7)));
  const segment = segmentOf(block, 0);
  store<u16>(segment, 0);
  store<u16>(segment, <u16>rows, 2);
}

/** Brings a block's bins into the cache where a good part of its rows is used: reading on costs less than to look for each. */
function touchWhere(block: i32, used: i32): void {
  const rows = rowsIn(block);
  if (used * TOUCHED_ROWS > rows) touchBytes(binsOf(block), <usize>rows * <usize>word(AT_STRIDE));
}

// @ts-ignore: decorator
@inline
function segmentRows(block: i32, node: i32): i32 {
  const segment = segmentOf(block, node);
  return <i32>load<u16>(segment, 2) - <i32>load<u16>(segment);
}

/** Rows of a block that the jobs part. */
function partedRows(block: i32): i32 {
  const jobs = pointer(AT_JOBS);
  let rows = 0;
  for (let j = 0; j < word(AT_JOB_COUNT); j++) rows += segmentRows(block, load<i32>(jobs + <usize>(j * JOB_BYTES)));
  return rows;
}

/** Parts the rows of a block between the children of each job. */
export function partBlock(block: i32, thread: i32): void {
  const jobs = pointer(AT_JOBS);
  const byColumns = word(AT_COLUMN_BINS) != 0;
  const stride = byColumns ? 1 : word(AT_STRIDE);
  const bins = binsOf(block);
  const numbers = numbersOf(block);
  const waiting = pointer(AT_SCRATCH) + <usize>thread * <usize>word(AT_SCRATCH_BYTES) + SCRATCH_ROW_NUMBERS;
  const packing = pointer(AT_PACKING);
  for (let j = 0; j < word(AT_JOB_COUNT); j++) {
    const job = jobs + <usize>(j * JOB_BYTES);
    const segment = segmentOf(block, load<i32>(job));
    const begin = <i32>load<u16>(segment);
    const end = <i32>load<u16>(segment, 2);
    const column = byColumns ? columnOf(block, load<i32>(job, 12)) : bins + <usize>load<i32>(job, 12);
    const lefts = partition(numbers + (<usize>begin << 1), end - begin, column, stride, load<u32>(job, 16), waiting, packing);
    const left = segmentOf(block, load<i32>(job, 4));
    const right = segmentOf(block, load<i32>(job, 8));
    store<u16>(left, <u16>begin);
    store<u16>(left, <u16>(begin + lefts), 2);
    store<u16>(right, <u16>(begin + lefts), 0);
    store<u16>(right, <u16>end, 2);
  }
}

/** Phase: the rows of each job's node put in order again, after they were parted in vain. */
export function rejoinPass(thread: i32): void {
  const blocks = word(AT_BLOCKS);
  const jobs = pointer(AT_JOBS);
  const marks = pointer(AT_SCRATCH) + <usize>thread * <usize>word(AT_SCRATCH_BYTES);
  memory.fill(marks, 0, BLOCK_ROWS >> 3);
  for (let block = takeTask(); block < blocks; block = takeTask()) {
    const numbers = numbersOf(block);
    for (let j = 0; j < word(AT_JOB_COUNT); j++) {
      const segment = segmentOf(block, load<i32>(jobs + <usize>(j * JOB_BYTES)));
      sortNumbers(numbers + (<usize>load<u16>(segment) << 1), numbers + (<usize>load<u16>(segment, 2) << 1), marks);
    }
  }
}

/** Sorts numbers of rows. `marks` has a bit for each row of a block, all 0 before and after. */
export function sortNumbers(from: usize, end: usize, marks: usize): void {
  for (let p = from; p < end; p += 2) {
    const number = <usize>load<u16>(p);
    const at = marks + ((number >> 6) << 3);
    store<u64>(at, load<u64>(at) | ((<u64>1) << <u64>(number & 63)));
  }
  let to = from;
  for (let first: u32 = 0; to < end; first += 64) {
    const at = marks + <usize>(first >> 3);
    for (let bits = load<u64>(at); bits != 0; bits &= bits - 1) {
      store<u16>(to, <u16>(first + <u32>ctz(bits)));
      to += 2;
    }
    store<u64>(at, 0);
  }
}

/** Adds a block's rows to the histograms that the jobs ask for. */
function addBlock(block: i32, thread: i32): void {
  const jobs = pointer(AT_JOBS);
  for (let j = 0; j < word(AT_JOB_COUNT); j++) {
    const job = jobs + <usize>(j * JOB_BYTES);
    const wanted = load<i32>(job, 20);
    const partial = load<i32>(job, 32);
    if (wanted & 1) addNode(block, thread, load<i32>(job, 4), partial, load<u32>(job, 24));
    const second = wanted == 3 ? partial + 1 : partial;
    if (wanted & 2) addNode(block, thread, load<i32>(job, 8), second, load<u32>(job, 28));
  }
}

function addNode(block: i32, thread: i32, node: i32, index: i32, slot: usize): void {
  const segment = segmentOf(block, node);
  const begin = <i32>load<u16>(segment);
  const count = <i32>load<u16>(segment, 2) - begin;
  const numbers = numbersOf(block) + (<usize>begin << 1);
  addRows(thread, index, histogramOf(thread, index, slot), numbers, count, binsOf(block), block);
}
