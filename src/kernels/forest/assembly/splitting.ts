import { AT_CLASSES, AT_MIN_LEAF, AT_RANDOM_SPLITS, SET_BYTES, WORK_SUMS, real, word } from "./frame";
import { cellBytes, clearHistogram, listBins, listOf } from "./histograms";
import { below } from "./random";
import { totalValue, totalWeight } from "./rows";

/**
 * The best split of a node: the one whose children have the greatest sum of (sum of weight × value)² / weight, which is the least squared
 * error, or of Σ (weight of a class)² / weight, the least Gini impurity (Breiman et al., 1984). Of equal ones the first counts.
 */

let classes: i32 = 1;
let minLeaf: f64 = 1;
let randomSplits: bool = false;
/** Class sums of the node, of the left side, and of the rows without a value. */
let totals: usize = 0;
let lefts: usize = 0;

export let bestScore: f64 = -Infinity;
export let bestFeature: i32 = -1;
export let bestThreshold: i32 = 0;
export let bestMissingLeft: bool = false;
/** True where the split names a set of bins, which lies at `bestSet`. */
export let bestBySet: bool = false;
export let bestSet: usize = 0;

let leftWeight: f64 = 0;
let leftValue: f64 = 0;
// The best place in the list of the feature at hand.
let place: i32 = -1;
let placeMissingLeft: bool = false;
let placeLeftHeavier: bool = false;

/** `WORK_SUMS` has room for two rows of class sums and a set. */
export function bindSplitting(workspace: usize): void {
  classes = word(AT_CLASSES);
  minLeaf = real(AT_MIN_LEAF);
  randomSplits = word(AT_RANDOM_SPLITS) != 0;
  totals = load<u32>(workspace, WORK_SUMS);
  lefts = totals + (<usize>classes << 3);
  bestSet = lefts + (<usize>classes << 3);
}

export function beginNode(): void {
  bestScore = -Infinity;
  bestFeature = -1;
}

/** What the node itself is worth, for the gain of its split. */
export function nodeScore(): f64 {
  if (classes == 1) return (totalValue * totalValue) / totalWeight;
  let squares: f64 = 0;
  for (let k = 0; k < classes; k++) {
    const sum = load<f64>(totals + (<usize>k << 3));
    squares += sum * sum;
  }
  return squares / totalWeight;
}

function clearLeft(): void {
  leftWeight = 0;
  leftValue = 0;
  if (classes > 1) memory.fill(lefts, 0, <usize>classes << 3);
}

// @ts-ignore: decorator
@inline
function moveLeft(cell: usize): void {
  if (classes == 1) {
    leftValue += load<f64>(cell);
    leftWeight += load<f64>(cell, 8);
    return;
  }
  for (let k = 0; k < classes; k++) {
    const at = lefts + (<usize>k << 3);
    store<f64>(at, load<f64>(at) + load<f64>(cell + (<usize>k << 3)));
  }
  leftWeight += load<f64>(cell + (<usize>classes << 3));
}

/** Score of the split as it stands, with the rows of a further cell on the left; -Infinity where a child would be too small. */
// @ts-ignore: decorator
@inline
function scoreWith(cell: usize): f64 {
  let weight = leftWeight;
  if (cell != 0) weight += load<f64>(cell + cellBytes - 8);
  const rest = totalWeight - weight;
  if (weight < minLeaf || rest < minLeaf) return -Infinity;
  if (classes == 1) {
    const left = cell == 0 ? leftValue : leftValue + load<f64>(cell);
    const right = totalValue - left;
    return (left * left) / weight + (right * right) / rest;
  }
  let leftSquares: f64 = 0;
  let rightSquares: f64 = 0;
  for (let k = 0; k < classes; k++) {
    const offset = <usize>k << 3;
    const left = cell == 0 ? load<f64>(lefts + offset) : load<f64>(lefts + offset) + load<f64>(cell + offset);
    const right = load<f64>(totals + offset) - left;
    leftSquares += left * left;
    rightSquares += right * right;
  }
  return leftSquares / weight + rightSquares / rest;
}

// @ts-ignore: decorator
@inline
function consider(at: i32, cell: usize): bool {
  const score = scoreWith(cell);
  if (!(score > bestScore)) return false;
  bestScore = score;
  place = at;
  placeMissingLeft = cell != 0;
  placeLeftHeavier = leftWeight * 2 >= totalWeight;
  return true;
}

