import type { ParameterSpec } from "../../core/index.ts";
import { detectorAlgorithm } from "./detector-algorithm.ts";
import { isolation } from "./isolation.ts";

export const TREES: ParameterSpec = {
  name: "trees",
  type: "integer",
  min: 1,
  max: 10_000,
  default: 100,
  description: "Isolation trees",
};

export const SAMPLE_ROWS: ParameterSpec = {
  name: "sampleRows",
  type: "integer",
  min: 2,
  max: 1_000_000,
  default: 256,
  description: "Rows that each isolation tree sees",
};

/** Trees of random splits; finds rows that few splits set apart, also by how features go together. */
export const isolationForest = detectorAlgorithm(
  {
    name: "isolation-forest",
    title: "Isolation forest",
    description: "Rows that few random splits set apart from the others",
    parameters: [TREES, SAMPLE_ROWS],
  },
  [{ detector: isolation, weight: 1 }],
);
