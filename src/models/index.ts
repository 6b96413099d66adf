export { type DayForecast, dayForecastJson, forecastDays, widening } from "./day-forecast.ts";
export { EXPORT_FORMATS, type ExportFormat, type ExportResult, exportModel } from "./export-model.ts";
export * from "./forecast/index.ts";
export { GOLDEN_FILE, goldenPredictions } from "./golden.ts";
export { agreesWithKept, checkHealth, type ModelHealth } from "./health.ts";
export { HeldModels } from "./held-models.ts";
export { type ImportOptions, type ImportResult, importModel, MAX_IMPORT_BYTES } from "./import-model.ts";
export { withIntervalLevel } from "./interval-level.ts";
export { createModelCache, type ModelCache, type ModelCacheOptions } from "./model-cache.ts";
export { intervalOfPrediction, outputBatch, outputColumns, outputRow } from "./outputs.ts";
export { hashModel, type Model, type PackageFile, packModel, unpackModel } from "./package.ts";
export { type PredictFileOptions, predictFile } from "./predict-file.ts";
export { type PredictRowsOptions, predictRows } from "./predict-rows.ts";
export { openPredictionLog, type PredictionLog, type PredictionLogOptions } from "./prediction-log.ts";
export { createModelPredictor, type ModelInput, type ModelPredictor, type PredictorOptions } from "./predictor.ts";
export { rowsToBatch } from "./row-batch.ts";
export { createRowPredictor, type RowPredictor } from "./row-predictor.ts";
export {
  findModel,
  listModels,
  loadModel,
  locateModel,
  type ModelEntry,
  publishModel,
  reserveVersion,
  type StoredModel,
} from "./store.ts";
export * from "./tagging/index.ts";
