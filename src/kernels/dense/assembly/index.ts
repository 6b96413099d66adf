// One layer of a neural network for a block of rows. Every sum is float32 in the order of the inputs, one row like many.

/** Outputs that are summed at once; weights and outputs are padded to it. */
const LANES: i32 = 8;

/**
 * y = x · w + b, and 0 where that is negative with `relu`.
 *
 * @param x rows × `stride` float32, of which the first `inputs` count
 * @param w inputs × `width` float32; `width` is a multiple of 8
 * @param b `width` float32
 * @param y rows × `width` float32
 */
export function dense(x: usize, stride: i32, rows: i32, inputs: i32, w: usize, b: usize, width: i32, y: usize, relu: bool): void {
  let row: i32 = 0;
  for (; row + 4 <= rows; row += 4)
    for (let k: i32 = 0; k < width; k += LANES)
      fourRows(x + ((row * stride) << 2), stride << 2, inputs, w + (k << 2), width << 2, b + (k << 2), y + ((row * width + k) << 2), relu);
  for (; row < rows; row++)
    for (let k: i32 = 0; k < width; k += LANES)
      oneRow(x + ((row * stride) << 2), inputs, w + (k << 2), width << 2, b + (k << 2), y + ((row * width + k) << 2), relu);
}

// @ts-ignore: decorator
@inline
function put(y: usize, low: v128, high: v128, relu: bool): void {
  const zero = f32x4.splat(0);
  v128.store(y, relu ? f32x4.max(low, zero) : low);
  v128.store(y, relu ? f32x4.max(high, zero) : high, 16);
}

// @ts-ignore: decorator
@inline
function oneRow(x: usize, inputs: i32, w: usize, step: i32, b: usize, y: usize, relu: bool): void {
  let low = v128.load(b);
  let high = v128.load(b, 16);
  for (let i: i32 = 0; i < inputs; i++, w += step) {
    const value = v128.load32_splat(x + (i << 2));
    low = f32x4.add(low, f32x4.mul(value, v128.load(w)));
    high = f32x4.add(high, f32x4.mul(value, v128.load(w, 16)));
  }
  put(y, low, high, relu);
}

// @ts-ignore: decorator
@inline
function fourRows(x: usize, stride: i32, inputs: i32, w: usize, step: i32, b: usize, y: usize, relu: bool): void {
  let low0 = v128.load(b);
  let high0 = v128.load(b, 16);
  let low1 = low0;
  let high1 = high0;
  let low2 = low0;
  let high2 = high0;
  let low3 = low0;
  let high3 = high0;
  const x1 = x + stride;
  const x2 = x1 + stride;
  const x3 = x2 + stride;
  for (let i: i32 = 0; i < inputs; i++, w += step) {
    const low = v128.load(w);
    const high = v128.load(w, 16);
    const at = i << 2;
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
  put(y, low0, high0, relu);
  y += step;
  put(y, low1, high1, relu);
  y += step;
  put(y, low2, high2, relu);
  y += step;
  put(y, low3, high3, relu);
}
