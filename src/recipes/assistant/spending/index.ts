import type { Recipe } from "../../../core/index.ts";
import { CATEGORY, generate, ROWS, TARGET } from "./generate.ts";

/** What will be spent in each category over the next days, from a table of a date, a category and an amount. */
export const assistantSpending: Recipe = {
  name: "assistant-spending",
  title: "Spending",
  description: "What will be spent in each category over the next 14 days",
  task: "forecast",
  target: TARGET,
  algorithms: ["xgboost", "seasonal", "persistence"],
  settings: { name: "assistant-spending", steps: 28, horizon: 14, group: CATEGORY },
  ignore: [],
  generate,
  facts: { synthetic: true, rows: ROWS },
};
