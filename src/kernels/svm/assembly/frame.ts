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

let frame: usize = 0;

/** Tells this thread where the frame lies. */
export function attach(address: usize): i32 {
  frame = address;
  return 0;
}

// @ts-ignore: decorator
@inline
export function at(field: i32): i32 {
  return load<i32>(frame + field);
}

// @ts-ignore: decorator
@inline
export function real(field: i32): f32 {
  return load<f32>(frame + field);
}

// @ts-ignore: decorator
@inline
export function nextTask(): i32 {
  return atomic.add<i32>(frame + AT_NEXT_TASK, 1);
}
