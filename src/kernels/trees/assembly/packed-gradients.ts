import {
  AT_BLOCKS, AT_CLASSES, AT_GRADIENT_SCALE, AT_HESSIAN_SCALE, AT_ROUNDING_KEY0, AT_ROUNDING_KEY1, AT_ROWS, AT_ROW_IDS, AT_SCORES,
  AT_TARGET, BLOCK_ROWS, pointer, real, takeTask, word,
} from "./frame";
import { recordsOf } from "./packed-histogram";

/**
 * Gradients and hessians of logistic and softmax in 4 bytes a row, four rows at once: the gradient in 16 bits with a sign, the hessian
 * in 11. Each is rounded up or down by a hash of the row's number, with the chances that make the rounding zero on average
 * (Shi et al., "Quantized training of gradient boosting decision trees", NeurIPS 2022).
 */
export const PACKED_GRADIENT: i32 = 32767;
export const PACKED_HESSIAN: i32 = 2047;

/** A whole number from -2^22 to 2^22 more than this has that number in its lower bits, which spares the checks of a conversion. */
const WHOLE: f32 = 12582912.0;

/** e^x of four numbers at or under 0, to some 2e-7 of their size; as for -87 under that. */
// @ts-ignore: decorator
@inline
function expDown(below: v128): v128 {
  const x = f32x4.pmax(below, f32x4.splat(-87.0));
  const k = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504)));
  const r = f32x4.sub(f32x4.sub(x, f32x4.mul(k, f32x4.splat(0.693359375))), f32x4.mul(k, f32x4.splat(-2.12194440e-4)));
  let p = f32x4.splat(1.0 / 720.0);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 120.0));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 24.0));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 6.0));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.5));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0));
  return f32x4.mul(p, i32x4.shl(f32x4.add(k, f32x4.splat(WHOLE + 127.0)), 23));
}

/** Four float64 as float32. */
// @ts-ignore: decorator
@inline
function loadFour(from: usize): v128 {
  const low = f32x4.demote_f64x2_zero(v128.load(from));
  return v128.shuffle<i64>(low, f32x4.demote_f64x2_zero(v128.load(from, 16)), 0, 2);
}

/** The numbers of four rows, which they keep in whatever order they lie: what is rounded how does not depend on it. */
// @ts-ignore: decorator
@inline
function numbersOfFour(row: usize, ids: usize): v128 {
  return ids != 0 ? v128.load(ids + (row << 2)) : i32x4.add(i32x4.splat(<i32>row), i32x4(0, 1, 2, 3));
}

/** `rowHash` of four rows. */
// @ts-ignore: decorator
@inline
function hashFour(numbers: v128, key0: v128, key1: v128): v128 {
  let h = v128.xor(numbers, key0);
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 16)), i32x4.splat(0x85ebca6b));
  h = v128.xor(h, key1);
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 13)), i32x4.splat(0xc2b2ae35));
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 15)), i32x4.splat(0x2c1b3c6d));
  return v128.xor(h, i32x4.shr_u(h, 16));
}

/** Four records from gradients and hessians in steps. */
// @ts-ignore: decorator
@inline
function pack(gradient: v128, hessian: v128, hash: v128): v128 {
  const unit = f32x4.splat(1.0 / 65536.0);
  const high = f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_u(hash, 16)), unit);
  const low = f32x4.mul(f32x4.convert_i32x4_s(v128.and(hash, i32x4.splat(0xffff))), unit);
  const limit = f32x4.splat(<f32>PACKED_GRADIENT);
  const g = f32x4.pmax(f32x4.neg(limit), f32x4.pmin(limit, f32x4.floor(f32x4.add(gradient, high))));
  const h = f32x4.pmin(f32x4.splat(<f32>PACKED_HESSIAN), f32x4.floor(f32x4.add(hessian, low)));
  const whole = f32x4.splat(WHOLE);
  return v128.or(i32x4.shl(f32x4.add(g, whole), 16), v128.and(f32x4.add(h, whole), i32x4.splat(0xffff)));
}

