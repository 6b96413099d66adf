/** Outputs that are summed at once. */
export const LANES: i32 = 8;

/**
 * y[r][0..8] = max(floor, start[0..8] + Σ x[r][i] · w[i][0..8]) for four rows r, summed in the order of i: a row among four has the bits
 * of a row alone. Distances are in bytes.
 *
 * @param x of the first row, float32; the next row is `between` further
 * @param w of the first input, eight float32; the next input's are `step` further
 * @param start eight float32; 0 starts from zero
 * @param y of the first row, the next is `yStep` further
 * @param floor four times the least result; −∞ leaves every sum as it is
 */
// @ts-ignore: decorator
@inline
export function fourSums(
  x: usize, between: usize, inputs: i32, w: usize, step: usize, start: usize, y: usize, yStep: usize, floor: v128,
): void {
  let low0 = startAt(start, 0);
  let high0 = startAt(start, 16);
  let low1 = low0;
  let high1 = high0;
  let low2 = low0;
  let high2 = high0;
  let low3 = low0;
  let high3 = high0;
  const x1 = x + between;
  const x2 = x1 + between;
  const x3 = x2 + between;
  for (let i: i32 = 0; i < inputs; i++, w += step) {
    const low = v128.load(w);
    const high = v128.load(w, 16);
    const at = <usize>(i << 2);
    const value0 = v128.load32_splat(x + at);
    low0 = f32x4.add(low0, f32x4.mul(value0, low));
    high0 = f32x4.add(high0, f32x4.mul(value0, high));
    const value1 = v128.load32_splat(x1 + at);
    low1 = f32x4.add(low1, f32x4.mul(value1, low));
    high1 = f32x4.add(high1, f32x4.mul(value1, high));
    const value2 = v128.load32_splat(x2 + at);
    low2 = f32x4.add(low2, f32x4.mul(value2, low));
    high2 = f32x4.add(high2, f32x4.mul(value2, high));
    const value3 = v128.load32_splat(x3 + at);
    low3 = f32x4.add(low3, f32x4.mul(value3, low));
    high3 = f32x4.add(high3, f32x4.mul(value3, high));
  }
  put(y, low0, high0, floor);
  put(y + yStep, low1, high1, floor);
  put(y + yStep * 2, low2, high2, floor);
  put(y + yStep * 3, low3, high3, floor);
}

/** `fourSums` for one row. */
// @ts-ignore: decorator
@inline
export function oneSum(x: usize, inputs: i32, w: usize, step: usize, start: usize, y: usize, floor: v128): void {
  let low = startAt(start, 0);
  let high = startAt(start, 16);
  for (let i: i32 = 0; i < inputs; i++, w += step) {
    const value = v128.load32_splat(x + (i << 2));
    low = f32x4.add(low, f32x4.mul(value, v128.load(w)));
    high = f32x4.add(high, f32x4.mul(value, v128.load(w, 16)));
  }
  put(y, low, high, floor);
}

// @ts-ignore: decorator
@inline
function startAt(start: usize, offset: usize): v128 {
  return start === 0 ? f32x4.splat(0) : v128.load(start + offset);
}

// @ts-ignore: decorator
@inline
function put(y: usize, low: v128, high: v128, floor: v128): void {
  v128.store(y, f32x4.max(low, floor));
  v128.store(y, f32x4.max(high, floor), 16);
}
