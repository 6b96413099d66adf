/**
 * Neighbours among float32 and float64 numbers, for rules that other programs write with `<` or in another width. Exact: bit
 * moves and sums of numbers of 24 bits, no rounding.
 */

const view = new DataView(new ArrayBuffer(8));
const LARGEST = 3.4028234663852886e38;
/** From here on float64 rounds to an infinite float32: half a step over the largest, ties to even. */
const OVERFLOW = 3.4028235677973366e38;

/** The next float32 over a float32; Infinity after the largest. */
export function float32After(value: number): number {
  view.setFloat32(0, value);
  const bits = view.getInt32(0);
  if (value === 0) view.setInt32(0, 1);
  else view.setInt32(0, value > 0 ? bits + 1 : bits - 1);
  return view.getFloat32(0);
}

/** The largest float64 under a finite one. */
export function float64Before(value: number): number {
  view.setFloat64(0, value);
  const bits = view.getBigInt64(0);
  if (value === 0) view.setBigInt64(0, -0x7fff_ffff_ffff_ffffn);
  else view.setBigInt64(0, value > 0 ? bits - 1n : bits + 1n);
  return view.getFloat64(0);
}

/**
 * The float32 t for which `x < t` says the same of every float32 x as `x <= threshold`: the smallest that is over the threshold.
 * The largest float32 where there is none.
 */
export function lessThanOf(threshold: number): number {
  const near = Math.fround(threshold);
  const over = near > threshold ? near : float32After(near);
  return Math.max(-LARGEST, Math.min(LARGEST, over)) + 0;
}

/**
 * The float64 for which `x <= result` says the same of every x as rounding x to float32 and asking whether it is under the
 * float32 `limit`: the last number that rounds, ties to even, to the float32 before the limit.
 */
export function atMostOf(limit: number): number {
  const before = -float32After(-limit);
  if (before === Number.NEGATIVE_INFINITY) return -OVERFLOW;
  const middle = before * 0.5 + limit * 0.5;
  return (Math.fround(middle) < limit ? middle : float64Before(middle)) + 0;
}

/** The decimal number of fewest digits that is read as the same float32 as a number. */
export function shortFloat32(value: number): number {
  const single = Math.max(-LARGEST, Math.min(LARGEST, Math.fround(value)));
  for (let digits = 6; digits < 10; digits++) {
    const short = Number(single.toPrecision(digits));
    if (Math.fround(short) === single) return short + 0;
  }
  return single + 0;
}
