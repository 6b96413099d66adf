import { AT_FEATURES, AT_LEFT, AT_LEFT_WIDTH, AT_PRODUCT, AT_ROWS, AT_SYMMETRIC, AT_WIDTH, takeTask, word } from "./frame";

/**
 * product += leftᵀ · features: left is rows × leftWidth (any), product is leftWidth × width. Tasks are columns of features. With
 * `symmetric` (left is the features themselves) only what lies on and over the diagonal is right.
 */
export function gatherPass(thread: i32): void {
  const rows = word(AT_ROWS);
  const width = word(AT_WIDTH);
  const leftWidth = word(AT_LEFT_WIDTH);
  const symmetric = word(AT_SYMMETRIC) != 0;
  const leftStep = <usize>(leftWidth << 2);
  const step = <usize>(width << 2);
  for (let column = takeTask() * 8; column < width; column = takeTask() * 8) {
    const last = symmetric ? min(leftWidth, column + 8) : leftWidth;
    const from = <usize>word(AT_FEATURES) + (column << 2);
    let left = <usize>word(AT_LEFT);
    let to = <usize>word(AT_PRODUCT) + (column << 2);
    let k: i32 = 0;
    for (; k + 4 <= last; k += 4, left += 16, to += 4 * step) gatherFour(rows, left, leftStep, from, step, to);
    for (; k < last; k++, left += 4, to += step) gatherOne(rows, left, leftStep, from, step, to);
  }
}

// @ts-ignore: decorator
@inline
function gatherFour(rows: i32, leftFrom: usize, leftStep: usize, rowFrom: usize, step: usize, to: usize): void {
  let left = leftFrom;
  let from = rowFrom;
  const to1 = to + step;
  const to2 = to1 + step;
  const to3 = to2 + step;
  let low0 = v128.load(to);
  let high0 = v128.load(to, 16);
  let low1 = v128.load(to1);
  let high1 = v128.load(to1, 16);
  let low2 = v128.load(to2);
  let high2 = v128.load(to2, 16);
  let low3 = v128.load(to3);
  let high3 = v128.load(to3, 16);
  for (let row: i32 = 0; row < rows; row++, left += leftStep, from += step) {
    const low = v128.load(from);
    const high = v128.load(from, 16);
    const value0 = v128.load32_splat(left);
    low0 = f32x4.add(low0, f32x4.mul(value0, low));
    high0 = f32x4.add(high0, f32x4.mul(value0, high));
    const value1 = v128.load32_splat(left, 4);
    low1 = f32x4.add(low1, f32x4.mul(value1, low));
    high1 = f32x4.add(high1, f32x4.mul(value1, high));
    const value2 = v128.load32_splat(left, 8);
    low2 = f32x4.add(low2, f32x4.mul(value2, low));
    high2 = f32x4.add(high2, f32x4.mul(value2, high));
    const value3 = v128.load32_splat(left, 12);
    low3 = f32x4.add(low3, f32x4.mul(value3, low));
    high3 = f32x4.add(high3, f32x4.mul(value3, high));
  }
  v128.store(to, low0);
  v128.store(to, high0, 16);
  v128.store(to1, low1);
  v128.store(to1, high1, 16);
  v128.store(to2, low2);
  v128.store(to2, high2, 16);
  v128.store(to3, low3);
  v128.store(to3, high3, 16);
}

// @ts-ignore: decorator
@inline
function gatherOne(rows: i32, leftFrom: usize, leftStep: usize, rowFrom: usize, step: usize, to: usize): void {
  let left = leftFrom;
  let from = rowFrom;
  let low = v128.load(to);
  let high = v128.load(to, 16);
  for (let row: i32 = 0; row < rows; row++, left += leftStep, from += step) {
    const value = v128.load32_splat(left);
    low = f32x4.add(low, f32x4.mul(value, v128.load(from)));
    high = f32x4.add(high, f32x4.mul(value, v128.load(from, 16)));
  }
  v128.store(to, low);
  v128.store(to, high, 16);
}
