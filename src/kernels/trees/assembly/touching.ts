import { AT_STRIDE, word } from "./frame";

/**
 * Rows that are used here and there cannot be foreseen by the processor, and what is done with one leaves no room to ask for the next
 * ones. A short loop that only loads them waits for many at once.
 */
let sum: i32 = 0;

/** What was loaded, so that it is not optimised away. */
export function touched(): i32 {
  return sum;
}

/** Brings all of some bytes into the cache, in order. */
export function touchBytes(from: usize, bytes: usize): void {
  let loaded = 0;
  for (let p = from; p < from + bytes; p += 64) loaded += load<i32>(p);
  sum += loaded;
}

/** Brings the bins of a block's rows into the cache that some 16-bit numbers name. */
export function touchRows(numbers: usize, count: i32, bins: usize): void {
  const stride = <usize>word(AT_STRIDE);
  let loaded = 0;
  for (let p = numbers; p < numbers + (<usize>count << 1); p += 2) {
    const row = bins + <usize>load<u16>(p) * stride;
    loaded += <i32>load<u8>(row) + <i32>load<u8>(row + stride - 1);
  }
  sum += loaded;
}
