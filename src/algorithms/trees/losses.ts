import { exp, log, sigmoid, type Task } from "../../core/index.ts";

/**
 * A loss: what trees are fitted to, through its first and second derivative (computed in `kernels/trees/assembly/gradients.ts`).
 * Squared error is halved; logistic and softmax are log losses. Softmax hessians carry Friedman's factor K / (K - 1).
 */
export interface Loss {
  readonly name: "squared" | "logistic" | "softmax";
  /** Code in the kernels. */
  readonly code: number;
  /** Trees a round. */
  readonly classes: number;
  /** What early stopping watches; lower is better. */
  readonly metric: "rmse" | "logLoss";
  /** Largest gradient of a row of weight 1, or null where the data say. */
  readonly largestGradient: number | null;
  readonly largestHessian: number;
}

/** Probabilities of a class are kept this far from 0 in base scores. */
const LEAST_SHARE = 1e-12;

export function lossOf(task: Task): Loss {
  if (task.kind === "multiclass") {
    const classes = Math.max(1, task.classes!.length);
    const largestHessian = classes > 1 ? classes / (classes - 1) / 4 : 1;
    return { name: "softmax", code: 2, classes, metric: "logLoss", largestGradient: 1, largestHessian };
  }
  if (task.kind === "binary")
    return { name: "logistic", code: 1, classes: 1, metric: "logLoss", largestGradient: 1, largestHessian: 0.25 };
  return { name: "squared", code: 0, classes: 1, metric: "rmse", largestGradient: null, largestHessian: 1 };
}

/** The constant that fits best: the weighted mean, the log odds, or the log of each class's share. */
export function baseScores(loss: Loss, target: Float64Array, weight: Float32Array | null, rows: number): Float64Array {
  const sums = new Float64Array(loss.name === "softmax" ? loss.classes : 1);
  let total = 0;
  for (let i = 0; i < rows; i++) {
    const w = weight === null ? 1 : weight[i]!;
    total += w;
    if (loss.name === "softmax") sums[target[i]!]! += w;
    // A running mean cannot overflow, whatever the targets.
    else if (w > 0) sums[0]! += (w / total) * (target[i]! - sums[0]!);
  }
  if (loss.name === "squared") return sums;
  if (loss.name === "logistic") {
    const share = Math.min(1 - LEAST_SHARE, Math.max(LEAST_SHARE, sums[0]!));
    return Float64Array.of(log(share / (1 - share)));
  }
  return sums.map((sum) => log(Math.max(LEAST_SHARE, total > 0 ? sum / total : 1 / loss.classes)));
}

/** Turns scores, row-major, into predictions in place: nothing, a probability, or probabilities that sum to 1. */
export function toPredictions(loss: Loss, scores: Float64Array): void {
  if (loss.name === "logistic") for (let i = 0; i < scores.length; i++) scores[i] = sigmoid(scores[i]!);
  if (loss.name === "softmax")
    for (let at = 0; at < scores.length; at += loss.classes) softmax(scores.subarray(at, at + loss.classes));
}

function softmax(row: Float64Array): void {
  let highest = row[0]!;
  for (let k = 1; k < row.length; k++) highest = Math.max(highest, row[k]!);
  let sum = 0;
  for (let k = 0; k < row.length; k++) {
    row[k] = exp(row[k]! - highest);
    sum += row[k]!;
  }
  for (let k = 0; k < row.length; k++) row[k]! /= sum;
}
