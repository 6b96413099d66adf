import { exp, log, type Task } from "../../core/index.ts";
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
 * As with Platt, no row is taken as certain: of `n` rows of a kind the truth is held to be right with (n + 1) / (n + 2). Margins that
 * set the rows apart without an error would otherwise give slopes without end, and certainty that a few rows do not bear out.
 *
 * @param margins row-major, `count` a row
 * @param truth classes by row, or 1 and 0 a label, row-major
 */
export function calibrate(margins: Float64Array, truth: Float64Array, count: number, task: Task): Calibration {
  const loss = task.kind === "multiclass" ? classLoss(margins, truth, count) : labelLoss(margins, truth);
  let { slope, intercept } = UNCALIBRATED;
  for (let round = 0; round < ROUNDS; round++) {
    slope = 2 ** search(-7, 7, (power) => loss({ slope: 2 ** power, intercept }));
    if (task.kind !== "multiclass") intercept = search(-10, 10, (value) => loss({ slope, intercept: value }));
  }
  return { slope, intercept };
}

type Loss = (calibration: Calibration) => number;

/** The sum of cross-entropies of labels by themselves. */
function labelLoss(margins: Float64Array, truth: Float64Array): Loss {
  const positives = truth.reduce((sum, one) => sum + one, 0);
  const [hit, missed] = [rightness(positives), 1 - rightness(truth.length - positives)];
  return ({ slope, intercept }) => {
    let sum = 0;
    for (let i = 0; i < truth.length; i++) {
      const score = slope * margins[i]! + intercept;
      sum += Math.max(0, score) + log(1 + exp(-Math.abs(score))) - (truth[i] === 1 ? hit : missed) * score;
    }
    return sum;
  };
}

/** The sum of cross-entropies of classes, one of which is right; what is not held of the right one is the others' alike. */
function classLoss(margins: Float64Array, truth: Float64Array, count: number): Loss {
  const right = rightness(truth.length);
  const other = (1 - right) / Math.max(1, count - 1);
  return ({ slope }) => {
    let sum = 0;
    for (let row = 0; row < truth.length; row++) {
      const own = margins.subarray(row * count, (row + 1) * count);
      const highest = own.reduce((a, b) => Math.max(a, b));
      let [shares, all] = [0, 0];
      for (const margin of own) {
        shares += exp(slope * (margin - highest));
        all += margin - highest;
      }
      sum += log(shares) - slope * ((right - other) * (own[truth[row]!]! - highest) + other * all);
    }
    return sum;
  };
}

function rightness(rows: number): number {
  return (rows + 1) / (rows + 2);
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
