import {
  AT_ALPHA, AT_BOUNDS, AT_CATEGORY_GAIN, AT_CATEGORY_LAMBDA, AT_LAMBDA, AT_MIN_CHILD_ROWS, AT_MIN_CHILD_WEIGHT, AT_MIN_GAIN, AT_NODES,
  AT_SHIFT, NODE_BYTES, pointer, real, word,
} from "./frame";
import { beginNarrow, boundOf } from "./narrow-search";

/**
 * What parting a node is worth: the node under study, and the best left side that was considered for the feature under study.
 * One thread runs one instance, so globals are its own. All regularisation is in units of quantised gradients and hessians.
 */

/** A gain under this share of the children's own scores is rounding. */
const NOISE: f64 = 1e-12;

export let totalGradient: i64 = 0;
export let totalRest: i64 = 0;
export let shift: i64 = 0;
export let countMask: i64 = 0;

/** Rows that a child must have. */
export let leastRows: i64 = 0;
export let lambda: f64 = 0;
export let alpha: f64 = 0;
/** What the children's scores must beat: the node's own, and what the feature under study has to pay. */
export let parentScore: f64 = 0;

let nodeScore: f64 = 0;
let minWeight: f64 = 0;
let lowest: f64 = 0;
let highest: f64 = 0;
let direction: f64 = 0;

/** The best left side: its gain, its bin (-1 for none), whether missing is in it, its sum of gradients, of hessians and count. */
export let bestGain: f64 = 0;
export let bestBin: i32 = 0;
export let bestMissingLeft: i32 = 0;
export let bestGradient: i64 = 0;
export let bestRest: i64 = 0;

/** Sets the node under study. Returns false for one of too few rows to be parted. */
export function beginNode(node: i32): bool {
  const sums = pointer(AT_NODES) + <usize>(node * NODE_BYTES);
  shift = <i64>word(AT_SHIFT);
  countMask = (<i64>1 << shift) - 1;
  totalGradient = load<i64>(sums);
  totalRest = load<i64>(sums, 8);
  leastRows = max<i64>(1, word(AT_MIN_CHILD_ROWS));
  minWeight = real(AT_MIN_CHILD_WEIGHT);
  lambda = real(AT_LAMBDA);
  alpha = real(AT_ALPHA);
  if ((totalRest & countMask) < 2 * leastRows) return false;
  takeBounds(node);
  nodeScore = parentScore;
  const total = (totalGradient << shift) + (totalRest & countMask);
  beginNarrow(total, shift, max<i64>(leastRows, <i64>ceil(minWeight)), lambda, alpha, parentScore);
  return true;
}

/** Reads a node's bounds, and its own score inside them. */
function takeBounds(node: i32): void {
  const gradient = <f64>totalGradient;
  const hessian = <f64>(totalRest >> shift);
  if (word(AT_BOUNDS) == 0) {
    parentScore = scoreOf(gradient, hessian);
    return;
  }
  const bounds = pointer(AT_BOUNDS) + (<usize>node << 4);
  lowest = load<f64>(bounds);
  highest = load<f64>(bounds, 8);
  parentScore = scoreAt(gradient, hessian, boundedValue(gradient, hessian));
}

/** Begins a feature: 1 where predictions must not fall with it, -1 not rise, 0 free. */
export function beginFeature(monotone: i32): void {
  bestGain = real(AT_MIN_GAIN);
  bestBin = -1;
  lambda = real(AT_LAMBDA);
  parentScore = nodeScore;
  direction = <f64>monotone;
}

/** Has the feature under study pay for being split by a set of so many categories, the best of very many. */
export function payForSet(categories: i32): void {
  lambda += real(AT_CATEGORY_LAMBDA);
  parentScore += real(AT_CATEGORY_GAIN) * <f64>(categories - 1);
}

/** Takes what another search found as the best. */
export function takeBest(gain: f64, bin: i32, gradient: i64, rest: i64): void {
  bestGain = gain;
  bestBin = bin;
  bestGradient = gradient;
  bestRest = rest;
}

/** 1 where the best's left child has no fewer rows than the right. */
export function largerSide(): i32 {
  return <i32>(2 * (bestRest & countMask) >= (totalRest & countMask));
}

// @ts-ignore: decorator
@inline
function scoreOf(gradient: f64, hessian: f64): f64 {
  const size = max(abs(gradient) - alpha, 0.0);
  return (size * size) / (hessian + lambda);
}

/** Under 0 where two children's scores are less than what they must reach by more than rounding. */
// @ts-ignore: decorator
@inline
function scoreProduct(gradient: f64, hessian: f64, otherGradient: f64, otherHessian: f64): f64 {
  const size = max(abs(gradient) - alpha, 0.0);
  const otherSize = max(abs(otherGradient) - alpha, 0.0);
  const weight = hessian + lambda;
  const otherWeight = otherHessian + lambda;
  const bound = boundOf(bestGain + parentScore);
  return size * size * otherWeight + otherSize * otherSize * weight - bound * (weight * otherWeight);
}

/** The value of a node, inside its bounds. */
// @ts-ignore: decorator
@inline
function boundedValue(gradient: f64, hessian: f64): f64 {
  const size = max(abs(gradient) - alpha, 0.0);
  return max(lowest, min(highest, (gradient > 0 ? -size : size) / (hessian + lambda)));
}

/** What a value saves, which is `scoreOf` for the best one. */
// @ts-ignore: decorator
@inline
function scoreAt(gradient: f64, hessian: f64, value: f64): f64 {
  return -(2 * gradient * value + (hessian + lambda) * value * value + 2 * alpha * abs(value));
}

/** The scores of both children inside the node's bounds; nothing gained where they lie in the wrong order. */
function boundedScores(gradient: f64, hessian: f64, otherGradient: f64, otherHessian: f64): f64 {
  const left = boundedValue(gradient, hessian);
  const right = boundedValue(otherGradient, otherHessian);
  if (direction * (right - left) < 0) return -Infinity;
  return scoreAt(gradient, hessian, left) + scoreAt(otherGradient, otherHessian, right);
}

/** Tries a left side; keeps it where it is better than all before it, of equals that of the lower bin. */
// @ts-ignore: decorator
@inline
export function consider(gradient: i64, rest: i64, bin: i32, missingLeft: i32, bounded: bool): void {
  const otherRest = totalRest - rest;
  if ((rest & countMask) < leastRows || (otherRest & countMask) < leastRows) return;
  const hessian = <f64>(rest >> shift);
  const otherHessian = <f64>(otherRest >> shift);
  if (hessian < minWeight || otherHessian < minWeight) return;
  const otherGradient = <f64>(totalGradient - gradient);
  // Divisions are slow, and most cuts are far from the best: products tell.
  if (!bounded && scoreProduct(<f64>gradient, hessian, otherGradient, otherHessian) < 0) return;
  const children = bounded
    ? boundedScores(<f64>gradient, hessian, otherGradient, otherHessian)
    : scoreOf(<f64>gradient, hessian) + scoreOf(otherGradient, otherHessian);
  const gain = children - parentScore;
  const ahead = gain > bestGain || (gain == bestGain && bin < bestBin);
  if (ahead && gain > children * NOISE) {
    bestGain = gain;
    bestBin = bin;
    bestMissingLeft = missingLeft;
    bestGradient = gradient;
    bestRest = rest;
  }
}
