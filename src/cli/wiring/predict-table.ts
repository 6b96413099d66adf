import { stat } from "node:fs/promises";
import { type ColumnSchema, KaaykoError, outputsOf } from "../../core/index.ts";
import { createWriter, tableAddress } from "../../data/index.ts";
import {
  type ForecastFileOptions,
  forecastFile,
  type ModelPredictor,
  openPredictionLog,
  openTagLog,
  type PredictFileOptions,
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
  const logs = out === undefined ? {} : await logsOf(out, request.data, stored);
  const before = (logs.log ?? logs.tagLog)?.rows ?? 0;
  if (before > 0) watch.observer.notice(`Going on: ${formatCount(before)} rows were predicted before.`);
  const written = await predictFile({
    predictor,
    source,
    openWriter,
    ...logs,
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

/** What was predicted of an output so far; nothing where the table is no file that can be told from another. */
async function logsOf(
  out: string,
  data: string,
  { model, modelSha256 }: StoredModel,
): Promise<Pick<PredictFileOptions, "log" | "tagLog">> {
  const digest = await digestFile(data);
  if (digest === null) return {};
  const { mtimeMs } = await stat(tableAddress(data).file);
  const plan = { modelSha256, data: digest, mtimeMs };
  return model.task.kind === "tagging"
    ? { tagLog: await openTagLog({ out, plan }) }
    : { log: await openPredictionLog({ out, plan, outputs: outputsOf(model.task) }) };
}
