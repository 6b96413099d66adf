import {
  AT_BLOCKS, AT_CLASS, AT_CLASSES, AT_GIVEN, AT_LARGEST_ORDINARY, AT_LOSS, AT_LOSS_PARAMETER, AT_NORMALISER, AT_ROWS,
  AT_ROW_SIZES, AT_SCORES, AT_SIZE_COUNTS, AT_TARGET, AT_WEIGHT, BLOCK_ROWS, pointer, real, takeTask, word,
} from "./frame";
import { LOSS_GIVEN, LOSS_SOFTMAX, gradientOf, secondPart, sharedPart } from "./losses";

/** Counts of a thread: one for each first 16 bits of a float32 that is not negative. */
const COUNTS: usize = 1 << 15;

/** Phase: the size of each row's gradient, weights counted, and by thread how many sizes begin with the same 16 bits. */
export function gradientSizePass(thread: i32): void {
  const blocks = word(AT_BLOCKS);
  const counts = pointer(AT_SIZE_COUNTS) + ((<usize>thread * COUNTS) << 2);
  for (let block = takeTask(); block < blocks; block = takeTask()) {
    const end = <usize>min(word(AT_ROWS), (block + 1) * BLOCK_ROWS);
    sizeRows(<usize>(block * BLOCK_ROWS), end, counts);
  }
}

function sizeRows(from: usize, end: usize, counts: usize): void {
  const loss = word(AT_LOSS);
  const weights = pointer(AT_WEIGHT);
  const sizes = pointer(AT_ROW_SIZES);
  for (let i = from; i < end; i++) {
    const weight = weights == 0 ? 1.0 : <f64>load<f32>(weights + (i << 2));
    const size = <f32>abs((loss == LOSS_GIVEN ? load<f64>(pointer(AT_GIVEN) + (i << 4)) : gradientAt(loss, i)) * weight);
    store<f32>(sizes + (i << 2), size);
    const count = counts + (<usize>firstBits(size) << 2);
    store<u32>(count, load<u32>(count) + 1);
  }
}

/** The gradient of a row's loss for the class under way. */
function gradientAt(loss: i32, row: usize): f64 {
  const parameter = real(AT_LOSS_PARAMETER);
  const y = load<f64>(pointer(AT_TARGET) + (row << 3));
  const score = load<f64>(pointer(AT_SCORES) + ((<usize>word(AT_CLASS) * <usize>word(AT_ROWS) + row) << 3));
  const normaliser = loss == LOSS_SOFTMAX ? load<f64>(pointer(AT_NORMALISER) + (row << 3)) : 0.0;
  const shared = sharedPart(loss, score, y, normaliser, parameter);
  return gradientOf(loss, shared, secondPart(loss, score, parameter), y, <f64>word(AT_CLASS), parameter);
}

// @ts-ignore: decorator
@inline
function firstBits(size: f32): u32 {
  return reinterpret<u32>(size) >>> 16;
}

/** Whether a row's gradient is among the large ones, which are all in the sample. Never where sizes are not looked at. */
// @ts-ignore: decorator
@inline
export function isLarge(sizes: usize, row: usize): bool {
  return sizes != 0 && load<u32>(sizes + (row << 2)) >>> 16 > <u32>word(AT_LARGEST_ORDINARY);
}
