import {
  AT_AMPLIFICATION, AT_BLOCKS, AT_CLASS, AT_CLASSES, AT_CLASS_ROOTS_KNOWN, AT_GIVEN, AT_GRADIENT_SCALE, AT_HESSIAN_FLOOR, AT_HESSIAN_SCALE, AT_LOSS,
  AT_LOSS_PARAMETER, AT_NORMALISER, AT_PACKED, AT_QUANTISED, AT_ROWS, AT_ROW_SIZES, AT_SAMPLE_KEY0, AT_SAMPLE_KEY1, AT_SAMPLE_LIMIT, AT_SAMPLING,
  AT_SCORES, AT_SCRATCH, AT_SCRATCH_BYTES, AT_SHIFT, AT_SKIPPING, AT_SLOT, AT_STATISTICS, AT_TARGET, AT_WEIGHT, BLOCK_ROWS,
  BLOCK_STATISTICS_BYTES, histogramOf, pointer, real, takeTask, word,
} from "./frame";
import { histogramGathered, histogramSequence } from "./histogram";
import {
  LOSS_ABSOLUTE, LOSS_GAMMA, LOSS_GIVEN, LOSS_HUBER, LOSS_LOGISTIC, LOSS_POISSON, LOSS_QUANTILE, LOSS_SOFTMAX, LOSS_SQUARED,
  LOSS_TWEEDIE, gradientOf, hessianOf, lossAt, secondPart, sharedPart,
} from "./losses";
import { logSumExpPair, writeProbabilities } from "./normalising";
import { isLarge } from "./one-side";
import { addPacked, emptyPacked } from "./packed-histogram";
import { binsOf, numbersOf, resetNumbers, rowsIn } from "./partition";
import { sampleNumbers } from "./sampling";

/** Rows whose probabilities are computed together: as many as fit a thread's scratch. */
const PROBABILITIES: i32 = 1024;

/** The hash of `core/random.ts` `rowHash` for row numbers under 2^32. */
export function rowHash(key0: u32, key1: u32, row: u32): u32 {
  let h = row ^ key0;
  h = (h ^ (h >>> 16)) * 0x85ebca6b;
  h = h ^ key1;
  h = (h ^ (h >>> 13)) * 0xc2b2ae35;
  h = (h ^ (h >>> 15)) * 0x2c1b3c6d;
  return h ^ (h >>> 16);
}

// @ts-ignore: decorator
@inline
function weightOf(weights: usize, row: usize): f64 {
  return weights == 0 ? 1.0 : <f64>load<f32>(weights + (row << 2));
}

/**
 * Quantises the gradients of a block's rows: 16-byte cells of gradient, hessian and count.
 *
 * @param numbers the rows, as 16-bit numbers; 0 for the first `count`
 */
function quantise(first: i32, count: i32, numbers: usize, thread: i32): void {
  const end = <usize>(first + count);
  const from = <usize>first;
  const loss = word(AT_LOSS);
  const scratch = pointer(AT_SCRATCH) + <usize>thread * <usize>word(AT_SCRATCH_BYTES);
  if (loss == LOSS_SQUARED) quantiseRows(LOSS_SQUARED, from, end, numbers);
  else if (loss == LOSS_LOGISTIC) quantiseProbabilities(LOSS_LOGISTIC, first, count, numbers, scratch);
  else if (loss == LOSS_SOFTMAX) quantiseProbabilities(LOSS_SOFTMAX, first, count, numbers, scratch);
  else if (loss == LOSS_ABSOLUTE) quantiseRows(LOSS_ABSOLUTE, from, end, numbers);
  else if (loss == LOSS_HUBER) quantiseRows(LOSS_HUBER, from, end, numbers);
  else if (loss == LOSS_QUANTILE) quantiseRows(LOSS_QUANTILE, from, end, numbers);
  else if (loss == LOSS_POISSON) quantiseRows(LOSS_POISSON, from, end, numbers);
  else if (loss == LOSS_GAMMA) quantiseRows(LOSS_GAMMA, from, end, numbers);
  else if (loss == LOSS_TWEEDIE) quantiseRows(LOSS_TWEEDIE, from, end, numbers);
  else quantiseRows(LOSS_GIVEN, from, end, numbers);
}

