import { KaaykoError, type Task } from "../core/index.ts";
import type { MetricsAccumulator } from "./accumulator.ts";
import { createBinaryMetrics } from "./binary.ts";
import { createMulticlassMetrics } from "./multiclass.ts";
import { createRegressionMetrics } from "./regression.ts";

export type { Confusion, MetricsAccumulator, MetricsResult, MetricValues, ScoredRows } from "./accumulator.ts";
export { AreaUnderCurve } from "./area-under-curve.ts";
export { type BandAccumulator, createBandMetrics } from "./bands.ts";
export { frequentClasses, summariseClassification } from "./curves/classification-summary.ts";
export { quantileOfSorted } from "./curves/quantile.ts";
export { summariseRegression } from "./curves/regression-summary.ts";

/** The names of a task's metrics, in the order in which they are shown; the first is the one that ranks models. */
export function metricNames(kind: Task["kind"]): readonly string[] {
  if (kind === "binary") return ["logLoss", "auc", "accuracy", "precision", "recall", "f1"];
  if (kind === "multiclass") return ["logLoss", "accuracy", "macroF1", "microF1", "weightedF1"];
  return ["rmse", "mae", "r2", "mape"];
}

/** True where more of a metric is better. */
export function higherIsBetter(metric: string): boolean {
  return !["rmse", "mae", "mape", "logLoss"].includes(metric);
}

/**
 * The metrics of a task.
 *
 * @throws KaaykoError for a kind of task that has none here
 */
export function createMetrics(task: Task, threshold = 0.5): MetricsAccumulator {
  switch (task.kind) {
    case "regression":
      return createRegressionMetrics();
    case "binary":
      return createBinaryMetrics(task.classes!, threshold);
    case "multiclass":
      return createMulticlassMetrics(task.classes!);
    default:
      throw new KaaykoError({
        action: "measure a model",
        rule: "its task must be known",
        got: task.kind,
        kind: "usage",
      });
  }
}
