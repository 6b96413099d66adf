import { KaaykoError, type Task } from "../core/index.ts";
import type { MetricsAccumulator } from "./accumulator.ts";
import { createAnomalyMetrics } from "./anomaly.ts";
import { createBinaryMetrics } from "./binary.ts";
import { createTaggingMetrics } from "./entities/tagging.ts";
import { createForecastMetrics } from "./forecast.ts";
import { createIntervalMetrics } from "./interval.ts";
import { createMulticlassMetrics } from "./multiclass.ts";
import { createMultilabelMetrics } from "./multilabel.ts";
import { createScopedMetrics } from "./out-of-scope.ts";
import { createRankingMetrics } from "./ranking.ts";
import { createRegressionMetrics } from "./regression.ts";

export type {
  Confusion,
  LabelScore,
  MetricsAccumulator,
  MetricsResult,
  MetricValues,
  ScoredRows,
  StepScore,
} from "./accumulator.ts";
export { AreaUnderCurve } from "./area-under-curve.ts";
export { type BandAccumulator, createBandMetrics } from "./bands.ts";
export { frequentClasses, summariseClassification } from "./curves/classification-summary.ts";
export { quantileOfSorted } from "./curves/quantile.ts";
export { summariseRegression } from "./curves/regression-summary.ts";
export type { EntityScore } from "./entities/entity-tally.ts";
export { type EntityScores, scoreEntities } from "./entities/score-entities.ts";
export { discountOf, gainOf, groupQueries, idealGain, ndcg, type QueryGroups } from "./ndcg.ts";

/** The names of a task's metrics, in the order in which they are shown; the first is the one that ranks models. */
export function metricNames(kind: Task["kind"]): readonly string[] {
  if (kind === "binary") return ["logLoss", "auc", "averagePrecision", "accuracy", "precision", "recall", "f1"];
  if (kind === "multiclass") return ["logLoss", "accuracy", "macroF1", "microF1", "weightedF1"];
  if (kind === "multilabel") return ["macroF1", "microF1", "weightedF1", "accuracy", "hammingLoss"];
  if (kind === "anomaly") return ["averagePrecision", "auc", "precision", "recall", "f1"];
  if (kind === "ranking") return ["ndcg@10", "ndcg@5", "ndcg"];
  if (kind === "tagging")
    return ["entityF1", "entityPrecision", "entityRecall", "macroF1", "weightedF1", "tokenAccuracy"];
  if (kind === "forecast") return ["rmse", "mae", "r2", "mape", "coverage", "width", "pinball"];
  return ["rmse", "mae", "r2", "mape"];
}

/** True where more of a metric is better. */
export function higherIsBetter(metric: string): boolean {
  return !["rmse", "mae", "mape", "logLoss", "hammingLoss", "width", "pinball"].includes(metric);
}

/**
 * The metrics of a task.
 *
 * @param thresholds probability from which the second of two classes, or each label, is given. Default 0.5 for two classes, null for
 *   what suits the rows where the second is rare (`createBinaryMetrics`);
 *   for labels those that suit the rows best, which the result then says. For forecasts how far the interval of each step reaches,
 *   for numbers with intervals what `measureIntervals` found;
 *   default what covers the rows, which the result then says
 * @throws KaaykoError for a kind of task that has none here
 */
export function createMetrics(task: Task, thresholds?: readonly number[] | null): MetricsAccumulator {
  switch (task.kind) {
    case "regression":
      return task.interval === undefined
        ? createRegressionMetrics()
        : createIntervalMetrics(task.interval, thresholds ?? null);
    case "binary":
      return createBinaryMetrics(task.classes!, thresholds === null ? null : thresholds?.[0]);
    case "anomaly":
      return createAnomalyMetrics(task.classes!, thresholds?.[0]);
    case "multiclass":
      if (task.outOfScope !== undefined)
        return createScopedMetrics(task.classes!, task.outOfScope, thresholds?.[0] ?? null);
      return createMulticlassMetrics(task.classes!);
    case "multilabel":
      return createMultilabelMetrics(task.classes!, thresholds ?? null);
    case "forecast":
      return createForecastMetrics(task, thresholds ?? null);
    case "ranking":
      return createRankingMetrics();
    case "tagging":
      return createTaggingMetrics(task.classes!);
    default:
      throw new KaaykoError({
        action: "measure a model",
        rule: "its task must be known",
        got: task.kind,
        kind: "usage",
      });
  }
}
