import { identity, type Loss, meanLossAs } from "./loss.ts";
import { weightedQuantile } from "./quantiles.ts";

/**
 * Pinball loss (Koenker and Bassett, 1978): its minimum is the quantile at `share`, over 0 and under 1.
 */
export function quantile(share: number): Loss {
  return {
    name: "quantile",
    code: 5,
    parameter: share,
    classes: 1,
    metric: meanLossAs("pinball"),
    bounds: { gradient: Math.max(share, 1 - share), hessian: 1 },
    range: null,
    leaves: { kind: "residuals", share, delta: null },
    baseScores: (labels) => Float64Array.of(weightedQuantile(labels, share)),
    toPredictions: identity,
  };
}
