import type { ColumnSchema, JsonObject, TableSource, TableWriter } from "../../core/index.ts";
import type { ModelPredictor } from "../predictor.ts";
import { rowsToBatch } from "../row-batch.ts";
import { forecastBatch, forecastRows, forecastSchema } from "./forecast-columns.ts";
import { featuresOf, pointsOf, readPoints } from "./series-points.ts";

const POINTS = 16_384;

export interface ForecastFileOptions {
  readonly predictor: ModelPredictor;
  readonly source: TableSource;
  readonly openWriter: (columns: readonly ColumnSchema[]) => Promise<TableWriter>;
  /** Forecast from every point of the series, not only from the last. Default false. */
  readonly allOrigins?: boolean;
  readonly onProgress?: (rows: number, total: number | undefined) => void;
  /** Asked after every batch; true ends the work, and nothing is written. */
  readonly stop?: () => boolean;
  /** Threads that decode. Default 1. */
  readonly threads?: number;
}

/**
 * Forecasts the series of a table from their last readings: a row for each step ahead (`forecastSchema`).
 *
 * @returns rows and bytes written; null where `stop` ended it
 * @throws KaaykoError (input) where the table lacks a column, or its series are shorter than a window
 */
export async function forecastFile(options: ForecastFileOptions): Promise<{ rows: number; bytes: number } | null> {
  const { predictor, source, allOrigins = false, onProgress, stop, threads } = options;
  const { model } = predictor;
  const points = await readPoints(model, source, allOrigins ? "all" : "last", threads);
  const writer = await options.openWriter(forecastSchema(model));
  const horizon = model.task.horizon ?? 1;
  try {
    for (let start = 0; start < points.origins.length; start += POINTS) {
      const end = Math.min(points.origins.length, start + POINTS);
      const predictions = await predictor.predictTable(featuresOf(points, start, end));
      await writer.write(forecastBatch(model, points, predictions, start, start * horizon));
      onProgress?.(end * horizon, points.origins.length * horizon);
      if (stop?.() === true) {
        await writer.abort();
        return null;
      }
    }
    return await writer.finish();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

/** Forecasts the series of rows of JSON from their last readings. */
export async function forecastJson(predictor: ModelPredictor, rows: readonly unknown[]): Promise<JsonObject[]> {
  const { model } = predictor;
  const points = pointsOf(model, rowsToBatch(predictor.inputs, rows).columns, "last");
  const predictions = await predictor.predictTable(featuresOf(points, 0, points.origins.length));
  return forecastRows(forecastBatch(model, points, predictions, 0, 0));
}
