import { exp, log } from "../../../core/index.ts";
import type { Loss, TargetRange } from "./loss.ts";
import { weightedMean } from "./mean.ts";

/** The mean is kept this far from 0: a score is its logarithm. */
const LEAST_MEAN = 1e-12;

const NOT_NEGATIVE: TargetRange = {
  rule: "the target must be at or over 0",
  holds: (y) => y >= 0 && y < Number.POSITIVE_INFINITY,
};
const POSITIVE: TargetRange = {
  rule: "the target must be over 0",
  holds: (y) => y > 0 && y < Number.POSITIVE_INFINITY,
};

/** What the losses that learn the logarithm of a mean share. Watched is the mean deviance, twice the kernels' mean loss. */
function logLink(name: "poisson" | "gamma" | "tweedie", code: number, power: number): Loss {
  return {
    name,
    code,
    parameter: name === "tweedie" ? power : null,
    classes: 1,
    metric: { name: `${name}Deviance`, of: (meanLoss) => 2 * meanLoss },
    bounds: null,
    range: name === "gamma" ? POSITIVE : NOT_NEGATIVE,
    leaves: { kind: "log", power },
    baseScores: (labels) => Float64Array.of(log(Math.max(LEAST_MEAN, weightedMean(labels)))),
    toPredictions: (scores) => {
      for (let i = 0; i < scores.length; i++) scores[i] = exp(scores[i]!);
    },
  };
}

/** Counts: half the Poisson deviance. */
export const poisson: Loss = logLink("poisson", 6, 1);

/** Positive amounts whose spread grows with their mean: half the gamma deviance. */
export const gamma: Loss = logLink("gamma", 7, 2);

/** Amounts that are often 0 (claims): half the Tweedie deviance of a variance power over 1 and under 2. */
export function tweedie(power: number): Loss {
  return logLink("tweedie", 8, power);
}
