/** Sums of every eighth product, added up pair by pair. `count` is a multiple of 8. */
// @ts-ignore: decorator
@inline
export function dot(a: usize, b: usize, count: i32): f32 {
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
