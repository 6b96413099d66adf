import { RARE_SHARE } from "../core/index.ts";
import type { AlgorithmResult, TrainDocument } from "./document.ts";

const LOWER_IS_BETTER = new Set(["rmse", "mae", "mape", "logLoss", "pinball", "error"]);
const ORDER = [
  "rmse",
  "mae",
  "r2",
  "mape",
  "auc",
  "logLoss",
  "accuracy",
  "f1",
  "macroF1",
  "precision",
  "recall",
  "averagePrecision",
  "microF1",
  "weightedF1",
  "pinball",
  "coverage",
  "entityF1",
  "ndcg",
];

export function higherIsBetter(metric: string): boolean {
  return !LOWER_IS_BETTER.has(metric);
}

/** The metric that ranks a document's algorithms: the one that it names, else the first known one that it holds. */
export function rankingMetric(document: TrainDocument): string | undefined {
  return (
    document.primaryMetric ??
    metricNames(document.algorithms, "validation")[0] ??
    metricNames(document.algorithms, "test")[0]
  );
}

/** Names of the metrics that any algorithm has for a role, the telling ones first. */
export function metricNames(algorithms: readonly AlgorithmResult[], role: "validation" | "test"): string[] {
  const names = new Set(algorithms.flatMap((algorithm) => Object.keys(algorithm.metrics[role] ?? {})));
  // Accuracy says little where a class is rare: what guessing gets tells its share.
  const guessed = algorithms.find(({ name }) => name === "baseline")?.metrics[role]?.averagePrecision ?? 1;
  const order =
    guessed < RARE_SHARE ? ["averagePrecision", ...ORDER.filter((name) => name !== "averagePrecision")] : ORDER;
  const rank = (name: string): number => (order.indexOf(name) + order.length + 1) % (order.length + 1);
  return [...names].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

/**
 * Algorithms from the best to the worst by the ranking metric on the validation rows (on the test rows where there are
 * none), the champion first whatever its number, those without a result last.
 */
export function rankedAlgorithms(document: TrainDocument): AlgorithmResult[] {
  const metric = rankingMetric(document);
  const score = (algorithm: AlgorithmResult): number => {
    if (algorithm.name === document.champion) return Number.POSITIVE_INFINITY;
    const value = metric === undefined ? null : metricOf(algorithm, metric);
    if (value === null) return Number.NEGATIVE_INFINITY;
    return higherIsBetter(metric!) ? value : -value;
  };
  return [...document.algorithms].sort((a, b) => {
    const [left, right] = [score(a), score(b)];
    return left === right ? 0 : right > left ? 1 : -1;
  });
}

/** An algorithm's value of a metric: of the validation rows, else of the test rows, else null. */
export function metricOf(algorithm: AlgorithmResult, metric: string): number | null {
  const value = algorithm.metrics.validation?.[metric] ?? algorithm.metrics.test?.[metric] ?? null;
  return Number.isNaN(value) ? null : value;
}
