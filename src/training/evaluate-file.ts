import { columnNamed, KaaykoError, outputsOf, type TableSource, targetWidth, unknownRows } from "../core/index.ts";
import { createTruthEncoder, missingColumn, truthColumns, weightsOf } from "../data/index.ts";
import { matchColumns, withDerivation } from "../features/index.ts";
import { createMetrics, type MetricsResult, type ScoredRows } from "../metrics/index.ts";
import type { ModelPredictor } from "../models/index.ts";
import { evaluateTagging } from "./evaluate-tagging.ts";
import { evaluateForecast } from "./forecast/evaluate-forecast.ts";

const BATCH_ROWS = 65_536;

export interface EvaluateFileOptions {
  readonly predictor: ModelPredictor;
  readonly source: TableSource;
  /** Column with the weight of each row. Default 1 for every row. */
  readonly weight?: string;
  readonly onProgress?: (rows: number, total: number | undefined) => void;
  readonly notify?: (message: string) => void;
  /** Asked after every batch; true ends the work. */
  readonly stop?: () => boolean;
  /** Threads that decode. Default 1. */
  readonly threads?: number;
}

/**
 * Measures a model on a file that holds the target, batch by batch, in memory that does not grow with its rows. Rows without
 * a target are left out.
 *
 * @returns null where `stop` ended it
 * @throws KaaykoError (input) for a column that is gone, a class that the model does not know, or no row with a target
 */
export async function evaluateFile(options: EvaluateFileOptions): Promise<MetricsResult | null> {
  if (options.predictor.model.task.kind === "forecast") return evaluateForecast(options);
  if (options.predictor.model.task.kind === "tagging") return evaluateTagging(options);
  const { predictor, weight } = options;
  const { task, pipeline, threshold, thresholds } = predictor.model;
  const source = withDerivation(options.source, pipeline.derived);
  const description = await source.describe();
  const names = description.columns.map(({ name }) => name);
  for (const name of [...truthColumns(task), ...(weight === undefined ? [] : [weight])])
    if (!names.includes(name)) throw missingColumn(source.path, name, names);
  const { columns, kinds } = matchColumns(pipeline, description, source.path);
  const wanted = [...new Set([...columns, ...truthColumns(task), ...(weight === undefined ? [] : [weight])])];
  const reader = await source.open({ columns: wanted, kinds, batchRows: BATCH_ROWS, threads: options.threads ?? 1 });
  const metrics = createMetrics(task, thresholds ?? [threshold]);
  const encodeTruth = createTruthEncoder(task);
  let done = 0;
  let without = 0;
  try {
    for (let batch = await reader.next(); batch !== null; batch = await reader.next()) {
      const table = predictor.encodeChecked(batch);
      const predictions = await predictor.predictTable(table);
      const target = encodeTruth((name) => columnNamed(batch.columns, name)!);
      const weights = weight === undefined ? null : weightsOf(columnNamed(batch.columns, weight)!);
      const all = { predictions, target, weight: weights, unknown: unknownRows(task, table) };
      const scored = labelledRows(all, outputsOf(task), targetWidth(task));
      metrics.add(scored);
      without += batch.rows - scored.rows;
      done += batch.rows;
      options.onProgress?.(done, description.rows);
      if (options.stop?.() === true) return null;
    }
  } finally {
    await reader.close();
  }
  if (without === done) throw noTarget(source.path, task.target);
  if (without > 0) options.notify?.(`${without} rows without ${task.target} are left out.`);
  return metrics.result();
}

/** The rows that have a target, and a weight where rows are weighted. */
function labelledRows(
  { predictions, target, weight, unknown }: Omit<ScoredRows, "rows">,
  outputs: number,
  width: number,
): ScoredRows {
  const length = target.length / width;
  const kept = Uint32Array.from({ length }, (_, row) => row).filter(
    (row) => !Number.isNaN(target[row * width]) && !(weight !== null && Number.isNaN(weight[row])),
  );
  if (kept.length === length) return { rows: length, predictions, target, weight, unknown };
  const chosen = new Float64Array(kept.length * outputs);
  const truth = new Float64Array(kept.length * width);
  kept.forEach((row, i) => {
    chosen.set(predictions.subarray(row * outputs, (row + 1) * outputs), i * outputs);
    truth.set(target.subarray(row * width, (row + 1) * width), i * width);
  });
  return {
    rows: kept.length,
    predictions: chosen,
    target: truth,
    weight: weight === null ? null : Float32Array.from(kept, (row) => weight[row]!),
    unknown: unknown && Uint8Array.from(kept, (row) => unknown[row]!),
  };
}

function noTarget(path: string, target: string): KaaykoError {
  return new KaaykoError({
    action: `evaluate ${path}`,
    rule: `rows must have a ${target}`,
    got: "none that does",
    kind: "input",
  });
}
