/** `rowHash` of `core/random.ts`: a uniform 32-bit hash of a number under a key. */
// @ts-ignore: decorator
@inline
export function hashOf(key0: u32, key1: u32, number: u32): u32 {
  let h: u32 = number ^ key0;
  h = (h ^ (h >> 16)) * 0x85ebca6b;
  h = h ^ key1;
  h = (h ^ (h >> 13)) * 0xc2b2ae35;
  h = (h ^ (h >> 15)) * 0x2c1b3c6d;
  return h ^ (h >> 16);
}

/** A whole number from 0 to `count` - 1. */
// @ts-ignore: decorator
@inline
export function below(hash: u32, count: u32): u32 {
  return <u32>((<u64>hash * <u64>count) >> 32);
}
