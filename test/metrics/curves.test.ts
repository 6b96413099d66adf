import { describe, expect, it } from "vitest";
import { randomStream } from "../../src/core/index.ts";
import {
  createMetrics,
  quantileOfSorted,
  summariseClassification,
  summariseRegression,
} from "../../src/metrics/index.ts";

describe("quantiles", () => {
  it.each([
    [0, 1],
    [0.25, 1.75],
    [0.5, 2.5],
    [1, 4],
  ])("%d of 1, 2, 3, 4 is %d, as numpy has it", (share, value) => {
    expect(quantileOfSorted([1, 2, 3, 4], share)).toBe(value);
  });
});

describe("predicted numbers", () => {
  it("count every row once", () => {
    const random = randomStream(1, "numbers");
    const predicted = Float64Array.from({ length: 5000 }, () => random.normal());
    const actual = predicted.map((value) => value + random.normal() / 2);
    const { density, residuals, groups } = summariseRegression(predicted, actual);
    const inside = density.cells.reduce((sum, [, , rows]) => sum + rows, 0);
    expect(inside + density.outside).toBe(5000);
    expect(density.outside).toBeLessThan(50);
    expect(residuals.counts.reduce((sum, rows) => sum + rows, 0)).toBe(5000);
    expect(groups.map(({ rows }) => rows)).toEqual(new Array(10).fill(500));
    // Residuals have a standard deviation of a half: quartiles at 0.674 of it.
    expect(groups[5]!.residuals[1]!).toBeCloseTo(-0.337, 0);
    for (const { residuals: quantiles } of groups) expect([...quantiles].sort((a, b) => a - b)).toEqual(quantiles);
  });

  it.each([[1], [3]])("are summed up although they are all equal: %d rows", (rows) => {
    const same = new Float64Array(rows).fill(7);
    const { density, residuals, groups } = summariseRegression(same, same);
    expect(density.cells).toHaveLength(1);
    expect(density.high).toBeGreaterThan(density.low);
    expect(residuals.counts.reduce((sum, count) => sum + count, 0)).toBe(rows);
    expect(groups).toHaveLength(rows);
  });
});

describe("predicted classes", () => {
  // sklearn.metrics: roc_auc_score and average_precision_score of these rows.
  const target = [0, 0, 1, 1, 1, 0];
  const probabilities = Float64Array.from([0.1, 0.4, 0.35, 0.8, 0.4, 0.2]);

  it("have the areas that scikit-learn gives, ties included", () => {
    const { curves } = summariseClassification({ classes: ["no", "yes"], probabilities, target, weight: null });
    expect(curves[0]!.auc).toBeCloseTo(0.8333333333333334, 12);
    expect(curves[0]!.averagePrecision).toBeCloseTo(0.8055555555555556, 12);
  });

  it("have the area of the metric, thinned to 100 points from corner to corner", () => {
    const random = randomStream(2, "classes");
    const many = Float64Array.from({ length: 4000 }, () => random.float());
    const labels = many.map((p) => (random.float() < p ? 1 : 0));
    const weight = Float32Array.from(many, () => 1 + random.integer(3));
    const summary = summariseClassification({ classes: ["no", "yes"], probabilities: many, target: labels, weight });
    const metrics = createMetrics({ kind: "binary", target: "y", classes: ["no", "yes"] });
    metrics.add({ rows: 4000, predictions: many, target: labels, weight });
    const curve = summary.curves[0]!;
    expect(curve.auc).toBeCloseTo(metrics.result().values.auc!, 10);
    expect(curve.falsePositiveRate.length).toBeLessThanOrEqual(100);
    expect([curve.falsePositiveRate[0], curve.truePositiveRate[0]]).toEqual([0, 0]);
    expect([curve.falsePositiveRate.at(-1), curve.truePositiveRate.at(-1)]).toEqual([1, 1]);
    // Labels were drawn with these probabilities: they are calibrated.
    expect(summary.calibrationError).toBeLessThan(0.03);
    const rows = summary.separation!.map(({ counts }) => counts.reduce((sum, count) => sum + count, 0));
    expect(rows[0]! + rows[1]!).toBe(4000);
  });

  it("tell a class that never occurs", () => {
    const { curves } = summariseClassification({
      classes: ["a", "b", "c"],
      probabilities: Float64Array.from([0.5, 0.3, 0.2, 0.1, 0.8, 0.1]),
      target: [0, 1],
      weight: null,
    });
    expect(curves.map(({ auc }) => auc)).toEqual([1, 1, null]);
  });
});
