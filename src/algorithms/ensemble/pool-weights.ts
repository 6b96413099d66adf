import { exp } from "../../core/index.ts";

const SWEEPS = 50;
/** The farthest that a weight moves at once: the loss is flatter than its curvature says far from the best. */
const LONGEST = 0.5;
const STILL = 1e-6;

/**
 * Weights, at or over 0, under which a logarithmic pool of opinions finds the truth most likely (Genest and Zidek, "Combining
 * probability distributions", 1986). The loss is convex; each weight in turn goes where Newton's method says.
 *
 * @param handicaps for each member, by how much the logarithm of what it gives to a wrong answer exceeds that of the truth: groups of
 *   `group` numbers, one a class (0 for the truth itself), or of one number where the answers are yes and no
 */
export function poolWeights(handicaps: readonly Float64Array[], group: number): Float64Array {
  const weights = new Float64Array(handicaps.length).fill(1 / handicaps.length);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let moved = 0;
    for (let member = 0; member < weights.length; member++)
      moved = Math.max(moved, moveWeight(handicaps, weights, group, member));
    if (moved < STILL) break;
  }
  return weights;
}

/** Moves one weight; gives how far. */
function moveWeight(handicaps: readonly Float64Array[], weights: Float64Array, group: number, member: number): number {
  const own = handicaps[member]!;
  const shares = new Float64Array(group);
  let slope = 0;
  let curvature = 0;
  for (let start = 0; start < own.length; start += group) {
    fillShares(handicaps, weights, start, shares);
    let mean = 0;
    let square = 0;
    for (let k = 0; k < group; k++) {
      mean += shares[k]! * own[start + k]!;
      square += shares[k]! * own[start + k]! * own[start + k]!;
    }
    slope += mean;
    curvature += square - mean * mean;
  }
  if (!(curvature > 0)) return 0;
  const before = weights[member]!;
  const step = Math.max(-LONGEST, Math.min(LONGEST, -slope / curvature));
  weights[member] = Math.max(0, before + step);
  return Math.abs(weights[member]! - before);
}

/** What the pool gives each answer of a group; of a single one the other answer takes the rest. */
function fillShares(handicaps: readonly Float64Array[], weights: Float64Array, start: number, shares: Float64Array) {
  const single = shares.length === 1;
  let highest = single ? 0 : Number.NEGATIVE_INFINITY;
  for (let k = 0; k < shares.length; k++) {
    let sum = 0;
    for (let member = 0; member < weights.length; member++) sum += weights[member]! * handicaps[member]![start + k]!;
    shares[k] = sum;
    highest = Math.max(highest, sum);
  }
  let total = single ? exp(-highest) : 0;
  for (let k = 0; k < shares.length; k++) {
    shares[k] = exp(shares[k]! - highest);
    total += shares[k]!;
  }
  for (let k = 0; k < shares.length; k++) shares[k]! /= total;
}
