import type { TableSource } from "../../core/index.ts";
import { targetsOf } from "../../data/index.ts";
import { createMetrics, type MetricsResult } from "../../metrics/index.ts";
import { featuresOf, type ModelPredictor, readPoints } from "../../models/index.ts";

const POINTS = 16_384;

export interface EvaluateForecastOptions {
  readonly predictor: ModelPredictor;
  readonly source: TableSource;
  readonly onProgress?: (rows: number, total: number | undefined) => void;
  /** Asked after every batch; true ends the work. */
  readonly stop?: () => boolean;
  readonly threads?: number;
}

/**
 * Measures a forecast on all points of a table whose next values it holds. Only this table is looked at: where it follows the
 * training table, its first points see less than in training with `--test`.
 *
 * @returns null where `stop` ended it
 */
export async function evaluateForecast(options: EvaluateForecastOptions): Promise<MetricsResult | null> {
  const { predictor, source } = options;
  const { task, thresholds } = predictor.model;
  const points = await readPoints(predictor.model, source, "known", options.threads);
  const metrics = createMetrics(task, thresholds!);
  const total = points.origins.length;
  for (let start = 0; start < total; start += POINTS) {
    const end = Math.min(total, start + POINTS);
    const predictions = await predictor.predictTable(featuresOf(points, start, end));
    const target = targetsOf(points.rows.table, points.origins.subarray(start, end), task.horizon ?? 1);
    metrics.add({ rows: end - start, predictions, target, weight: null });
    options.onProgress?.(end, total);
    if (options.stop?.() === true) return null;
  }
  return metrics.result();
}
