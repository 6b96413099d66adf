import { exp } from "./mathematics";

/** The functions of `mathematics.ts` of two numbers at once, operation by operation the same, so that they give the same bits. */

const LN2_HIGH: f64 = 0.6931471803691238;
const LN2_LOW: f64 = 1.9082149292705877e-10;
const LOG2_E: f64 = 1.4426950408889634;
/** Within it, neither a result nor a power of two on the way to it leaves the range of float64. */
const ORDINARY: f64 = 700;

// @ts-ignore: decorator
@inline
function step(p: v128, r: v128, term: f64): v128 {
  return f64x2.add(f64x2.mul(p, r), f64x2.splat(term));
}

/** e^x. */
// @ts-ignore: decorator
@inline
export function expPair(x: v128): v128 {
  if (!i64x2.all_true(f64x2.le(f64x2.abs(x), f64x2.splat(ORDINARY))))
    return f64x2(exp(f64x2.extract_lane(x, 0)), exp(f64x2.extract_lane(x, 1)));
  const k = f64x2.floor(f64x2.add(f64x2.mul(x, f64x2.splat(LOG2_E)), f64x2.splat(0.5)));
  const high = f64x2.sub(x, f64x2.mul(k, f64x2.splat(LN2_HIGH)));
  const r = f64x2.sub(high, f64x2.mul(k, f64x2.splat(LN2_LOW)));
  let p = step(f64x2.splat(1.0 / 6227020800.0), r, 1.0 / 479001600.0);
  p = step(p, r, 1.0 / 39916800.0);
  p = step(p, r, 1.0 / 3628800.0);
  p = step(p, r, 1.0 / 362880.0);
  p = step(p, r, 1.0 / 40320.0);
  p = step(p, r, 1.0 / 5040.0);
  p = step(p, r, 1.0 / 720.0);
  p = step(p, r, 1.0 / 120.0);
  p = step(p, r, 1.0 / 24.0);
  p = step(p, r, 1.0 / 6.0);
  p = step(p, r, 0.5);
  p = f64x2.add(f64x2.add(f64x2.mul(f64x2.mul(p, r), r), r), f64x2.splat(1.0));
  const n = i64x2.extend_low_i32x4_s(i32x4.trunc_sat_f64x2_s_zero(k));
  return f64x2.mul(p, i64x2.shl(i64x2.add(n, i64x2.splat(1023)), 52));
}

/** 1 / (1 + e^-x). */
// @ts-ignore: decorator
@inline
export function sigmoidPair(x: v128): v128 {
  const one = f64x2.splat(1.0);
  const e = expPair(f64x2.neg(f64x2.abs(x)));
  const numerator = v128.bitselect(one, e, f64x2.ge(x, f64x2.splat(0.0)));
  return f64x2.div(numerator, f64x2.add(one, e));
}
