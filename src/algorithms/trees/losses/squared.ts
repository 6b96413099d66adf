import { identity, type Loss, NEWTON } from "./loss.ts";
import { weightedMean } from "./mean.ts";

/** Half the squared error; its best constant is the mean. */
export const squared: Loss = {
  name: "squared",
  code: 0,
  parameter: null,
  classes: 1,
  metric: { name: "rmse", of: Math.sqrt },
  bounds: null,
  range: null,
  leaves: NEWTON,
  baseScores: (labels) => Float64Array.of(weightedMean(labels)),
  toPredictions: identity,
};
