export { condense, renderBar, renderSparkline } from "./bars.ts";
export { benchmarkFiles } from "./benchmark-files.ts";
export { renderBenchmark } from "./benchmark-table.ts";
export { comparisonReport, renderTrainReport } from "./comparison.ts";
export { renderConfusion } from "./confusion.ts";
export { renderCurve } from "./curve.ts";
export type {
  AlgorithmResult,
  ConfusionMatrix,
  ImportanceItem,
  MetricSet,
  TrainDocument,
} from "./document.ts";
export { renderImportance } from "./importance.ts";
export { renderLeaderboard } from "./leaderboard.ts";
export { higherIsBetter, rankedAlgorithms, rankingMetric } from "./ranking.ts";
export { readTrainDocument } from "./read-document.ts";
export { type ReportTexts, renderReports } from "./report-files.ts";
export { renderSchema, type SchemaRow } from "./schema.ts";
export { renderStepTable, tableOfSteps } from "./step-scores.ts";
export { relativeGain, renderSummary } from "./summary.ts";
export { renderTerminalReport } from "./terminal-report.ts";
export * from "./text/index.ts";
