import type { Recipe } from "../../core/index.ts";
import { TARGET } from "./columns.ts";
import { NOISE } from "./expert-rule.ts";
import { generate, ROWS } from "./generate.ts";

/**
 * Is it safe and pleasant to paddle on this lake at this hour? A score from 1 (stay ashore) to 5 (ideal), learnt from a
 * synthetic table of weather, place, time and lake whose expert rule and noise are known.
 */
export const paddleSafety: Recipe = {
  name: "paddle-safety",
  title: "Paddle safety",
  description: "Is it safe and pleasant to paddle on this lake at this hour? A score from 1 (stay ashore) to 5 (ideal)",
  task: "regression",
  target: TARGET,
  algorithms: ["xgboost", "hist-gradient", "svm", "mlp", "baseline"],
  settings: { name: "paddle-safety" },
  ignore: [],
  generate,
  facts: { synthetic: true, rows: ROWS, features: 35, noiseStandardDeviation: NOISE },
};
