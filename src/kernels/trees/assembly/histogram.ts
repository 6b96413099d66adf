import {
  AT_CELL_OFFSETS, AT_COLUMNS, AT_EMITTED, AT_SHIFT, AT_STRIDE, AT_WIDE, pointer, word,
} from "./frame";

/**
 * Adding rows into histograms. A cell is an exact integer, so the order of rows and threads cannot matter:
 *
 * narrow, 8 bytes (constant hessian, gradients of 32 bits): the gradient's sum times 2^shift, plus the count;
 * wide, 16 bytes: the gradient's sum; the hessian's sum times 2^shift, plus the count.
 *
 * `shift` is the bits that the number of rows needs; the widths of quantised gradients and hessians are chosen from it so
 * that no sum can overflow. The emitted functions do the same with the columns' offsets as constants.
 */

// @ts-ignore: decorator
@external("histogram", "narrowGathered")
declare function emittedNarrowGathered(rows: usize, count: i32, bins: usize, quantised: usize, histogram: usize): void;
// @ts-ignore: decorator
@external("histogram", "narrowSequence")
declare function emittedNarrowSequence(count: i32, bins: usize, quantised: usize, histogram: usize): void;
// @ts-ignore: decorator
@external("histogram", "wideGathered")
declare function emittedWideGathered(rows: usize, count: i32, bins: usize, quantised: usize, histogram: usize): void;
// @ts-ignore: decorator
@external("histogram", "wideSequence")
declare function emittedWideSequence(count: i32, bins: usize, quantised: usize, histogram: usize): void;
// @ts-ignore: decorator
@external("histogram", "narrowConstant")
declare function emittedNarrowConstant(rows: usize, count: i32, bins: usize, cell: i64, histogram: usize): void;

// @ts-ignore: decorator
@inline
function addNarrow(row: usize, cell: i64, offsets: usize, columns: usize, histogram: usize): void {
  for (let c: usize = 0; c < columns; c++) {
    const at = histogram + ((<usize>load<u32>(offsets + (c << 2)) + <usize>load<u8>(row + c)) << 3);
    store<i64>(at, load<i64>(at) + cell);
  }
}

// @ts-ignore: decorator
@inline
function addWide(row: usize, cell: v128, offsets: usize, columns: usize, histogram: usize): void {
  for (let c: usize = 0; c < columns; c++) {
    const at = histogram + ((<usize>load<u32>(offsets + (c << 2)) + <usize>load<u8>(row + c)) << 4);
    v128.store(at, i64x2.add(v128.load(at), cell));
  }
}

/** Adds the rows of a block named by 16-bit numbers. */
export function histogramGathered(rows: usize, count: i32, bins: usize, quantised: usize, histogram: usize): void {
  if (count == 0) return;
  if (word(AT_EMITTED)) {
    if (word(AT_WIDE)) emittedWideGathered(rows, count, bins, quantised, histogram);
    else emittedNarrowGathered(rows, count, bins, quantised, histogram);
    return;
  }
  const stride = <usize>word(AT_STRIDE);
  const columns = <usize>word(AT_COLUMNS);
  const offsets = pointer(AT_CELL_OFFSETS);
  const end = rows + (<usize>count << 1);
  if (word(AT_WIDE)) {
    for (let p = rows; p < end; p += 2) {
      const row = <usize>load<u16>(p);
      addWide(bins + row * stride, v128.load(quantised + (row << 4)), offsets, columns, histogram);
    }
    return;
  }
  const shift = <i64>word(AT_SHIFT);
  for (let p = rows; p < end; p += 2) {
    const row = <usize>load<u16>(p);
    const cell = (<i64>load<i32>(quantised + (row << 2)) << shift) + 1;
    addNarrow(bins + row * stride, cell, offsets, columns, histogram);
  }
}

/** Adds the first `count` rows of a block. */
export function histogramSequence(count: i32, bins: usize, quantised: usize, histogram: usize): void {
  if (count == 0) return;
  if (word(AT_EMITTED)) {
    if (word(AT_WIDE)) emittedWideSequence(count, bins, quantised, histogram);
    else emittedNarrowSequence(count, bins, quantised, histogram);
    return;
  }
  const stride = <usize>word(AT_STRIDE);
  const columns = <usize>word(AT_COLUMNS);
  const offsets = pointer(AT_CELL_OFFSETS);
  let row = bins;
  let from = quantised;
  if (word(AT_WIDE)) {
    for (let i = 0; i < count; i++) {
      addWide(row, v128.load(from), offsets, columns, histogram);
      row += stride;
      from += 16;
    }
    return;
  }
  const shift = <i64>word(AT_SHIFT);
  for (let i = 0; i < count; i++) {
    addNarrow(row, (<i64>load<i32>(from) << shift) + 1, offsets, columns, histogram);
    row += stride;
    from += 4;
  }
}

/** Adds the same narrow cell for each of the rows of a block named by 16-bit numbers. */
export function histogramConstant(rows: usize, count: i32, bins: usize, cell: i64, histogram: usize): void {
  if (count == 0) return;
  if (word(AT_EMITTED)) {
    emittedNarrowConstant(rows, count, bins, cell, histogram);
    return;
  }
  const stride = <usize>word(AT_STRIDE);
  const columns = <usize>word(AT_COLUMNS);
  const offsets = pointer(AT_CELL_OFFSETS);
  const end = rows + (<usize>count << 1);
  for (let p = rows; p < end; p += 2) addNarrow(bins + <usize>load<u16>(p) * stride, cell, offsets, columns, histogram);
}
