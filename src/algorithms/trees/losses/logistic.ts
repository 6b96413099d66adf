import { log, sigmoid } from "../../../core/index.ts";
import { type Loss, meanLossAs, NEWTON } from "./loss.ts";
import { weightedMean } from "./mean.ts";

/** Probabilities of a class are kept this far from 0 in base scores. */
export const LEAST_SHARE = 1e-12;

/** Log loss of two classes, learnt as log odds. */
export const logistic: Loss = {
  name: "logistic",
  code: 1,
  parameter: null,
  classes: 1,
  metric: meanLossAs("logLoss"),
  bounds: { gradient: 1, hessian: 0.25 },
  range: { rule: "a label must be 0 or 1, the place of its class", holds: (y) => y === 0 || y === 1 },
  leaves: NEWTON,
  baseScores: (labels) => {
    const share = Math.min(1 - LEAST_SHARE, Math.max(LEAST_SHARE, weightedMean(labels)));
    return Float64Array.of(log(share / (1 - share)));
  },
  toPredictions: (scores) => {
    for (let i = 0; i < scores.length; i++) scores[i] = sigmoid(scores[i]!);
  },
};
