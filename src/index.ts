export { ALGORITHMS, type CustomObjective, type Link, loadAlgorithm, loadWithObjective } from "./algorithms/index.ts";
export { createRun, localStore, memoryStore, openRun } from "./checkpoints/index.ts";
export * from "./core/index.ts";
export { type Cell, createWriter, memorySource, openSource, type Row, rowsSource } from "./data/index.ts";
export { loadUserFeatures, type UserFeatureDefinition } from "./features/index.ts";
export * from "./library/index.ts";
export { createMetrics, higherIsBetter, metricNames } from "./metrics/index.ts";
export {
  createModelCache,
  createModelPredictor,
  createRowPredictor,
  exportModel,
  findModel,
  hashModel,
  importModel,
  listModels,
  loadModel,
  type Model,
  type ModelCache,
  type ModelCacheOptions,
  type ModelPredictor,
  type PredictFileOptions,
  predictFile,
  predictRows,
  type RowPredictor,
} from "./models/index.ts";
export { createServer, type KaaykoServer, type ServerOptions } from "./serving/index.ts";
export { type TableLike, type TrainOptions, type TrainResult, train } from "./train.ts";
export * from "./training/index.ts";
