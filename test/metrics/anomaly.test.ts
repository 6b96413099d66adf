import { expect, it } from "vitest";
import { createMetrics } from "../../src/metrics/index.ts";

it("average precision is scikit-learn's, rows of one score taken together", () => {
  const averagePrecision = (predictions: number[], target: number[]): number | null => {
    const metrics = createMetrics({ kind: "anomaly", target: "y", classes: ["normal", "anomaly"] });
    const rows = predictions.length;
    metrics.add({ rows, predictions: Float64Array.from(predictions), target: Float64Array.from(target), weight: null });
    return metrics.result().values.averagePrecision!;
  };
  // sklearn.metrics.average_precision_score of 1.9.
  expect(averagePrecision([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])).toBeCloseTo(0.8333333333333333, 12);
  expect(averagePrecision([0.5, 0.5, 0.5, 0.9], [1, 0, 1, 0])).toBeCloseTo(0.5, 12);
  expect(averagePrecision([1, 2], [0, 0])).toBeNull();
  expect(averagePrecision([1, 2], [1, 1])).toBeNull();
});

it("without labels nothing is said, and nothing is NaN", () => {
  const metrics = createMetrics({ kind: "anomaly", target: "y", classes: ["normal", "anomaly"] });
  const rows = { rows: 3, predictions: Float64Array.of(0.1, 0.9, 0.2), target: new Float64Array(3), weight: null };
  metrics.add(rows);
  expect(metrics.result().values).toEqual({
    averagePrecision: null,
    auc: null,
    precision: null,
    recall: null,
    f1: null,
  });
  const other = createMetrics({ kind: "anomaly", target: "y", classes: ["normal", "anomaly"] });
  other.setState(metrics.getState());
  const labelled = { ...rows, target: Float64Array.of(0, 1, 0) };
  other.add(labelled);
  metrics.add(labelled);
  expect(other.result()).toEqual(metrics.result());
  expect(other.result().values).toMatchObject({ averagePrecision: 0.5, recall: 1 });
});
