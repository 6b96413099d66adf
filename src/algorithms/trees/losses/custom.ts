import { exp, KaaykoError, sigmoid } from "../../../core/index.ts";
import { identity, type Labels, type Link, type Loss, meanLossAs, NEWTON } from "./loss.ts";

export type { Link } from "./loss.ts";

/** A loss of the user's own, for regression. Its functions must be pure: the same numbers for the same input, or a resumed run differs. */
export interface CustomObjective {
  /**
   * Writes each row's first and second derivative of the loss by its score. Weights are applied afterwards.
   *
   * @param gradient to be filled, finite
   * @param hessian to be filled, finite, at or over 0
   */
  readonly derivatives: (
    scores: Float64Array,
    target: Float64Array,
    gradient: Float64Array,
    hessian: Float64Array,
  ) => void;
  /** The score before the first tree. Default 0. */
  readonly baseScore?: (labels: Labels) => number;
  /** Turns scores into predictions. Default identity. */
  readonly link?: Link;
  /** What early stopping watches, lower is better. Default none: all rounds are kept. */
  readonly metric?: (scores: Float64Array, labels: Labels) => number;
}

export function customLoss(objective: CustomObjective): Loss {
  const { baseScore, link = "identity" } = objective;
  return {
    ...linkedLoss(link),
    baseScores: (labels) => {
      const base = baseScore?.(labels) ?? 0;
      if (Number.isFinite(base)) return Float64Array.of(base);
      throw new KaaykoError({
        action: "begin with the objective's base score",
        rule: "it must be finite",
        got: String(base),
      });
    },
  };
}

/** A custom loss as far as a saved model knows it: enough to predict. */
export function linkedLoss(link: Link): Loss {
  return {
    name: "custom",
    code: 9,
    parameter: null,
    link,
    classes: 1,
    metric: meanLossAs("objective"),
    bounds: null,
    range: null,
    leaves: NEWTON,
    baseScores: () => Float64Array.of(0),
    toPredictions: TO_PREDICTIONS[link],
  };
}

const TO_PREDICTIONS: Record<Link, (scores: Float64Array) => void> = {
  identity,
  log: (scores) => {
    for (let i = 0; i < scores.length; i++) scores[i] = exp(scores[i]!);
  },
  logistic: (scores) => {
    for (let i = 0; i < scores.length; i++) scores[i] = sigmoid(scores[i]!);
  },
};
