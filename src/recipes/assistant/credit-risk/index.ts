import type { Recipe } from "../../../core/index.ts";
import { generate, ROWS, TARGET } from "./generate.ts";

/** How probable it is that a loan is not paid back, as a probability that can be taken at its word. */
export const assistantCreditRisk: Recipe = {
  name: "assistant-credit-risk",
  title: "Credit risk",
  description: "How probable it is that a loan is not paid back, with calibrated probabilities",
  task: "binary",
  target: TARGET,
  algorithms: ["xgboost", "hist-gradient", "calibrated", "baseline"],
  settings: { name: "assistant-credit-risk" },
  ignore: [],
  generate,
  facts: { synthetic: true, rows: ROWS },
};
