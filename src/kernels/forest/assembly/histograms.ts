import { AT_CLASSES, CHUNK_ROWS, WORK_CHUNK, WORK_HISTOGRAMS, word } from "./frame";
import { gatherChunk, nodeBins } from "./rows";

/**
 * Histograms of a node: a cell for each bin with the sum of weight × value and the weight, or, for classes, the weight of each class and
 * of all. They are empty between two uses. In small nodes a bit tells which cells are not, so that nobody looks through the others.
 */

export const MASK_BYTES: i32 = 32;
const LIST_BYTES: i32 = 512;
/** Up to here, looking through all cells would cost more than marking those that are used. */
const MARKED_ROWS: i32 = 320;

let histograms: usize = 0;
let chunk: usize = 0;
let classes: i32 = 1;
export let cellBytes: usize = 16;
let histogramBytes: usize = 0;
let marked: bool = false;

/** Bytes of a histogram, its marks and the list of its used bins. */
// @ts-ignore: decorator
@inline
function bytesOf(cell: usize): usize {
  return 256 * cell + <usize>MASK_BYTES + <usize>LIST_BYTES;
}

export function bindHistograms(workspace: usize): void {
  histograms = load<u32>(workspace, WORK_HISTOGRAMS);
  chunk = load<u32>(workspace, WORK_CHUNK);
  classes = word(AT_CLASSES);
  cellBytes = classes > 1 ? <usize>(classes + 1) << 3 : 16;
  histogramBytes = bytesOf(cellBytes);
}

// @ts-ignore: decorator
@inline
export function histogramAt(place: i32): usize {
  return histograms + <usize>place * histogramBytes;
}

// @ts-ignore: decorator
@inline
function maskOf(histogram: usize): usize {
  return histogram + 256 * cellBytes;
}

/** Bins that hold rows, ascending, a byte each. */
// @ts-ignore: decorator
@inline
export function listOf(histogram: usize): usize {
  return histogram + 256 * cellBytes + <usize>MASK_BYTES;
}

/** Fills the histograms of `count` features, whose numbers lie at `features`, over a node's rows. */
export function fillHistograms(begin: i32, end: i32, features: usize, count: i32): void {
  const bins = nodeBins();
  marked = end - begin <= MARKED_ROWS;
  for (let first = begin; first < end; first += CHUNK_ROWS) {
    const rows = min(CHUNK_ROWS, end - first);
    gatherChunk(first, first + rows);
    let i = 0;
    if (classes == 1 && !marked) {
      for (; i + 2 <= count; i += 2) {
        const a = bins + <usize>load<u32>(features + (<usize>i << 2));
        const b = bins + <usize>load<u32>(features + (<usize>i << 2), 4);
        addTwo(a, b, rows, histogramAt(i), histogramAt(i + 1));
      }
    }
    for (; i < count; i++) {
      const column = bins + <usize>load<u32>(features + (<usize>i << 2));
      if (marked) markBins(column, rows, maskOf(histogramAt(i)));
      if (classes == 1) addOne(column, rows, histogramAt(i));
      else addClasses(column, rows, histogramAt(i));
    }
  }
}

// @ts-ignore: decorator
@inline
function addRecord(histogram: usize, bin: usize, record: v128): void {
  const cell = histogram + (bin << 4);
  v128.store(cell, f64x2.add(v128.load(cell), record));
}

function addTwo(a: usize, b: usize, rows: i32, histogramA: usize, histogramB: usize): void {
  let offset = chunk;
  let record = chunk + <usize>(CHUNK_ROWS << 2);
  const end = offset + (<usize>rows << 2);
  for (; offset < end; offset += 4, record += 16) {
    const at = <usize>load<u32>(offset);
    const values = v128.load(record);
    addRecord(histogramA, <usize>load<u8>(a + at), values);
    addRecord(histogramB, <usize>load<u8>(b + at), values);
  }
}

function addOne(column: usize, rows: i32, histogram: usize): void {
  let offset = chunk;
  let record = chunk + <usize>(CHUNK_ROWS << 2);
  const end = offset + (<usize>rows << 2);
  for (; offset < end; offset += 4, record += 16) {
    addRecord(histogram, <usize>load<u8>(column + <usize>load<u32>(offset)), v128.load(record));
  }
}

function addClasses(column: usize, rows: i32, histogram: usize): void {
  let offset = chunk;
  let record = chunk + <usize>(CHUNK_ROWS << 2);
  const end = offset + (<usize>rows << 2);
  for (; offset < end; offset += 4, record += 16) {
    const cell = histogram + <usize>load<u8>(column + <usize>load<u32>(offset)) * cellBytes;
    const weight = load<f64>(record, 8);
    const own = cell + (<usize>load<u32>(record) << 3);
    const all = cell + (<usize>classes << 3);
    store<f64>(own, load<f64>(own) + weight);
    store<f64>(all, load<f64>(all) + weight);
  }
}

function markBins(column: usize, rows: i32, mask: usize): void {
  for (let offset = chunk; offset < chunk + (<usize>rows << 2); offset += 4) {
    const bin = <u32>load<u8>(column + <usize>load<u32>(offset));
    const at = mask + <usize>((bin >> 6) << 3);
    store<u64>(at, load<u64>(at) | ((<u64>1) << (bin & 63)));
  }
}

/** Lists the bins that hold rows, ascending. Returns how many there are. */
export function listBins(histogram: usize, codes: i32): i32 {
  const list = listOf(histogram);
  let found = 0;
  if (marked) {
    const mask = maskOf(histogram);
    for (let part = 0; part < 4; part++) {
      let bits = load<u64>(mask + <usize>(part << 3));
      for (; bits != 0; bits &= bits - 1) {
        store<u8>(list + <usize>found, <u8>((part << 6) + <i32>ctz(bits)));
        found++;
      }
      store<u64>(mask + <usize>(part << 3), 0);
    }
    return found;
  }
  const weightAt = histogram + cellBytes - 8;
  for (let bin = 0; bin < codes; bin++) {
    store<u8>(list + <usize>found, <u8>bin);
    found += <i32>(load<f64>(weightAt + <usize>bin * cellBytes) != 0);
  }
  return found;
}

/** Empties a histogram whose used bins are listed. */
export function clearHistogram(histogram: usize, codes: i32, found: i32): void {
  if (!marked) {
    memory.fill(histogram, 0, <usize>codes * cellBytes);
    return;
  }
  const list = listOf(histogram);
  for (let i = 0; i < found; i++) memory.fill(histogram + <usize>load<u8>(list + <usize>i) * cellBytes, 0, cellBytes);
}
