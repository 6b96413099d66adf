import type { FeatureColumn, FeatureTable, JsonObject, JsonValue } from "../core/index.ts";
import { type FeaturePipeline, partsOf, windowSpec } from "../features/index.ts";
import { drawnPart } from "./drawn-part.ts";
import type { ModelPredictor } from "./predictor.ts";

/** Predictions that were made when the model was saved, as bits, so that a later program can tell whether it predicts the same. */
export const GOLDEN_FILE = "golden.json";
const ROWS = 16;

/**
 * Encoded rows that follow from the features alone: their least, mean and greatest values in turn, categories one after another, a
 * missing value here and there.
 */
export function goldenTable(pipeline: FeaturePipeline): FeatureTable {
  const { features } = pipeline;
  const columns = features.map(({ name, kind, cardinality, min, mean, max }, f): FeatureColumn => {
    if (kind === "categorical") {
      const codes = Uint32Array.from({ length: ROWS }, (_, row) => (row * (f + 1)) % (cardinality + 1));
      return { kind, name, codes, cardinality };
    }
    const levels = [min, mean, max, (min + mean) / 2, (mean + max) / 2];
    const values = Float64Array.from({ length: ROWS }, (_, row) =>
      (row * 7 + f) % 23 === 0 ? Number.NaN : levels[(row * (f + 3)) % levels.length]!,
    );
    return { kind, name, values };
  });
  if (pipeline.series === undefined) {
    const parts = partsOf(pipeline).map((part) => drawnPart(part, ROWS)!);
    return { rows: ROWS, columns, ...(parts.length === 0 ? {} : { parts }) };
  }
  // Windows of a series that is missing throughout.
  const { name, size } = windowSpec(pipeline.series);
  const { steps, channels } = size as { steps: number; channels: number };
  const series = new Float32Array(steps * channels).fill(Number.NaN);
  const part = { kind: "windows", name, steps, channels, series, ends: new Uint32Array(ROWS).fill(steps) } as const;
  return { rows: ROWS, columns, parts: [part] };
}

/** The predictions of the golden rows as hexadecimal bits; null for a model that reads sequences, whose last digits its device decides. */
export async function goldenPredictions(predictor: ModelPredictor): Promise<JsonObject | null> {
  const { pipeline } = predictor.model;
  if (partsOf(pipeline).some(({ kind }) => kind !== "sparse")) return null;
  const predictions = await predictor.predictTable(goldenTable(pipeline));
  return { schemaVersion: 1, rows: ROWS, predictions: bitsOf(predictions) };
}

/** Whether a model predicts today what it did when it was saved; null where nothing was kept. */
export async function agreesWithGolden(
  predictor: ModelPredictor,
  kept: JsonValue | undefined,
): Promise<boolean | null> {
  const now = await goldenPredictions(predictor);
  if (now === null || typeof kept !== "object" || kept === null || Array.isArray(kept)) return null;
  return kept.predictions === now.predictions;
}

function bitsOf(predictions: Float64Array): string {
  return Buffer.from(predictions.buffer, predictions.byteOffset, predictions.byteLength).toString("hex");
}
