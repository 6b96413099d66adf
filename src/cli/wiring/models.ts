import { randomUUID } from "node:crypto";
import { stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import { performance } from "node:perf_hooks";
import {
  type Column,
  type ColumnSchema,
  isStringColumn,
  type JsonObject,
  KaaykoError,
  outputsOf,
  sha256,
  type TableSource,
  type TableWriter,
} from "../../core/index.ts";
import { createWriter, float32Text, openSource, tableAddress } from "../../data/index.ts";
import { loadUserFeatures } from "../../features/index.ts";
import {
  checkHealth,
  createModelPredictor,
  exportModel,
  type ForecastFileOptions,
  findModel,
  forecastFile,
  hashModel,
  importModel,
  listModels,
  MAX_IMPORT_BYTES,
  type ModelEntry,
  type ModelPredictor,
  openPredictionLog,
  type PackageFile,
  packModel,
  predictFile,
  predictRows,
  publishModel,
  reserveVersion,
  type StoredModel,
} from "../../models/index.ts";
import { adaptTable, recipeOf } from "../../recipes/index.ts";
import { formatCount, type MetricSet } from "../../reports/index.ts";
import { ensureFolder, readFileCapped, writeFileAtomic } from "../../storage/index.ts";
import { digestFile, evaluateFile } from "../../training/index.ts";
import type {
  ExportDocument,
  ImportDocument,
  ImportRequest,
  ModelLocation,
  ModelService,
  ModelSummary,
  PredictionSink,
  Watch,
} from "../services.ts";
import { scoreTagFiles } from "./score-entities.ts";

/** For reading and for predicting; what needs fewer starts fewer. */
const THREADS = Math.min(8, availableParallelism());

/** Models in a folder. */
export const modelService: ModelService = {
  list: async (modelsDir) => (await listModels(modelsDir)).map(summaryOf),
  show: async ({ model, modelsDir }) => {
    const { name, version, path, modelSha256, metadata } = await findModel(model, modelsDir);
    return { schemaVersion: 1, ...metadata, name, version, path, modelSha256 };
  },
  health: (location) =>
    withPredictor(location, async (predictor, { name, version, path, modelSha256 }) => {
      return { model: `${name}/${version}`, modelSha256, ...(await checkHealth(path, predictor)) };
    }),
  importance: (location) => withPredictor(location, async (predictor) => importanceOf(predictor)),
  predictRows: (location, rows, options) =>
    withPredictor(location, (predictor) => predictRows(predictor, rows, options)),
  predictFile: (location, request, watch) =>
    withPredictor(location, async (predictor, stored) => {
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
    }),
  evaluate: (location, request, watch) =>
    withPredictor(location, async (predictor, stored) => {
      const source = await openFor(stored, request.data);
      const result = await evaluateFile({
        predictor,
        source,
        ...(request.weight === undefined ? {} : { weight: request.weight }),
        onProgress: progressOf(watch, "evaluate"),
        notify: (message) => watch.observer.notice(message),
        stop: () => watch.stop.aborted,
      });
      const { task } = predictor.model;
      return {
        schemaVersion: 1,
        model: `${stored.name}/${stored.version}`,
        modelSha256: stored.modelSha256,
        data: request.data,
        rows: result?.rows ?? 0,
        task: task.kind,
        target: task.target,
        metrics: result?.values ?? {},
        ...(result?.confusion ? { confusion: result.confusion } : {}),
      };
    }),
  scoreEntities: scoreTagFiles,
  importModel: importPackage,
  exportModel: exportPackage,
};

/** Features with their shares by measure, the most important first. */
function importanceOf({ model, importances }: ModelPredictor): JsonObject | null {
  const measures = importances();
  if (measures.length === 0) return null;
  const features = model.pipeline.features.map(({ name }, i) => ({
    feature: name,
    ...Object.fromEntries(measures.map(({ measure, values }) => [measure, values[i]!])),
  }));
  const first = measures[0]!.values;
  const order = features.map((_, i) => i).sort((a, b) => first[b]! - first[a]! || a - b);
  return { measures: measures.map(({ measure }) => measure), features: order.map((i) => features[i]!) };
}

async function forecast(
  options: ForecastFileOptions,
  { keep, explain }: Parameters<ModelService["predictFile"]>[1],
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

/** A table as the recipe of a model's run reads it. */
async function openFor({ metadata }: StoredModel, path: string): Promise<TableSource> {
  const settings = (metadata.request as JsonObject | undefined)?.settings as JsonObject | undefined;
  return adaptTable(await recipeOf(settings ?? {}), await openSource(path), settings);
}

/** Publishes a package of a file of another program, as the next version of its name. */
async function importPackage(request: ImportRequest): Promise<ImportDocument> {
  const { file, name, modelsDir, target, classes } = request;
  const bytes = await readFileCapped(file, MAX_IMPORT_BYTES);
  if (bytes === undefined)
    throw new KaaykoError({ action: `import ${file}`, rule: "there must be such a file", kind: "input" });
  const { model, format, notices } = importModel(bytes, {
    ...(target === undefined ? {} : { target }),
    ...(classes === undefined ? {} : { classes }),
  });
  const modelSha256 = hashModel(model);
  const version = await reserveVersion(modelsDir, name, `import ${randomUUID()}`);
  const { algorithm, arrays } = model.content;
  const metadata = {
    schemaVersion: 1,
    name,
    version,
    modelSha256,
    algorithm,
    task: model.task.kind,
    target: model.task.target,
    savedAt: new Date().toISOString(),
    imported: { format, file: basename(file), sha256: sha256(bytes) },
  };
  const text = new TextEncoder().encode(`${JSON.stringify(metadata, null, 2)}\n`);
  const files: PackageFile[] = [...packModel(model), ["metadata.json", text]];
  const path = await publishModel(modelsDir, name, version, files, modelSha256);
  return {
    schemaVersion: 1,
    name,
    version,
    path,
    format,
    task: model.task.kind,
    features: model.pipeline.features.length,
    trees: arrays.ends!.length,
    modelSha256,
    notices,
  };
}

async function exportPackage(location: ModelLocation, request: ExportRequest): Promise<ExportDocument> {
  const { name, version, model } = await findModel(location.model, location.modelsDir);
  const { content, features, fileName } = await exportModel(model, request.format);
  const featuresPath = `${request.out}.features.json`;
  if (fileName !== null) await ensureFolder(request.out);
  await writeFileAtomic(fileName === null ? request.out : join(request.out, fileName), content);
  await writeFileAtomic(featuresPath, `${JSON.stringify(features, null, 2)}\n`);
  return {
    schemaVersion: 1,
    model: `${name}/${version}`,
    format: request.format,
    path: request.out,
    featuresPath,
    bytes: content.length,
    sha256: sha256(content),
  };
}

type ExportRequest = Parameters<ModelService["exportModel"]>[1];

async function withPredictor<T>(
  { model, modelsDir, features }: ModelLocation,
  work: (predictor: ModelPredictor, stored: StoredModel) => Promise<T>,
): Promise<T> {
  const stored = await findModel(model, modelsDir);
  const user = features === undefined ? null : await loadUserFeatures(features);
  const predictor = await createModelPredictor(stored.model, { user, threads: THREADS });
  try {
    return await work(predictor, stored);
  } finally {
    await predictor.dispose();
  }
}

/** The predictions of an output so far; none where the table is no file that can be told from another. */
async function logOf(out: string, data: string, { model, modelSha256 }: StoredModel) {
  const digest = await digestFile(data);
  if (digest === null) return undefined;
  const { mtimeMs } = await stat(tableAddress(data).file);
  return openPredictionLog({ out, plan: { modelSha256, data: digest, mtimeMs }, outputs: outputsOf(model.task) });
}

function summaryOf({ name, version, path, bytes, metadata }: ModelEntry): ModelSummary {
  const text = (value: unknown): string => (typeof value === "string" ? value : "-");
  const metrics = metadata.metrics as JsonObject | undefined;
  const savedAt = Date.parse(text(metadata.savedAt));
  return {
    name,
    version,
    path,
    bytes,
    algorithm: text(metadata.algorithm),
    task: text(metadata.task),
    target: text(metadata.target),
    metrics: (metrics?.test ?? metrics?.validation ?? {}) as MetricSet,
    createdAt: Number.isNaN(savedAt) ? null : savedAt,
  };
}

function progressOf({ observer }: Watch, stage: string): (rows: number, total: number | undefined) => void {
  const began = performance.now();
  observer.stage(stage, 0, 1);
  return (rows, total) => {
    const seconds = (performance.now() - began) / 1000;
    const report = { done: rows === total, step: rows, unit: "row", ...(total === undefined ? {} : { total }) };
    observer.progress({ stage, seconds, report });
  };
}

/** A writer that hands rows over as objects. */
function sinkWriter(sink: PredictionSink): TableWriter {
  let rows = 0;
  return {
    async write(batch) {
      const { columns } = batch;
      rows += batch.rows;
      await sink(
        Array.from({ length: batch.rows }, (_, row) =>
          Object.fromEntries(columns.map((column) => [column.name, cellOf(column, row)])),
        ),
      );
    },
    finish: async () => ({ rows, bytes: 0 }),
    abort: async () => {},
  };
}

function cellOf(column: Column, row: number): string | number | boolean | null {
  if (isStringColumn(column)) return column.dictionary[column.codes[row]! - 1] ?? null;
  const value = column.values[row]!;
  if (Number.isNaN(value)) return null;
  if (column.kind === "boolean") return value !== 0;
  if (column.kind === "numeric" && column.values instanceof Float32Array) return Number(float32Text(value));
  return column.kind === "date" ? new Date(value).toISOString() : value;
}
