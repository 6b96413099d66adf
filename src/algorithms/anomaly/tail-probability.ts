import type { ParameterSpec } from "../../core/index.ts";
import { detectorAlgorithm } from "./detector-algorithm.ts";
import { tails } from "./tails.ts";

export const TAIL_SHARE: ParameterSpec = {
  name: "tailShare",
  type: "number",
  min: 1e-6,
  max: 1,
  default: 0.02,
  description: "Share of rows that lie in the tails of a feature; what is more usual says nothing",
};

/** Features far out in their tails; says of each row which. */
export const tailProbability = detectorAlgorithm(
  {
    name: "tail-probability",
    title: "Tail probabilities",
    description: "Rows with values far out in the tails of their features, and which features these are",
    parameters: [TAIL_SHARE],
  },
  [{ detector: tails, weight: 1 }],
);
