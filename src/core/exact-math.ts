/**
 * Transcendental functions whose every bit is ours: only IEEE 754 additions, multiplications, divisions and bit moves, in a
 * fixed order, so that results are the same in every release of Node, in the kernels and in their TypeScript twins.
 * Errors stay under 1 unit in the last place over the ranges that training uses; not a replacement for correctly rounded functions.
 */

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const LOG2_E = Math.LOG2E;
const SQRT_HALF = Math.SQRT1_2;

const bits = new DataView(new ArrayBuffer(8));

/** 2 to an integer power from -1022 to 1023, exactly. */
function powerOfTwo(exponent: number): number {
  bits.setUint32(0, (exponent + 1023) << 20);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}

/** e to the x. Reduces to |r| at most ln 2 / 2, then the Taylor polynomial of degree 13. Infinity over 709.78, 0 under -745.13. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  if (x > 709.782712893384) return Number.POSITIVE_INFINITY;
  if (x < -745.1332191019411) return 0;
  const k = Math.floor(x * LOG2_E + 0.5);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let p = 1 / 6227020800;
  p = p * r + 1 / 479001600;
  p = p * r + 1 / 39916800;
  p = p * r + 1 / 3628800;
  p = p * r + 1 / 362880;
  p = p * r + 1 / 40320;
  p = p * r + 1 / 5040;
  p = p * r + 1 / 720;
  p = p * r + 1 / 120;
  p = p * r + 1 / 24;
  p = p * r + 1 / 6;
  p = p * r + 0.5;
  p = p * r * r + r + 1;
  if (k > 1022) return p * 2 * powerOfTwo(k - 1);
  if (k < -1021) return p * powerOfTwo(k + 200) * powerOfTwo(-200);
  return p * powerOfTwo(k);
}

/** Natural logarithm. Reduces to m in [√½, √2), then the series of atanh in s = (m - 1) / (m + 1). NaN under 0, -Infinity at 0. */
export function log(x: number): number {
  if (Number.isNaN(x) || x < 0) return Number.NaN;
  if (x === 0) return Number.NEGATIVE_INFINITY;
  if (x === Number.POSITIVE_INFINITY) return x;
  let scaled = x;
  let k = 0;
  if (x < 2.2250738585072014e-308) {
    scaled = x * 18014398509481984;
    k = -54;
  }
  bits.setFloat64(0, scaled);
  const high = bits.getUint32(0);
  k += (high >>> 20) - 1023 + 1;
  bits.setUint32(0, (high & 0x000fffff) | (1022 << 20));
  let m = bits.getFloat64(0);
  if (m < SQRT_HALF) {
    m *= 2;
    k -= 1;
  }
  const f = m - 1;
  const s = f / (2 + f);
  const z = s * s;
  let p = 1 / 23;
  p = p * z + 1 / 21;
  p = p * z + 1 / 19;
  p = p * z + 1 / 17;
  p = p * z + 1 / 15;
  p = p * z + 1 / 13;
  p = p * z + 1 / 11;
  p = p * z + 1 / 9;
  p = p * z + 1 / 7;
  p = p * z + 1 / 5;
  p = p * z + 1 / 3;
  // 2s is written as f - s·f: the rounding error of s then weighs only as much as its own small correction.
  const tail = 2 * s * z * p;
  return k * LN2_HIGH + (f - (s * f - (tail + k * LN2_LOW)));
}

/** 1 / (1 + e^-x), without overflow on either side. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + exp(-x));
  const e = exp(x);
  return e / (1 + e);
}
