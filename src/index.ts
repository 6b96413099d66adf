export { ALGORITHMS, loadAlgorithm } from "./algorithms/index.ts";
export * from "./core/index.ts";
export { createMetrics, higherIsBetter, metricNames } from "./metrics/index.ts";
export { findModel, hashModel, listModels, loadModel } from "./models/index.ts";
export * from "./training/index.ts";
