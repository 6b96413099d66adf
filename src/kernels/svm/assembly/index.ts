/**
 * Random Fourier features of a block of rows, and the products that training on them needs. Every sum is float32 in an order of its
 * own, whichever thread forms it: results do not depend on how many there are.
 */

/** Where the frame keeps what; the task counter has a cache line of its own. */
export const AT_NEXT_TASK: i32 = 0;
export const AT_ROWS: i32 = 64;
export const AT_INPUTS: i32 = 68;
export const AT_PAIRS: i32 = 72;
export const AT_WIDTH: i32 = 76;
export const AT_OUTPUTS: i32 = 80;
export const AT_X: i32 = 84;
export const AT_DIRECTIONS: i32 = 88;
export const AT_FEATURES: i32 = 92;
export const AT_WEIGHTS: i32 = 96;
export const AT_SCORES: i32 = 100;
export const AT_LEFT: i32 = 104;
export const AT_LEFT_WIDTH: i32 = 108;
export const AT_PRODUCT: i32 = 112;
export const AT_SYMMETRIC: i32 = 116;
export const AT_MATRIX: i32 = 120;
export const AT_SCALE: i32 = 124;
export const AT_STEP: i32 = 128;
export const FRAME_BYTES: i32 = 192;

const TASK_ROWS: i32 = 16;
const TASK_OUTPUTS: i32 = 32;

/** sin(2πy) for |y| up to a quarter turn: the Taylor polynomial of degree 11, off by less than 6e-8. */
const C1: f32 = 6.283185307179586;
const C3: f32 = -41.341702240399755;
const C5: f32 = 81.60524927607504;
const C7: f32 = -76.70585975306136;
const C9: f32 = 42.058693944897634;
const C11: f32 = -15.094642576822984;

let frame: usize = 0;

/** Tells this thread where the frame lies. */
export function attach(address: usize): i32 {
  frame = address;
  return 0;
}

// @ts-ignore: decorator
@inline
function at(field: i32): i32 {
  return load<i32>(frame + field);
}

// @ts-ignore: decorator
@inline
function nextTask(): i32 {
  return atomic.add<i32>(frame + AT_NEXT_TASK, 1);
}

/** features = scale · [sin, cos](2π x · directions), then 1 and zeros; scores = features · weightsᵀ. Tasks are rows. */
export function projectPass(thread: i32): void {
  const rows = at(AT_ROWS);
  for (let first = nextTask() * TASK_ROWS; first < rows; first = nextTask() * TASK_ROWS) {
    const end = min(rows, first + TASK_ROWS);
    project(first, end);
    score(first, end);
  }
}

function project(first: i32, end: i32): void {
  const inputs = at(AT_INPUTS);
  const pairs = at(AT_PAIRS);
  const width = at(AT_WIDTH);
  const x = <usize>at(AT_X);
  const directions = <usize>at(AT_DIRECTIONS);
  const features = <usize>at(AT_FEATURES);
  const scale = f32x4.splat(load<f32>(frame + AT_SCALE));
  for (let k: i32 = 0; k < pairs; k += 8) {
    const w = directions + (k << 2);
    let row = first;
    for (; row + 4 <= end; row += 4)
      fourRows(x + ((row * inputs) << 2), inputs, w, pairs << 2, features + ((row * width + k) << 2), width << 2, pairs << 2, scale);
    for (; row < end; row++)
      oneRow(x + ((row * inputs) << 2), inputs, w, pairs << 2, features + ((row * width + k) << 2), pairs << 2, scale);
  }
  for (let row = first; row < end; row++) {
    let to = features + ((row * width + 2 * pairs) << 2);
    store<f32>(to, 1);
    for (let k = 2 * pairs + 1; k < width; k++) store<f32>((to += 4), 0);
  }
}

// @ts-ignore: decorator
@inline
function sine(y: v128, scale: v128): v128 {
  const z = f32x4.mul(y, y);
  let p = f32x4.add(f32x4.mul(f32x4.splat(C11), z), f32x4.splat(C9));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(C7));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(C5));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(C3));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(C1));
  return f32x4.mul(f32x4.mul(p, y), scale);
}

/** Stores sine and cosine of angles in turns, `cosine` bytes apart. */
// @ts-ignore: decorator
@inline
function putWaves(to: usize, cosine: usize, turns: v128, scale: v128): void {
  const rest = f32x4.sub(turns, f32x4.nearest(turns));
  const size = f32x4.abs(rest);
  const folded = f32x4.min(size, f32x4.sub(f32x4.splat(0.5), size));
  const sign = v128.and(rest, i32x4.splat(0x80000000));
  v128.store(to, sine(v128.or(folded, sign), scale));
  v128.store(to + cosine, sine(f32x4.sub(f32x4.splat(0.25), size), scale));
}

// @ts-ignore: decorator
@inline
function oneRow(x: usize, inputs: i32, w: usize, step: usize, to: usize, cosine: usize, scale: v128): void {
  let low = f32x4.splat(0);
  let high = f32x4.splat(0);
  for (let i: i32 = 0; i < inputs; i++, w += step) {
    const value = v128.load32_splat(x + (i << 2));
    low = f32x4.add(low, f32x4.mul(value, v128.load(w)));
    high = f32x4.add(high, f32x4.mul(value, v128.load(w, 16)));
  }
  putWaves(to, cosine, low, scale);
  putWaves(to + 16, cosine, high, scale);
}

