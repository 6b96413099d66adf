import type { JsonObject } from "../core/index.ts";
import { outputRow } from "./outputs.ts";
import type { ModelPredictor } from "./predictor.ts";
import { rowsToBatch } from "./row-batch.ts";

/**
 * Predicts rows of JSON: `{ prediction }`, for classes with their probabilities. Every input must be named in every row; null
 * says that it is missing. Keys that the model does not know are ignored.
 *
 * @throws KaaykoError (input) naming the row and the key
 */
export async function predictRows(predictor: ModelPredictor, rows: readonly unknown[]): Promise<JsonObject[]> {
  if (rows.length === 0) return [];
  const predictions = await predictor.predict(rowsToBatch(predictor.inputs, rows));
  return rows.map((_, row) => outputRow(predictor.model, predictions, row));
}
