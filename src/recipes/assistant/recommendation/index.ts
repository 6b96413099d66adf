import type { Recipe } from "../../../core/index.ts";
import { CLIENT, generate, ROWS, TARGET } from "./generate.ts";

/** Which products suit a client best, from rows of a client and a product that was shown, with how interested the client was. */
export const assistantRecommendation: Recipe = {
  name: "assistant-recommendation",
  title: "Recommendations",
  description: "Which products suit a client best: a score a product, the higher the better",
  task: "ranking",
  target: TARGET,
  algorithms: ["xgboost", "hist-gradient"],
  settings: { name: "assistant-recommendation", group: CLIENT },
  ignore: [],
  generate,
  facts: { synthetic: true, rows: ROWS },
};
