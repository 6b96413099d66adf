import {
  AT_BLOCKS, AT_CELL_OFFSETS, AT_CLASSES, AT_CLASS_ROOTS, AT_COLUMNS, AT_EMITTED, AT_SHIFT, AT_SLOT_BYTES, AT_STRIDE, clear,
  histogramOf, pointer, takeTask, word,
} from "./frame";
import {
  FULL, addPackedSequence, cellOf, cellsOf, emptyPacked, fillOf, gradientsOf, recordsOf, restsOf,
} from "./packed-histogram";
import { binsOf, rowsIn } from "./partition";
import { mergePartials } from "./search";

/**
 * Histograms of the roots of all classes in one pass over the rows, two classes at once: rows are read once, and a pair of packed
 * cells takes one addition. Cells of a pair lie side by side and take the places of both classes' packed cells.
 */

// @ts-ignore: decorator
@external("histogram", "packedPairSequence")
declare function emittedPairSequence(count: i32, bins: usize, records: usize, others: usize, cells: usize): void;

// @ts-ignore: decorator
@inline
function rootOf(classNumber: i32): usize {
  return pointer(AT_CLASS_ROOTS) + <usize>classNumber * pointer(AT_SLOT_BYTES);
}

/** Before the first block of a round. */
export function clearClassRoots(): void {
  clear(rootOf(0), <usize>word(AT_CLASSES) * pointer(AT_SLOT_BYTES));
}

/** Phase: each block's rows added to the roots of all classes, by their packed records. */
export function classRootPass(thread: i32): void {
  const classes = word(AT_CLASSES);
  const blocks = word(AT_BLOCKS);
  for (let block = takeTask(); block < blocks; block = takeTask()) {
    let k = 0;
    for (; k + 1 < classes; k += 2) addPair(thread, k, block);
    if (k < classes) addLast(thread, k, block);
  }
  for (let k = 0; k + 1 < classes; k += 2) emptyPair(thread, k);
  emptyPacked(thread);
}

/** The threads' parts of all roots put together. */
export function mergeClassRoots(): void {
  for (let k = 0; k < word(AT_CLASSES); k++) mergePartials(rootOf(k), k, 0, pointer(AT_SLOT_BYTES));
}

/** Brings the root of a class to where its tree grows. */
export function takeClassRoot(classNumber: i32, slot: usize): void {
  memory.copy(slot, rootOf(classNumber), pointer(AT_SLOT_BYTES));
}

/** The class that has no other for a pair. */
function addLast(thread: i32, k: i32, block: i32): void {
  addPackedSequence(thread, k, histogramOf(thread, k, rootOf(k)), rowsIn(block), binsOf(block), recordsOf(block, k));
}

function addPair(thread: i32, k: i32, block: i32): void {
  const fill = fillOf(thread, k);
  const cells = cellsOf(thread, k);
  const bins = binsOf(block);
  const stride = <usize>word(AT_STRIDE);
  const rows = rowsIn(block);
  for (let done = 0; done < rows; ) {
    const held = load<i32>(fill);
    const some = min(rows - done, FULL - held);
    const from = <usize>done << 2;
    addPairs(bins + <usize>done * stride, recordsOf(block, k) + from, recordsOf(block, k + 1) + from, some, cells);
    done += some;
    store<i32>(fill, held + some);
    if (held + some == FULL) emptyPair(thread, k);
  }
}

function addPairs(bins: usize, records: usize, others: usize, count: i32, cells: usize): void {
  if (word(AT_EMITTED)) {
    emittedPairSequence(count, bins, records, others, cells);
    return;
  }
  const columns = <usize>word(AT_COLUMNS);
  const offsets = pointer(AT_CELL_OFFSETS);
  const stride = <usize>word(AT_STRIDE);
  for (let i: usize = 0; i < <usize>count; i++) {
    const pair = i64x2(cellOf(load<i32>(records + (i << 2))), cellOf(load<i32>(others + (i << 2))));
    const row = bins + i * stride;
    for (let c: usize = 0; c < columns; c++) {
      const at = cells + ((<usize>load<u32>(offsets + (c << 2)) + <usize>load<u8>(row + c)) << 4);
      v128.store(at, i64x2.add(v128.load(at), pair));
    }
  }
}

/** Empties a pair's cells into the wide histograms of its classes. */
function emptyPair(thread: i32, k: i32): void {
  const fill = fillOf(thread, k);
  if (load<i32>(fill) == 0) return;
  store<i32>(fill, 0);
  const cells = cellsOf(thread, k);
  const first = histogramOf(thread, k, rootOf(k));
  const second = histogramOf(thread, k + 1, rootOf(k + 1));
  const shift = word(AT_SHIFT);
  const bytes = <usize>load<u32>(pointer(AT_CELL_OFFSETS) + (<usize>word(AT_COLUMNS) << 2)) << 4;
  const zero = i64x2.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) {
    const pair = v128.load(cells + i);
    if (!v128.any_true(pair)) continue;
    const gradients = gradientsOf(pair);
    const rests = restsOf(pair, shift);
    v128.store(first + i, i64x2.add(v128.load(first + i), v128.shuffle<i64>(gradients, rests, 0, 2)));
    v128.store(second + i, i64x2.add(v128.load(second + i), v128.shuffle<i64>(gradients, rests, 1, 3)));
    v128.store(cells + i, zero);
  }
}