// @ts-ignore: decorator
@inline
function fourRows(x: usize, inputs: i32, w: usize, step: usize, to: usize, toStep: usize, cosine: usize, scale: v128): void {
  let low0 = f32x4.splat(0);
  let high0 = low0;
  let low1 = low0;
  let high1 = low0;
  let low2 = low0;
  let high2 = low0;
  let low3 = low0;
  let high3 = low0;
  const stride = <usize>(inputs << 2);
  const x1 = x + stride;
  const x2 = x1 + stride;
  const x3 = x2 + stride;
  for (let i: i32 = 0; i < inputs; i++, w += step) {
    const low = v128.load(w);
    const high = v128.load(w, 16);
    const offset = <usize>(i << 2);
    const value0 = v128.load32_splat(x + offset);
    low0 = f32x4.add(low0, f32x4.mul(value0, low));
    high0 = f32x4.add(high0, f32x4.mul(value0, high));
    const value1 = v128.load32_splat(x1 + offset);
    low1 = f32x4.add(low1, f32x4.mul(value1, low));
    high1 = f32x4.add(high1, f32x4.mul(value1, high));
    const value2 = v128.load32_splat(x2 + offset);
    low2 = f32x4.add(low2, f32x4.mul(value2, low));
    high2 = f32x4.add(high2, f32x4.mul(value2, high));
    const value3 = v128.load32_splat(x3 + offset);
    low3 = f32x4.add(low3, f32x4.mul(value3, low));
    high3 = f32x4.add(high3, f32x4.mul(value3, high));
  }
  putWaves(to, cosine, low0, scale);
  putWaves(to + 16, cosine, high0, scale);
  to += toStep;
  putWaves(to, cosine, low1, scale);
  putWaves(to + 16, cosine, high1, scale);
  to += toStep;
  putWaves(to, cosine, low2, scale);
  putWaves(to + 16, cosine, high2, scale);
  to += toStep;
  putWaves(to, cosine, low3, scale);
  putWaves(to + 16, cosine, high3, scale);
}

function score(first: i32, end: i32): void {
  const width = at(AT_WIDTH);
  const outputs = at(AT_OUTPUTS);
  const features = <usize>at(AT_FEATURES);
  const weights = <usize>at(AT_WEIGHTS);
  const scores = <usize>at(AT_SCORES);
  for (let row = first; row < end; row++)
    for (let k: i32 = 0; k < outputs; k++)
      store<f32>(
        scores + ((row * outputs + k) << 2),
        dot(features + ((row * width) << 2), weights + ((k * width) << 2), width),
      );
}

/** Sums of every eighth product, added up pair by pair. `count` is a multiple of 8. */
// @ts-ignore: decorator
@inline
function dot(a: usize, b: usize, count: i32): f32 {
  let low = f32x4.splat(0);
  let high = f32x4.splat(0);
  const end = a + (count << 2);
  for (; a < end; a += 32, b += 32) {
    low = f32x4.add(low, f32x4.mul(v128.load(a), v128.load(b)));
    high = f32x4.add(high, f32x4.mul(v128.load(a, 16), v128.load(b, 16)));
  }
  const sums = f32x4.add(low, high);
  return (
    f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1) + (f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3))
  );
}

/**
 * product += leftᵀ · features: left is rows × leftWidth (any), product is leftWidth × width. Tasks are columns of features. With
 * `symmetric` (left is the features themselves) only what lies on and over the diagonal is right.
 */
export function gatherPass(thread: i32): void {
  const width = at(AT_WIDTH);
  const leftWidth = at(AT_LEFT_WIDTH);
  const symmetric = at(AT_SYMMETRIC) != 0;
  for (let column = nextTask() * 8; column < width; column = nextTask() * 8) {
    const last = symmetric ? min(leftWidth, column + 8) : leftWidth;
    let k: i32 = 0;
    for (; k + 4 <= last; k += 4) gatherFour(k, column);
    for (; k < last; k++) gatherOne(k, column);
  }
}

// @ts-ignore: decorator
@inline
function gatherFour(k: i32, column: i32): void {
  const rows = at(AT_ROWS);
  const step = <usize>(at(AT_WIDTH) << 2);
  const leftStep = <usize>(at(AT_LEFT_WIDTH) << 2);
  let left = <usize>at(AT_LEFT) + (k << 2);
  let from = <usize>at(AT_FEATURES) + (column << 2);
  const to = <usize>at(AT_PRODUCT) + ((k * at(AT_WIDTH) + column) << 2);
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
function gatherOne(k: i32, column: i32): void {
  const rows = at(AT_ROWS);
  const step = <usize>(at(AT_WIDTH) << 2);
  const leftStep = <usize>(at(AT_LEFT_WIDTH) << 2);
  let left = <usize>at(AT_LEFT) + (k << 2);
  let from = <usize>at(AT_FEATURES) + (column << 2);
  const to = <usize>at(AT_PRODUCT) + ((k * at(AT_WIDTH) + column) << 2);
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

/** step = product · matrixᵀ: outputs × width, and width × width. Tasks are rows of the matrix. */
export function multiplyPass(thread: i32): void {
  const width = at(AT_WIDTH);
  const outputs = at(AT_OUTPUTS);
  const product = <usize>at(AT_PRODUCT);
  const matrix = <usize>at(AT_MATRIX);
  const to = <usize>at(AT_STEP);
  for (let first = nextTask() * TASK_OUTPUTS; first < width; first = nextTask() * TASK_OUTPUTS)
    for (let row = first; row < min(width, first + TASK_OUTPUTS); row++)
      for (let k: i32 = 0; k < outputs; k++)
        store<f32>(
          to + ((k * width + row) << 2),
          dot(matrix + ((row * width) << 2), product + ((k * width) << 2), width),
        );
}
