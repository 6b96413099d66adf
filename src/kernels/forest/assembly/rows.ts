import {
  AT_BINS, AT_CLASSES, AT_STRIDE, AT_TARGET, AT_WEIGHT, CHUNK_ROWS, WORK_BLOCK, WORK_CHUNK, WORK_COUNTS, WORK_RECORDS, WORK_ROWS,
  WORK_SUMS, pointer, word,
} from "./frame";

/**
 * The rows of a node. Large nodes read the table; a node that fits a block has its rows copied side by side first, so that it and all
 * under it are grown from the cache. Sums are float64 in the order of the rows: a tree is grown by one thread, so they never differ.
 */

let bins: usize = 0;
let target: usize = 0;
let weights: usize = 0;
let counts: usize = 0;
let block: usize = 0;
let records: usize = 0;
let chunk: usize = 0;
let inBlock: bool = false;
let classes: i32 = 1;
/** What `summarise` found. */
export let classSums: usize = 0;
export let stride: usize = 0;
export let rowNumbers: usize = 0;
export let totalWeight: f64 = 0;
export let totalValue: f64 = 0;
export let isPure: bool = false;
export let firstValue: f64 = 0;

/** Binds the table and this thread's workspace. */
export function bindRows(workspace: usize): void {
  bins = pointer(AT_BINS);
  target = pointer(AT_TARGET);
  weights = pointer(AT_WEIGHT);
  stride = <usize>word(AT_STRIDE);
  classes = word(AT_CLASSES);
  counts = load<u32>(workspace, WORK_COUNTS);
  rowNumbers = load<u32>(workspace, WORK_ROWS);
  block = load<u32>(workspace, WORK_BLOCK);
  records = load<u32>(workspace, WORK_RECORDS);
  chunk = load<u32>(workspace, WORK_CHUNK);
  classSums = load<u32>(workspace, WORK_SUMS);
  inBlock = false;
}

export function leaveBlock(): void {
  inBlock = false;
}

// @ts-ignore: decorator
@inline
function weightOf(row: usize): f64 {
  const drawn = <f64>load<u8>(counts + row);
  return weights == 0 ? drawn : drawn * <f64>load<f32>(weights + (row << 2));
}

/** Copies a node's rows side by side; from now on row numbers are places in the block. */
export function enterBlock(begin: i32, end: i32): void {
  let number = rowNumbers + (<usize>begin << 2);
  let to = block;
  let record = records;
  for (let i = 0; i < end - begin; i++) {
    const row = <usize>load<u32>(number);
    const from = bins + row * stride;
    // Whole words; what is written beyond the row is overwritten by the next.
    for (let at: usize = 0; at < stride; at += 16) v128.store(to + at, v128.load(from + at));
    store<f64>(record, load<f64>(target + (row << 3)));
    store<f64>(record, weightOf(row), 8);
    store<u32>(number, <u32>i);
    number += 4;
    to += stride;
    record += 16;
  }
  inBlock = true;
}

/** Address of the bins that a node's row numbers count from. */
// @ts-ignore: decorator
@inline
export function nodeBins(): usize {
  return inBlock ? block : bins;
}

// @ts-ignore: decorator
@inline
function valueAt(row: usize): f64 {
  return load<f64>(inBlock ? records + (row << 4) : target + (row << 3));
}

// @ts-ignore: decorator
@inline
function weightAt(row: usize): f64 {
  return inBlock ? load<f64>(records + (row << 4), 8) : weightOf(row);
}

/** Sums over a node's rows, and whether they all have one value; for classes the weight of each as well. */
export function summarise(begin: i32, end: i32): void {
  let weight: f64 = 0;
  let sum: f64 = 0;
  let low: f64 = Infinity;
  let high: f64 = -Infinity;
  if (classes > 1) memory.fill(classSums, 0, <usize>classes << 3);
  for (let i = begin; i < end; i++) {
    const row = <usize>load<u32>(rowNumbers + (<usize>i << 2));
    const value = valueAt(row);
    const w = weightAt(row);
    weight += w;
    sum += w * value;
    low = min(low, value);
    high = max(high, value);
    if (classes > 1) {
      const at = classSums + (<usize>value << 3);
      store<f64>(at, load<f64>(at) + w);
    }
  }
  totalWeight = weight;
  totalValue = sum;
  isPure = !(low < high);
  firstValue = low;
}

/**
 * Brings some rows of a node together: for each the offset of its bins, u32, and behind all of them 16 bytes with weight × value (or
 * the class's code, i64) and weight.
 */
export function gatherChunk(begin: i32, end: i32): void {
  let offset = chunk;
  let record = chunk + <usize>(CHUNK_ROWS << 2);
  for (let i = begin; i < end; i++) {
    const row = <usize>load<u32>(rowNumbers + (<usize>i << 2));
    const value = valueAt(row);
    const weight = weightAt(row);
    store<u32>(offset, <u32>(row * stride));
    if (classes > 1) store<i64>(record, <i64>value);
    else store<f64>(record, weight * value);
    store<f64>(record, weight, 8);
    offset += 4;
    record += 16;
  }
}
