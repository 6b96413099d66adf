import type { JsonObject } from "../core/index.ts";
import { readFeatures } from "../features/index.ts";
import { outputRow } from "./outputs.ts";
import type { ModelPredictor } from "./predictor.ts";
import { rowsToBatch } from "./row-batch.ts";
import { ruledRow } from "./ruled-outputs.ts";

/**
 * Predicts rows of JSON: `{ prediction }`, for classes with their probabilities, for a model with rules with `class`, `rules` and
 * `warnings`. Every input must be named in every row; null says that it is missing. Keys that the model does not know are ignored.
 *
 * @throws KaaykoError (input) naming the row and the key, or the range that a value is out of
 */
export async function predictRows(predictor: ModelPredictor, rows: readonly unknown[]): Promise<JsonObject[]> {
  if (rows.length === 0) return [];
  const { model, rules } = predictor;
  const batch = rowsToBatch(predictor.inputs, rows);
  if (rules === null) {
    const predictions = await predictor.predict(batch);
    return rows.map((_, row) => outputRow(model, predictions, row));
  }
  predictor.check(batch);
  const table = predictor.encode(batch);
  const predictions = await predictor.predictTable(table);
  const features = new Float64Array(table.columns.length);
  return rows.map((_, row) => {
    readFeatures(table, row, features);
    return { ...outputRow(model, predictions, row), ...ruledRow(rules, batch, features, row, predictions[row]!) };
  });
}