/** Losses of probabilities, which are computed for some rows together before. */
// @ts-ignore: decorator
@inline
function quantiseProbabilities(loss: i32, first: i32, count: i32, numbers: usize, scratch: usize): void {
  const scores = pointer(AT_SCORES) + <usize>word(AT_CLASS) * <usize>word(AT_ROWS) * 8;
  const normaliser = pointer(AT_NORMALISER);
  for (let done = 0; done < count; done += PROBABILITIES) {
    const some = min(PROBABILITIES, count - done);
    const own = numbers == 0 ? 0 : numbers + (<usize>done << 1);
    // Named rows are counted from the block's first.
    const from = <usize>(numbers == 0 ? first + done : first);
    writeProbabilities(loss, scores, normaliser, from, own, some, scratch);
    quantiseRows(loss, from, from + <usize>some, own, scratch);
  }
}

/** @param probabilities of these rows, one after the other, for losses of probabilities */
// @ts-ignore: decorator
@inline
function quantiseRows(loss: i32, from: usize, end: usize, numbers: usize, probabilities: usize = 0): void {
  const shift = <i64>word(AT_SHIFT);
  const byGradient = real(AT_GRADIENT_SCALE);
  const byHessian = real(AT_HESSIAN_SCALE);
  const hessianFloor = real(AT_HESSIAN_FLOOR);
  const parameter = real(AT_LOSS_PARAMETER);
  const scores = pointer(AT_SCORES) + <usize>word(AT_CLASS) * <usize>word(AT_ROWS) * 8;
  const target = pointer(AT_TARGET);
  const weights = pointer(AT_WEIGHT);
  const given = pointer(AT_GIVEN);
  const quantised = pointer(AT_QUANTISED);
  const classNumber = <f64>word(AT_CLASS);
  const classes = word(AT_CLASSES);
  const spread = classes > 1 ? <f64>classes / <f64>(classes - 1) : 1.0;
  const sampling = word(AT_SAMPLING) != 0;
  const key0 = <u32>word(AT_SAMPLE_KEY0);
  const key1 = <u32>word(AT_SAMPLE_KEY1);
  const limit = <u32>word(AT_SAMPLE_LIMIT);
  const sizes = sampling ? pointer(AT_ROW_SIZES) : 0;
  // Rows that are named are those that were drawn.
  const draws = sampling && numbers == 0;
  const amplification = real(AT_AMPLIFICATION);
  for (let k = from; k < end; k++) {
    const i = numbers == 0 ? k : from + <usize>load<u16>(numbers + ((k - from) << 1));
    const large = isLarge(sizes, i);
    const weight = sizes == 0 || large ? weightOf(weights, i) : weightOf(weights, i) * amplification;
    let g: f64;
    let h: f64;
    if (loss == LOSS_GIVEN) {
      g = load<f64>(given + (i << 4));
      h = load<f64>(given + (i << 4), 8);
    } else {
      const y = load<f64>(target + (i << 3));
      const score = load<f64>(scores + (i << 3));
      const shared = probabilities == 0
        ? sharedPart(loss, score, y, 0.0, parameter)
        : load<f64>(probabilities + ((k - from) << 3));
      const second = secondPart(loss, score, parameter);
      g = gradientOf(loss, shared, second, y, classNumber, parameter);
      h = hessianOf(loss, shared, second, spread, parameter);
    }
    // Rounding up keeps a hessian over 0, so that no leaf divides by nothing.
    h = max(h, hessianFloor) * weight;
    let gradient = <i64>nearest(g * weight * byGradient);
    let rest = (<i64>ceil(h * byHessian) << shift) | 1;
    if (weight == 0.0 || (draws && !large && rowHash(key0, key1, <u32>i) >= limit)) {
      gradient = 0;
      rest = 0;
    }
    store<i64>(quantised + (i << 4), gradient);
    store<i64>(quantised + (i << 4), rest, 8);
  }
}

/** Phase: quantised gradients, but for packed ones, row numbers in order, and the root's histogram where it is not known, block by block. */
export function rootPass(thread: i32): void {
  const blocks = word(AT_BLOCKS);
  const histogram = histogramOf(thread, 0, pointer(AT_SLOT));
  const skipping = word(AT_SKIPPING) != 0;
  const known = word(AT_CLASS_ROOTS_KNOWN) != 0;
  for (let block = takeTask(); block < blocks; block = takeTask()) {
    const first = block * BLOCK_ROWS;
    const all = rowsIn(block);
    let numbers: usize = 0;
    let rows = all;
    if (skipping) {
      rows = sampleNumbers(block, all, thread);
      numbers = numbersOf(block);
    } else resetNumbers(block, all);
    if (word(AT_PACKED)) {
      if (!known) addPacked(thread, 0, histogram, numbers, rows, binsOf(block), block);
      continue;
    }
    quantise(first, rows, numbers, thread);
    const quantised = pointer(AT_QUANTISED) + (<usize>first << 4);
    if (skipping) histogramGathered(numbers, rows, binsOf(block), quantised, histogram);
    else histogramSequence(rows, binsOf(block), quantised, histogram);
  }
  if (word(AT_PACKED)) emptyPacked(thread);
}

