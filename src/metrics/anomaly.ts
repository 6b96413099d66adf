import type { MetricsAccumulator, MetricsResult } from "./accumulator.ts";
import { createBinaryMetrics } from "./binary.ts";

/**
 * Metrics of scores of anomalies: `averagePrecision`, `auc`, and at the threshold `precision`, `recall` and `f1`, as of two classes.
 * Null where no row, or every row, is known to be one.
 *
 * @param labels what rows are that are none and those that are, for the confusion matrix
 */
export function createAnomalyMetrics(labels: readonly string[], threshold?: number): MetricsAccumulator {
  const binary = createBinaryMetrics(labels, threshold);
  return {
    ...binary,
    result: (): MetricsResult => {
      const { values, ...rest } = binary.result();
      const { averagePrecision = null, auc = null, precision = null, recall = null, f1 = null } = values;
      const decided = auc === null ? { precision: null, recall: null, f1: null } : { precision, recall, f1 };
      return { ...rest, values: { averagePrecision, auc, ...decided } };
    },
  };
}
