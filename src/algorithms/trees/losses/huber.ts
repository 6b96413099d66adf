import { identity, type Loss, meanLossAs } from "./loss.ts";
import { weightedQuantile } from "./quantiles.ts";

/** Huber's loss (1964): half the squared error of residuals up to `delta`, linear beyond. */
export function huber(delta: number): Loss {
  return {
    name: "huber",
    code: 4,
    parameter: delta,
    classes: 1,
    metric: meanLossAs("huber"),
    bounds: { gradient: delta, hessian: 1 },
    range: null,
    leaves: { kind: "residuals", share: 0.5, delta },
    baseScores: (labels) => Float64Array.of(weightedQuantile(labels, 0.5)),
    toPredictions: identity,
  };
}