/**
 * Phase: what a block's rows say about the model, weights counted: 0 the largest gradient's size f64 · 8 the sum of gradients' sizes
 * f64 · 16 the sum of losses f64 · 24 the sum of weights f64 · 32 the largest hessian f64 · 40 the sum of hessians f64. Logistic
 * and softmax bound their gradients and hessians, and leave those at 0; given gradients have no loss here.
 */
export function statisticsPass(thread: i32): void {
  const rows = word(AT_ROWS);
  const blocks = word(AT_BLOCKS);
  for (let block = takeTask(); block < blocks; block = takeTask()) blockStatistics(block, <usize>rows);
}

export function blockStatistics(block: i32, rows: usize): void {
  const from = <usize>block * BLOCK_ROWS;
  const end = min<usize>(rows, <usize>(block + 1) * BLOCK_ROWS);
  const out = pointer(AT_STATISTICS) + <usize>block * <usize>BLOCK_STATISTICS_BYTES;
  const loss = word(AT_LOSS);
  if (loss == LOSS_SQUARED) gatherStatistics(LOSS_SQUARED, from, end, rows, out);
  else if (loss == LOSS_LOGISTIC) gatherStatistics(LOSS_LOGISTIC, from, end, rows, out);
  else if (loss == LOSS_SOFTMAX) gatherStatistics(LOSS_SOFTMAX, from, end, rows, out);
  else if (loss == LOSS_ABSOLUTE) gatherStatistics(LOSS_ABSOLUTE, from, end, rows, out);
  else if (loss == LOSS_HUBER) gatherStatistics(LOSS_HUBER, from, end, rows, out);
  else if (loss == LOSS_QUANTILE) gatherStatistics(LOSS_QUANTILE, from, end, rows, out);
  else if (loss == LOSS_POISSON) gatherStatistics(LOSS_POISSON, from, end, rows, out);
  else if (loss == LOSS_GAMMA) gatherStatistics(LOSS_GAMMA, from, end, rows, out);
  else if (loss == LOSS_TWEEDIE) gatherStatistics(LOSS_TWEEDIE, from, end, rows, out);
  else gatherStatistics(LOSS_GIVEN, from, end, rows, out);
}

// @ts-ignore: decorator
@inline
function gatherStatistics(loss: i32, from: usize, end: usize, rows: usize, out: usize): void {
  const classes = word(AT_CLASSES);
  const parameter = real(AT_LOSS_PARAMETER);
  const scores = pointer(AT_SCORES);
  const target = pointer(AT_TARGET);
  const weights = pointer(AT_WEIGHT);
  const given = pointer(AT_GIVEN);
  let largest: f64 = 0;
  let sizes: f64 = 0;
  let losses: f64 = 0;
  let total: f64 = 0;
  let largestHessian: f64 = 0;
  let hessians: f64 = 0;
  let pair = f64x2.splat(0.0);
  for (let i = from; i < end; i++) {
    const weight = weightOf(weights, i);
    const score = load<f64>(scores + (i << 3));
    const y = load<f64>(target + (i << 3));
    if (loss == LOSS_SOFTMAX) {
      const own = load<f64>(scores + ((<usize>y * rows + i) << 3));
      const even = ((i - from) & 1) == 0;
      if (even) pair = logSumExpPair(scores, rows, classes, i);
      losses += weight * ((even ? f64x2.extract_lane(pair, 0) : f64x2.extract_lane(pair, 1)) - own);
    } else if (loss == LOSS_LOGISTIC) {
      losses += weight * lossAt(loss, score, y, parameter);
    } else {
      let g: f64;
      let h: f64;
      if (loss == LOSS_GIVEN) {
        g = load<f64>(given + (i << 4));
        h = load<f64>(given + (i << 4), 8);
      } else {
        const shared = sharedPart(loss, score, y, 0.0, parameter);
        const second = secondPart(loss, score, parameter);
        g = gradientOf(loss, shared, second, y, 0.0, parameter);
        h = hessianOf(loss, shared, second, 1.0, parameter);
        losses += lossAt(loss, score, y, parameter) * weight;
      }
      const size = abs(g) * weight;
      largest = max(largest, size);
      sizes += size;
      largestHessian = max(largestHessian, h * weight);
      hessians += h * weight;
    }
    total += weight;
  }
  store<f64>(out, largest);
  store<f64>(out, sizes, 8);
  store<f64>(out, losses, 16);
  store<f64>(out, total, 24);
  store<f64>(out, largestHessian, 32);
  store<f64>(out, hessians, 40);
}
