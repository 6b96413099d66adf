import { word } from "../../frame/assembly/frame";

export { AT_NEXT_TASK, attach, takeTask, word } from "../../frame/assembly/frame";

/** Where the frame keeps what. */
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

/** A float32 of the frame. */
// @ts-ignore: decorator
@inline
export function real(field: i32): f32 {
  return reinterpret<f32>(word(field));
}
