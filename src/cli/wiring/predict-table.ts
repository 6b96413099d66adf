import { stat } from "node:fs/promises";
import { type ColumnSchema, KaaykoError, outputsOf } from "../../core/index.ts";
import { createWriter, tableAddress } from "../../data/index.ts";
import {
  type ForecastFileOptions,
  forecastFile,
  type ModelPredictor,
  openPredictionLog,
  predictFile,
  type StoredModel,
} from "../../models/index.ts";
import { formatCount } from "../../reports/index.ts";
import { digestFile } from "../../training/index.ts";
import type { ModelService, Watch } from "../services.ts";
import { openFor, progressOf, THREADS } from "./opened-model.ts";
import { sinkWriter } from "./sink-writer.ts";

type PredictRequest = Parameters<ModelService["predictFile"]>[1];

/** Predicts a table: rows one by one, or what lies behind its series. */
export async function predictTable(
  predictor: ModelPredictor,
  stored: StoredModel,
  request: PredictRequest,
  watch: Watch,
): ReturnType<ModelService["predictFile"]> {
  const { out, sink } = request;
  const source = await openFor(stored, request.data);
  const openWriter = async (columns: readonly ColumnSchema[]) =>
    out === undefined ? sinkWriter(sink!) : createWriter(out, columns);
  if (predictor.model.task.kind === "forecast")
    return forecast({ predictor, source, openWriter, allOrigins: request.allOrigins ?? false }, request, watch);
  if (request.allOrigins === true) throw notForecast(stored);
  const log = out === undefined ? undefined : await logOf(out, request.data, stored);
  if (log !== undefined && log.rows > 0)
    watch.observer.notice(`Going on: ${formatCount(log.rows)} rows were predicted before.`);
  const written = await predictFile({
    predictor,
    source,
    openWriter,
    ...(log === undefined ? {} : { log }),
    ...(request.keep === undefined ? {} : { keep: request.keep }),
    explain: request.explain ?? false,
    onError: request.onError ?? "stop",
    ...(request.onBatch === undefined ? {} : { onBatch: request.onBatch }),
    onProgress: progressOf(watch, "predict"),
    notify: (message) => watch.observer.notice(message),
    stop: () => watch.stop.aborted,
    threads: THREADS,
  });
  return written ?? { rows: 0 };
}

async function forecast(
  options: ForecastFileOptions,
  { keep, explain }: PredictRequest,
  watch: Watch,
): Promise<{ readonly rows: number; readonly bytes?: number }> {
  if (keep !== undefined || explain === true)
    throw new KaaykoError({
      action: "forecast",
      rule: "--keep and --explain are for rows, and forecasts lie behind them",
      kind: "usage",
    });
  const onProgress = progressOf(watch, "predict");
  const written = await forecastFile({ ...options, onProgress, stop: () => watch.stop.aborted });
  return written ?? { rows: 0 };
}

function notForecast({ name }: StoredModel): KaaykoError {
  return new KaaykoError({
    action: "use --all-origins",
    rule: "the model must forecast series",
    got: name,
    remedy: "Leave the flag out: every row is predicted.",
    kind: "usage",
  });
}

/** The predictions of an output so far; none where the table is no file that can be told from another. */
async function logOf(out: string, data: string, { model, modelSha256 }: StoredModel) {
  const digest = await digestFile(data);
  if (digest === null) return undefined;
  const { mtimeMs } = await stat(tableAddress(data).file);
  return openPredictionLog({ out, plan: { modelSha256, data: digest, mtimeMs }, outputs: outputsOf(model.task) });
}