/**
 * Looks at a feature's histogram, keeps its best split where that beats those before, and empties it.
 *
 * @param missing code of missing, or -1 for a feature of categories
 * @param random a hash, for what is drawn
 * @returns false where the feature is constant in the node
 */
export function tryFeature(feature: i32, histogram: usize, codes: i32, missing: i32, random: u32): bool {
  const found = listBins(histogram, codes);
  if (found > 1) {
    place = -1;
    clearLeft();
    if (missing >= 0) tryThresholds(histogram, found, missing, random);
    else trySets(histogram, found, random);
    if (place >= 0) keep(feature, histogram, found, missing);
  }
  clearHistogram(histogram, codes, found);
  return found > 1;
}

// @ts-ignore: decorator
@inline
function cellOf(histogram: usize, at: i32): usize {
  return histogram + <usize>load<u8>(listOf(histogram) + <usize>at) * cellBytes;
}

function tryThresholds(histogram: usize, found: i32, missing: i32, random: u32): void {
  const hasMissing = <i32>load<u8>(listOf(histogram) + <usize>(found - 1)) == missing;
  const missingCell = hasMissing ? cellOf(histogram, found - 1) : 0;
  // The last place is all values on one side: a split only from those that are missing.
  const places = found - 1;
  const only = randomSplits ? <i32>below(random, <u32>places) : -1;
  for (let i = 0; i < places; i++) {
    moveLeft(cellOf(histogram, i));
    if (only >= 0 && i != only) continue;
    consider(i, 0);
    if (hasMissing && i < places - 1) consider(i, missingCell);
  }
}

/** Weight × mean of a bin's values, or the share of one class, by which bins are put in order. */
// @ts-ignore: decorator
@inline
function meanOf(cell: usize, chosen: i32): f64 {
  return load<f64>(cell + (<usize>chosen << 3)) / load<f64>(cell + cellBytes - 8);
}

/**
 * Sets of bins: those with the least mean against the rest (Fisher, 1958). With more than two classes the mean is that of one class,
 * drawn for each split, so that each has its turn.
 */
function trySets(histogram: usize, found: i32, random: u32): void {
  const list = listOf(histogram);
  const chosen = classes == 1 ? 0 : <i32>below(random, <u32>classes);
  for (let i = 1; i < found; i++) {
    const bin = load<u8>(list + <usize>i);
    const mean = meanOf(histogram + <usize>bin * cellBytes, chosen);
    let j = i;
    for (; j > 0 && meanOf(cellOf(histogram, j - 1), chosen) > mean; j--) store<u8>(list + <usize>j, load<u8>(list + <usize>(j - 1)));
    store<u8>(list + <usize>j, bin);
  }
  const only = randomSplits ? <i32>below(random, <u32>(found - 1)) : -1;
  for (let i = 0; i < found - 1; i++) {
    moveLeft(cellOf(histogram, i));
    if (only < 0 || i == only) consider(i, 0);
  }
}

/** Writes down the split that `consider` found. Bins that no row of the node has go where more of its rows go. */
function keep(feature: i32, histogram: usize, found: i32, missing: i32): void {
  const list = listOf(histogram);
  bestFeature = feature;
  bestBySet = missing < 0;
  if (missing < 0) {
    memory.fill(bestSet, placeLeftHeavier ? 255 : 0, SET_BYTES);
    for (let i = 0; i < found; i++) {
      const bin = <u32>load<u8>(list + <usize>i);
      const at = bestSet + <usize>(bin >> 3);
      const bit = <u8>((<u32>1) << (bin & 7));
      if (i <= place) store<u8>(at, load<u8>(at) | bit);
      else store<u8>(at, load<u8>(at) & ~bit);
    }
    return;
  }
  const low = <i32>load<u8>(list + <usize>place);
  const high = <i32>load<u8>(list + <usize>(place + 1));
  const hasMissing = <i32>load<u8>(list + <usize>(found - 1)) == missing;
  // In the middle between values of the node, as it would be without bins.
  bestThreshold = high == missing ? missing - 1 : (low + high - 1) >> 1;
  bestMissingLeft = hasMissing ? placeMissingLeft : placeLeftHeavier;
}
