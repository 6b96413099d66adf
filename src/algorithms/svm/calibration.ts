import { log, sigmoid } from "../../core/index.ts";
import type { Sigmoid } from "./settings.ts";

/** Where nothing was held out: what the scores of most tables come close to. */
export const PLAIN_SIGMOID: Sigmoid = [2, 0];

const MAX_ROUNDS = 60;
const RIDGE = 1e-10;

/**
 * Platt's sigmoid over scores: the slope and intercept of least weighted log loss, with targets drawn in from 0 and 1 by one row
 * each (Platt, "Probabilistic outputs for support vector machines", 1999; Newton's method as in Lin, Lin and Weng, 2007).
 *
 * @param positive tells whether a row belongs to the class
 */
export function fitSigmoid(scores: Float32Array, weight: Float32Array, positive: (row: number) => boolean): Sigmoid {
  const { wanted, bias } = drawnInTargets(scores.length, weight, positive);
  let slope = 0;
  let intercept = bias;
  let loss = lossOf(scores, weight, wanted, slope, intercept);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const [byIntercept, bySlope] = newtonStep(scores, weight, wanted, slope, intercept);
    let share = 1;
    let next = loss;
    for (; share > 1e-10; share /= 2) {
      next = lossOf(scores, weight, wanted, slope - share * bySlope, intercept - share * byIntercept);
      if (next < loss) break;
    }
    if (!(next < loss)) break;
    slope -= share * bySlope;
    intercept -= share * byIntercept;
    const gained = loss - next;
    loss = next;
    if (gained < 1e-9 * loss) break;
  }
  // A falling sigmoid would say that the scores are wrong way round: held-out rows were too few to tell.
  return [Math.max(0, slope), intercept];
}

function drawnInTargets(
  rows: number,
  weight: Float32Array,
  positive: (row: number) => boolean,
): { wanted: Float32Array; bias: number } {
  let inside = 0;
  let outside = 0;
  for (let row = 0; row < rows; row++)
    if (positive(row)) inside += weight[row]!;
    else outside += weight[row]!;
  const high = (inside + 1) / (inside + 2);
  const low = 1 / (outside + 2);
  const wanted = Float32Array.from({ length: rows }, (_, row) => (positive(row) ? high : low));
  return { wanted, bias: log((inside + 1) / (outside + 1)) };
}

function lossOf(
  scores: Float32Array,
  weight: Float32Array,
  wanted: Float32Array,
  slope: number,
  intercept: number,
): number {
  let sum = 0;
  for (let row = 0; row < scores.length; row++) {
    const z = slope * scores[row]! + intercept;
    sum += weight[row]! * (Math.max(z, 0) - z * wanted[row]! - log(sigmoid(Math.abs(z))));
  }
  return sum;
}

function newtonStep(
  scores: Float32Array,
  weight: Float32Array,
  wanted: Float32Array,
  slope: number,
  intercept: number,
): [intercept: number, slope: number] {
  let g0 = 0;
  let g1 = 0;
  let h00 = RIDGE;
  let h01 = 0;
  let h11 = RIDGE;
  for (let row = 0; row < scores.length; row++) {
    const score = scores[row]!;
    const p = sigmoid(slope * score + intercept);
    const error = weight[row]! * (p - wanted[row]!);
    const curvature = weight[row]! * p * (1 - p);
    g0 += error;
    g1 += error * score;
    h00 += curvature;
    h01 += curvature * score;
    h11 += curvature * score * score;
  }
  const determinant = h00 * h11 - h01 * h01;
  return [(h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant];
}

/**
 * Probabilities from the scores of a row: of the second class for one score, of each class for several (each class's own sigmoid,
 * made to sum to 1).
 */
export function probabilities(
  scores: Float32Array,
  at: number,
  sigmoids: readonly Sigmoid[],
  to: Float64Array,
  start: number,
): void {
  let total = 0;
  sigmoids.forEach(([slope, intercept], k) => {
    to[start + k] = sigmoid(slope * scores[at + k]! + intercept);
    total += to[start + k]!;
  });
  if (sigmoids.length === 1) return;
  for (let k = 0; k < sigmoids.length; k++) to[start + k] = total > 0 ? to[start + k]! / total : 1 / sigmoids.length;
}
