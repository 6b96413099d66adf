import { log, type Task } from "../../core/index.ts";
import { toProbabilities } from "./margins.ts";
import type { Calibration } from "./parameters.ts";

/** Where nothing says otherwise. A margin of a hinge loss is worth about so much on the scale of log odds. */
export const UNCALIBRATED: Calibration = { slope: 2, intercept: 0 };
/** Margins of the logistic loss are log odds already. */
export const LOG_ODDS: Calibration = { slope: 1, intercept: 0 };

const ROUNDS = 3;
const SEARCH_STEPS = 40;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * The slope and intercept under which held-out rows are most likely (Platt, "Probabilistic outputs for support vector machines",
 * 1999; for several classes the slope alone, Guo et al., "On calibration of modern neural networks", 2017). One pair serves all labels.
 *
 * @param margins row-major, `count` a row
 * @param truth classes by row, or 1 and 0 a label, row-major
 */
export function calibrate(margins: Float64Array, truth: Float64Array, count: number, task: Task): Calibration {
  const loss = (calibration: Calibration) => meanLoss(margins, truth, count, task, calibration);
  let { slope, intercept } = UNCALIBRATED;
  for (let round = 0; round < ROUNDS; round++) {
    slope = 2 ** search(-7, 7, (power) => loss({ slope: 2 ** power, intercept }));
    if (task.kind !== "multiclass") intercept = search(-10, 10, (value) => loss({ slope, intercept: value }));
  }
  return { slope, intercept };
}

function meanLoss(
  margins: Float64Array,
  truth: Float64Array,
  count: number,
  task: Task,
  calibration: Calibration,
): number {
  const probabilities = margins.slice();
  toProbabilities(probabilities, count, task, calibration);
  let sum = 0;
  if (task.kind === "multiclass")
    for (let row = 0; row < truth.length; row++) sum -= log(Math.max(1e-15, probabilities[row * count + truth[row]!]!));
  else
    for (let i = 0; i < truth.length; i++)
      sum -= log(Math.max(1e-15, truth[i] === 1 ? probabilities[i]! : 1 - probabilities[i]!));
  return sum / Math.max(1, truth.length);
}

/** Golden-section search: both losses are convex in what is sought, or nearly so. */
function search(from: number, to: number, loss: (at: number) => number): number {
  let [low, high] = [from, to];
  for (let step = 0; step < SEARCH_STEPS; step++) {
    const width = GOLDEN * (high - low);
    if (loss(high - width) <= loss(low + width)) high = low + width;
    else low = high - width;
  }
  return (low + high) / 2;
}
