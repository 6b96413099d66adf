import { identity, type Loss, meanLossAs } from "./loss.ts";
import { weightedQuantile } from "./quantiles.ts";

/** Absolute error; its best constant is the median. */
export const absolute: Loss = {
  name: "absolute",
  code: 3,
  parameter: null,
  classes: 1,
  metric: meanLossAs("mae"),
  bounds: { gradient: 1, hessian: 1 },
  range: null,
  leaves: { kind: "residuals", share: 0.5, delta: null },
  baseScores: (labels) => Float64Array.of(weightedQuantile(labels, 0.5)),
  toPredictions: identity,
};
