const { fround } = Math;
/** Taylor coefficients of sin(2πy), as the kernel has them. */
const COEFFICIENTS = [
  -15.094642576822984, 42.058693944897634, -76.70585975306136, 81.60524927607504, -41.341702240399755,
  6.283185307179586,
].map(fround);

/** Sine of an angle in turns of at most a quarter, times `scale`. */
function sine(y: number, scale: number): number {
  const z = fround(y * y);
  const sum = COEFFICIENTS.slice(1).reduce((p, c) => fround(fround(p * z) + c), COEFFICIENTS[0]!);
  return fround(fround(sum * y) * scale);
}

/** Rounds to the nearest whole number, halves to even ones. */
function nearest(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest === 0.5) return floor % 2 === 0 ? floor : floor + 1;
  return rest < 0.5 ? floor : floor + 1;
}

/**
 * Naive twin of the kernel's features: scale · [sin, cos](2π x · directions), then 1 and zeros; rows × width.
 *
 * @param x rows × inputs
 * @param directions inputs × pairs
 */
export function naiveFeatures(
  x: Float32Array,
  rows: number,
  directions: Float32Array,
  pairs: number,
  width: number,
): Float32Array {
  const inputs = directions.length / pairs;
  const scale = fround(1 / Math.sqrt(pairs));
  const features = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < pairs; k++) {
      let turns = 0;
      for (let i = 0; i < inputs; i++)
        turns = fround(turns + fround(x[row * inputs + i]! * directions[i * pairs + k]!));
      const rest = fround(turns - nearest(turns));
      const size = Math.abs(rest);
      const folded = Math.min(size, fround(0.5 - size));
      features[row * width + k] = sine(Object.is(rest, -0) || rest < 0 ? -folded : folded, scale);
      features[row * width + pairs + k] = sine(fround(0.25 - size), scale);
    }
    features[row * width + 2 * pairs] = 1;
  }
  return features;
}

function dot(a: Float32Array, b: Float32Array): number {
  const sums = new Float32Array(8);
  for (let i = 0; i < a.length; i++) sums[i % 8] = fround(sums[i % 8]! + fround(a[i]! * b[i]!));
  const [s0, s1, s2, s3] = [0, 1, 2, 3].map((i) => fround(sums[i]! + sums[i + 4]!)) as [number, number, number, number];
  return fround(fround(s0 + s1) + fround(s2 + s3));
}

/** Naive twin of the scores: features (rows × width) · weightsᵀ (outputs × width). */
export function naiveScores(features: Float32Array, weights: Float32Array, width: number): Float32Array {
  const rows = features.length / width;
  const outputs = weights.length / width;
  return Float32Array.from({ length: rows * outputs }, (_, at) => {
    const row = Math.floor(at / outputs) * width;
    const k = (at % outputs) * width;
    return dot(features.subarray(row, row + width), weights.subarray(k, k + width));
  });
}

/** Naive twin of the gathering product: leftᵀ (leftWidth × rows) · features (rows × width). */
export function naiveGather(
  left: Float32Array,
  leftWidth: number,
  features: Float32Array,
  width: number,
): Float32Array {
  const rows = features.length / width;
  return Float32Array.from({ length: leftWidth * width }, (_, at) => {
    const k = Math.floor(at / width);
    let sum = 0;
    for (let row = 0; row < rows; row++)
      sum = fround(sum + fround(left[row * leftWidth + k]! * features[row * width + (at % width)]!));
    return sum;
  });
}

/** Naive twin of the product of outputs × width with the transpose of width × width. */
export function naiveMultiply(product: Float32Array, matrix: Float32Array, width: number): Float32Array {
  return naiveScores(product, matrix, width);
}
