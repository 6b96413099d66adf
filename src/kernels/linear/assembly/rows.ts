// Rows of the sparse matrix. The constant behind the columns is 1 in every row.

/** The sum of a row's entries times the hyperplane's, in their order, and the constant. */
// @ts-ignore: decorator
@inline
export function dot(index: usize, value: usize, entries: i32, plane: usize, width: i32): f64 {
  let sum = load<f64>(plane + (<usize>width << 3));
  for (let k: i32 = 0; k < entries; k++) {
    sum += <f64>load<f32>(value + (<usize>k << 2)) * load<f64>(plane + (<usize>load<u32>(index + (<usize>k << 2)) << 3));
  }
  return sum;
}

/** Adds `step` times a row to the hyperplane. */
// @ts-ignore: decorator
@inline
export function addRow(index: usize, value: usize, entries: i32, plane: usize, width: i32, step: f64): void {
  for (let k: i32 = 0; k < entries; k++) {
    const at = plane + (<usize>load<u32>(index + (<usize>k << 2)) << 3);
    store<f64>(at, load<f64>(at) + step * <f64>load<f32>(value + (<usize>k << 2)));
  }
  const constant = plane + (<usize>width << 3);
  store<f64>(constant, load<f64>(constant) + step);
}

/** Shuffles the first `count` rows of an order (Fisher-Yates over xorshift64*). Returns the generator's next state. */
export function shuffle(order: usize, count: i32, seed: u64): u64 {
  let state = seed;
  for (let i: i32 = count - 1; i > 0; i--) {
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    const drawn = <u32>((state * 2685821657736338717) >> 32);
    // A bias of at most count / 2^32: the order of a pass decides nothing but how fast it converges.
    const j = <usize>((<u64>drawn * <u64>(i + 1)) >> 32);
    const here = order + (<usize>i << 2);
    const there = order + (j << 2);
    const kept = load<u32>(here);
    store<u32>(here, load<u32>(there));
    store<u32>(there, kept);
  }
  return state;
}
