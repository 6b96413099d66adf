// One layer of a neural network for a block of rows. Every sum is float32 in the order of the inputs, one row like many.
import { fourSums, LANES, oneSum } from "../../products/assembly/tile";

/**
 * y = x · w + b, and 0 where that is negative with `relu`.
 *
 * @param x rows × `stride` float32, of which the first `inputs` count
 * @param w inputs × `width` float32; `width` is a multiple of 8
 * @param b `width` float32
 * @param y rows × `width` float32
 */
export function dense(x: usize, stride: i32, rows: i32, inputs: i32, w: usize, b: usize, width: i32, y: usize, relu: bool): void {
  const floor = f32x4.splat(relu ? 0 : -Infinity);
  const between = <usize>(stride << 2);
  const step = <usize>(width << 2);
  let row: i32 = 0;
  for (; row + 4 <= rows; row += 4)
    for (let k: i32 = 0; k < width; k += LANES)
      fourSums(x + ((row * stride) << 2), between, inputs, w + (k << 2), step, b + (k << 2), y + ((row * width + k) << 2), step, floor);
  for (; row < rows; row++)
    for (let k: i32 = 0; k < width; k += LANES)
      oneSum(x + ((row * stride) << 2), inputs, w + (k << 2), step, b + (k << 2), y + ((row * width + k) << 2), floor);
}
