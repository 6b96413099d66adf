import { exp, log } from "../../../core/index.ts";
import { LEAST_SHARE } from "./logistic.ts";
import { type Labels, type Loss, meanLossAs, NEWTON } from "./loss.ts";

/** Log loss of several classes, a tree each a round. Hessians carry Friedman's factor K / (K - 1): of K scores K - 1 are free. */
export function softmax(classes: number): Loss {
  return {
    name: "softmax",
    code: 2,
    parameter: null,
    classes,
    metric: meanLossAs("logLoss"),
    bounds: { gradient: 1, hessian: classes > 1 ? classes / (classes - 1) / 4 : 1 },
    range: {
      rule: `a label must be a whole number from 0 to ${classes - 1}, the place of its class`,
      holds: (y) => Number.isInteger(y) && y >= 0 && y < classes,
    },
    leaves: NEWTON,
    baseScores: (labels) => logShares(labels, classes),
    toPredictions: (scores) => {
      for (let at = 0; at < scores.length; at += classes) normalise(scores.subarray(at, at + classes));
    },
  };
}

function logShares({ target, weight, rows }: Labels, classes: number): Float64Array {
  const sums = new Float64Array(classes);
  let total = 0;
  for (let i = 0; i < rows; i++) {
    const w = weight === null ? 1 : weight[i]!;
    total += w;
    sums[target[i]!]! += w;
  }
  return sums.map((sum) => log(Math.max(LEAST_SHARE, total > 0 ? sum / total : 1 / classes)));
}

function normalise(row: Float64Array): void {
  let highest = row[0]!;
  for (let k = 1; k < row.length; k++) highest = Math.max(highest, row[k]!);
  let sum = 0;
  for (let k = 0; k < row.length; k++) {
    row[k] = exp(row[k]! - highest);
    sum += row[k]!;
  }
  for (let k = 0; k < row.length; k++) row[k]! /= sum;
}