// @ts-ignore: decorator
@inline
function packLogistic(first: usize, rows: i32, block: i32): void {
  const scores = pointer(AT_SCORES) + (first << 3);
  const target = pointer(AT_TARGET) + (first << 3);
  const to = recordsOf(block, 0);
  const key0 = i32x4.splat(word(AT_ROUNDING_KEY0));
  const key1 = i32x4.splat(word(AT_ROUNDING_KEY1));
  const byGradient = f32x4.splat(<f32>real(AT_GRADIENT_SCALE));
  const byHessian = f32x4.splat(<f32>real(AT_HESSIAN_SCALE));
  const one = f32x4.splat(1.0);
  const ids = pointer(AT_ROW_IDS);
  for (let i: usize = 0; i < <usize>rows; i += 4) {
    const score = loadFour(scores + (i << 3));
    const e = expDown(f32x4.neg(f32x4.abs(score)));
    const d = f32x4.div(one, f32x4.add(one, e));
    const rest = f32x4.mul(e, d);
    const p = v128.bitselect(d, rest, f32x4.ge(score, f32x4.splat(0.0)));
    const gradient = f32x4.sub(p, loadFour(target + (i << 3)));
    const hash = hashFour(numbersOfFour(first + i, ids), key0, key1);
    v128.store(to + (i << 2), pack(f32x4.mul(gradient, byGradient), f32x4.mul(f32x4.mul(rest, d), byHessian), hash));
  }
}

/** The records hold the exponentials until their sum is known. */
// @ts-ignore: decorator
@inline
function packSoftmax(first: usize, rows: i32, block: i32): void {
  const classes = word(AT_CLASSES);
  const step = <usize>word(AT_ROWS) << 3;
  const next = recordsOf(block, 1) - recordsOf(block, 0);
  const key0 = i32x4.splat(word(AT_ROUNDING_KEY0));
  const byGradient = f32x4.splat(<f32>real(AT_GRADIENT_SCALE));
  const spread = <f64>classes / <f64>(classes - 1);
  const byHessian = f32x4.splat(<f32>(real(AT_HESSIAN_SCALE) * spread));
  const one = f32x4.splat(1.0);
  const ids = pointer(AT_ROW_IDS);
  for (let i: usize = 0; i < <usize>rows; i += 4) {
    const scores = pointer(AT_SCORES) + ((first + i) << 3);
    const to = recordsOf(block, 0) + (i << 2);
    let highest = loadFour(scores);
    for (let k = 1; k < classes; k++) highest = f32x4.pmax(highest, loadFour(scores + <usize>k * step));
    let sum = f32x4.splat(0.0);
    for (let k = 0; k < classes; k++) {
      const e = expDown(f32x4.sub(loadFour(scores + <usize>k * step), highest));
      v128.store(to + <usize>k * next, e);
      sum = f32x4.add(sum, e);
    }
    const share = f32x4.div(one, sum);
    const target = loadFour(pointer(AT_TARGET) + ((first + i) << 3));
    for (let k = 0; k < classes; k++) {
      const p = f32x4.mul(v128.load(to + <usize>k * next), share);
      const own = v128.and(f32x4.eq(target, f32x4.splat(<f32>k)), one);
      const hash = hashFour(numbersOfFour(first + i, ids), key0, i32x4.splat(word(AT_ROUNDING_KEY1) + k));
      const hessian = f32x4.mul(f32x4.mul(p, f32x4.pmax(f32x4.splat(0.0), f32x4.sub(one, p))), byHessian);
      v128.store(to + <usize>k * next, pack(f32x4.mul(f32x4.sub(p, own), byGradient), hessian, hash));
    }
  }
}

/** Phase: the records of all rows and classes at their scores. Logistic has one class here. */
export function packedGradientPass(thread: i32): void {
  const rows = word(AT_ROWS);
  const blocks = word(AT_BLOCKS);
  for (let block = takeTask(); block < blocks; block = takeTask()) {
    const first = block * BLOCK_ROWS;
    const count = min(BLOCK_ROWS, rows - first);
    if (word(AT_CLASSES) > 1) packSoftmax(<usize>first, count, block);
    else packLogistic(<usize>first, count, block);
  }
}
