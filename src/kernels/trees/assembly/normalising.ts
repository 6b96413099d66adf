import { AT_BLOCKS, AT_CLASSES, AT_NORMALISER, AT_ROWS, AT_SCORES, BLOCK_ROWS, pointer, takeTask, word } from "./frame";
import { log } from "../../mathematics/assembly/mathematics";
import { expPair, sigmoidPair } from "../../mathematics/assembly/pairs";
import { LOSS_SOFTMAX } from "./losses";

/**
 * The logarithm of the sum of exponentials of two rows' scores.
 *
 * @param row the first; where it is the last of all, both results are its own
 */
export function logSumExpPair(scores: usize, rows: usize, classes: i32, row: usize): v128 {
  const second = min(row + 1, rows - 1);
  let highest = scoresOf(scores, row, second);
  for (let k = 1; k < classes; k++)
    highest = f64x2.max(highest, scoresOf(scores + ((<usize>k * rows) << 3), row, second));
  let sum = f64x2.splat(0.0);
  for (let k = 0; k < classes; k++)
    sum = f64x2.add(sum, expPair(f64x2.sub(scoresOf(scores + ((<usize>k * rows) << 3), row, second), highest)));
  return f64x2.add(highest, f64x2(log(f64x2.extract_lane(sum, 0)), log(f64x2.extract_lane(sum, 1))));
}

// @ts-ignore: decorator
@inline
function scoresOf(scores: usize, first: usize, second: usize): v128 {
  return f64x2(load<f64>(scores + (first << 3)), load<f64>(scores + (second << 3)));
}

/** Phase: each row's normaliser for softmax. Works on whichever rows the frame names. */
export function normalisePass(thread: i32): void {
  const rows = word(AT_ROWS);
  const classes = word(AT_CLASSES);
  const blocks = word(AT_BLOCKS);
  const normaliser = pointer(AT_NORMALISER);
  for (let block = takeTask(); block < blocks; block = takeTask()) {
    const end = <usize>min(rows, (block + 1) * BLOCK_ROWS);
    for (let i = <usize>(block * BLOCK_ROWS); i < end; i += 2) {
      const pair = logSumExpPair(pointer(AT_SCORES), <usize>rows, classes, i);
      store<f64>(normaliser + (i << 3), f64x2.extract_lane(pair, 0));
      if (i + 1 < end) store<f64>(normaliser + (i << 3), f64x2.extract_lane(pair, 1), 8);
    }
  }
}

/**
 * Probabilities by logistic or softmax.
 *
 * @param loss which of the two, a constant
 * @param numbers the rows, as 16-bit numbers counted from the first; 0 for `count` rows from there on
 * @param to room for an even number
 */
// @ts-ignore: decorator
@inline
export function writeProbabilities(
  loss: i32, scores: usize, normaliser: usize, first: usize, numbers: usize, count: i32, to: usize,
): void {
  for (let j = 0; j < count; j += 2) {
    const next = min(j + 1, count - 1);
    const a = first + (numbers == 0 ? <usize>j : <usize>load<u16>(numbers + (<usize>j << 1)));
    const b = first + (numbers == 0 ? <usize>next : <usize>load<u16>(numbers + (<usize>next << 1)));
    const pair = scoresOf(scores, a, b);
    const probabilities = loss == LOSS_SOFTMAX
      ? expPair(f64x2.sub(pair, scoresOf(normaliser, a, b)))
      : sigmoidPair(pair);
    v128.store(to + (<usize>j << 3), probabilities);
  }
}
