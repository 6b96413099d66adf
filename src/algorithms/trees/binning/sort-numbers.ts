/** From this many values on, sorting by digits is faster than comparing, even of a few columns, before it is compiled. */
const DIGITS_FROM = 16_384;
const DIGIT_BITS = 11;
const DIGITS = 3;
const DIGIT_SIZE = 2 ** DIGIT_BITS;

/**
 * Sorts numbers in place, ascending. None may be NaN, and no zero negative.
 *
 * Many float32 are sorted by the digits of their bits, made to ascend as whole numbers: about ten times as fast as comparing.
 */
export function sortNumbers(values: Float32Array | Float64Array): void {
  if (values instanceof Float64Array || values.length < DIGITS_FROM) values.sort();
  else sortByDigits(values);
}

function sortByDigits(values: Float32Array): void {
  let keys = new Uint32Array(values.length);
  let sorted = new Uint32Array(values.length);
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i++) keys[i] = bits[i]! >>> 31 ? ~bits[i]! : bits[i]! | 0x80000000;
  for (let digit = 0; digit < DIGITS; digit++) {
    sortByDigit(keys, sorted, digit * DIGIT_BITS);
    [keys, sorted] = [sorted, keys];
  }
  for (let i = 0; i < bits.length; i++) bits[i] = keys[i]! >>> 31 ? keys[i]! & 0x7fffffff : ~keys[i]!;
}

/** Puts keys in the order of one digit; those of equal digits keep theirs. */
function sortByDigit(keys: Uint32Array, to: Uint32Array, shift: number): void {
  const places = new Uint32Array(DIGIT_SIZE + 1);
  for (let i = 0; i < keys.length; i++) places[((keys[i]! >>> shift) & (DIGIT_SIZE - 1)) + 1]!++;
  for (let value = 1; value < DIGIT_SIZE; value++) places[value]! += places[value - 1]!;
  for (let i = 0; i < keys.length; i++) to[places[(keys[i]! >>> shift) & (DIGIT_SIZE - 1)]!++] = keys[i]!;
}
