import { type JsonObject, unknownRows } from "../core/index.ts";
import { readFeatures } from "../features/index.ts";
import { explainedRow } from "./explained-outputs.ts";
import { forecastJson } from "./forecast/forecast-file.ts";
import { outputRow } from "./outputs.ts";
import type { ModelPredictor } from "./predictor.ts";
import { reasonsOf } from "./reasons.ts";
import { rowsToBatch } from "./row-batch.ts";
import { ruledRow } from "./ruled-outputs.ts";
import { tagRows } from "./tagging/index.ts";

export interface PredictRowsOptions {
  /** Whether each row gets an `explanation`: what each feature adds to its score. Default false. */
  readonly explain?: boolean;
}

/**
 * Predicts rows of JSON: `{ prediction }`, for classes with their probabilities, for a model with rules with `class`, `rules` and
 * `warnings`; forecasts are of the series that the rows are, from their last readings; of texts whose words are tagged
 * `prediction` are the tags and `entities` what they name, with its place. Every input must be named in every row; null says that it is missing. Keys that the model does not know are ignored.
 *
 * @throws KaaykoError (input) naming the row and the key, or the range that a value is out of
 */
export async function predictRows(
  predictor: ModelPredictor,
  rows: readonly unknown[],
  { explain = false }: PredictRowsOptions = {},
): Promise<JsonObject[]> {
  if (rows.length === 0) return [];
  if (predictor.model.task.kind === "forecast") return forecastJson(predictor, rows);
  if (predictor.model.task.kind === "tagging") return tagRows(predictor, rows);
  const { model, rules } = predictor;
  const batch = rowsToBatch(predictor.inputs, rows);
  const table = predictor.encodeChecked(batch);
  const predictions = await predictor.predictTable(table);
  const unknown = unknownRows(model.task, table);
  const contributions = explain ? await predictor.explain(table) : null;
  const features = new Float64Array(table.columns.length);
  const reasons = model.task.kind === "anomaly" ? await reasonsOf(predictor, table, predictions) : null;
  return rows.map((_, row) => {
    const output = outputRow(model, predictions, row, unknown);
    if (reasons !== null) output.reasons = [...reasons[row]!];
    if (contributions !== null) Object.assign(output, explainedRow(model, contributions, row));
    if (rules === null) return output;
    readFeatures(table, row, features);
    return { ...output, ...ruledRow(rules, batch, features, row, predictions[row]!) };
  });
}
