/**
 * The search for a numeric cut over narrow cells as they lie, one number for gradient and count: a few operations a cell, and none for
 * cells without rows. Says the same as the search over wide cells with hessians of one.
 */

/** The best cut that the last search found: its gain, its bin (-1 for none), whether missing goes left, and the left side's cell. */
export let narrowGain: f64 = 0;
export let narrowBin: i32 = -1;
export let narrowMissingLeft: i32 = 0;
export let narrowSum: i64 = 0;

// The node under study; one thread runs one instance, so globals are its own.
let nodeTotal: i64 = 0;
let nodeShift: i64 = 0;
let nodeMask: i64 = 0;
let nodeLeast: i64 = 0;
let nodeLambda: f64 = 0;
let nodeAlpha: f64 = 0;
let nodeScore: f64 = 0;
/** Children of a lower score are not worth a division. */
let nodeBound: f64 = 0;

/** A gain under this share of the children's own scores is rounding. */
const NOISE: f64 = 1e-12;

/** What children must reach to be looked at for a score to beat: less by more than rounding. */
// @ts-ignore: decorator
@inline
export function boundOf(score: f64): f64 {
  return score * (1.0 - 1e-9);
}

/** Sets the node that following searches are for: its cell, the rows that a child must have, and its own score. */
export function beginNarrow(total: i64, shift: i64, leastRows: i64, lambda: f64, alpha: f64, score: f64): void {
  nodeTotal = total;
  nodeShift = shift;
  nodeMask = (<i64>1 << shift) - 1;
  nodeLeast = leastRows;
  nodeLambda = lambda;
  nodeAlpha = alpha;
  nodeScore = score;
}

// @ts-ignore: decorator
@inline
function sizeOf(sum: i64): f64 {
  return max(abs(<f64>(sum >> nodeShift)) - nodeAlpha, 0.0);
}

// @ts-ignore: decorator
@inline
function consider(sum: i64, bin: i32, missingLeft: i32): void {
  const rest = nodeTotal - sum;
  const count = sum & nodeMask;
  const restCount = rest & nodeMask;
  if (count < nodeLeast || restCount < nodeLeast) return;
  const left = sizeOf(sum);
  const right = sizeOf(rest);
  const weight = <f64>count + nodeLambda;
  const restWeight = <f64>restCount + nodeLambda;
  // Divisions are slow, and most cuts are far from the best: products tell.
  if (left * left * restWeight + right * right * weight < nodeBound * (weight * restWeight)) return;
  const children = (left * left) / weight + (right * right) / restWeight;
  const gain = children - nodeScore;
  if (gain > narrowGain && gain > children * NOISE) {
    narrowGain = gain;
    narrowBin = bin;
    narrowMissingLeft = missingLeft;
    narrowSum = sum;
    nodeBound = boundOf(gain + nodeScore);
  }
}

/** Tries every cut of `values` cells, with the cell of missing on either side where it has rows; keeps what gains over `least`. */
export function searchNarrow(cells: usize, values: i32, missing: i64, least: f64): void {
  narrowGain = least;
  nodeBound = boundOf(least + nodeScore);
  narrowBin = -1;
  let sum: i64 = 0;
  const last = values - 1;
  for (let bin = 0; bin < last; bin++) {
    const cell = load<i64>(cells + (<usize>bin << 3));
    sum += cell;
    if (((nodeTotal - sum) & nodeMask) < nodeLeast) break;
    consider(sum, bin, 0);
    if (missing != 0) consider(sum + missing, bin, 1);
  }
  if (missing != 0) consider(nodeTotal - missing, last, 0);
}

/** A feature's cells out of a column that several share, each summed over the others' codes. */
export function marginalCells(from: usize, columnCells: i32, divisor: i32, codes: i32, to: usize): void {
  memory.fill(to, 0, <usize>codes << 3);
  let code = 0;
  let repeat = 0;
  for (let i = 0; i < columnCells; i++) {
    const at = to + (<usize>code << 3);
    store<i64>(at, load<i64>(at) + load<i64>(from + (<usize>i << 3)));
    if (++repeat == divisor) {
      repeat = 0;
      if (++code == codes) code = 0;
    }
  }
}
