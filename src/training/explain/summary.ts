import type { ClassificationSummary, JsonObject, RegressionSummary } from "../../core/index.ts";
import { summariseClassification, summariseRegression } from "../../metrics/index.ts";
import type { Work } from "../sequence.ts";
import type { ExplainedModel } from "./subject.ts";

/** Predicts the rows once and says how the predictions and the truth go together: one step. */
export async function createPredictionSummary(model: ExplainedModel): Promise<Work> {
  let summary: RegressionSummary | ClassificationSummary | null = null;
  return {
    version: 1,
    step: async () => {
      summary = await summarise(model);
      return { done: true, step: 1, total: 1, unit: "block" };
    },
    getState: () => ({ json: {}, arrays: {} }),
    setState: () => {},
    result: async () => ({ json: { predictions: summary as unknown as JsonObject }, arrays: {} }),
  };
}

async function summarise(model: ExplainedModel): Promise<RegressionSummary | ClassificationSummary | null> {
  const { task, examples } = model;
  const { table, target, weight } = examples;
  const predictor = await model.createPredictor();
  let predictions: Float64Array;
  try {
    predictions = await predictor.predict(table);
  } finally {
    await predictor.dispose();
  }
  if (table.rows === 0 || !predictions.every(Number.isFinite)) return null;
  if (task.classes !== undefined)
    return summariseClassification({ classes: task.classes, probabilities: predictions, target, weight });
  return summariseRegression(predictions, target);
}
