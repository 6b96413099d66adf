/** Sines and cosines of four angles at once. */

/** sin(2πy) for |y| up to a quarter turn: the Taylor polynomial of degree 11, off by less than 6e-8. */
const C1: f32 = 6.283185307179586;
const C3: f32 = -41.341702240399755;
const C5: f32 = 81.60524927607504;
const C7: f32 = -76.70585975306136;
const C9: f32 = 42.058693944897634;
const C11: f32 = -15.094642576822984;

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
export function putWaves(to: usize, cosine: usize, turns: v128, scale: v128): void {
  const rest = f32x4.sub(turns, f32x4.nearest(turns));
  const size = f32x4.abs(rest);
  const folded = f32x4.min(size, f32x4.sub(f32x4.splat(0.5), size));
  const sign = v128.and(rest, i32x4.splat(0x80000000));
  v128.store(to, sine(v128.or(folded, sign), scale));
  v128.store(to + cosine, sine(f32x4.sub(f32x4.splat(0.25), size), scale));
}
