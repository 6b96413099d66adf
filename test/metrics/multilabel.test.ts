import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Task } from "../../src/core/index.ts";
import { createMetrics, type ScoredRows } from "../../src/metrics/index.ts";

interface Fixture {
  readonly truth: readonly number[][];
  readonly scores: readonly number[][];
  readonly weights: readonly number[];
  readonly thresholds: readonly number[];
  readonly metrics: Record<string, number>;
  readonly weighted: Record<string, number>;
  readonly bestF1: readonly number[];
}

const path = new URL("../fixtures/metrics/multilabel.json", import.meta.url);
const fixture = JSON.parse(readFileSync(path, "utf8")) as Fixture;
const task: Task = { kind: "multilabel", target: "labels", classes: ["a", "b", "c", "never"] };

function rowsFrom(start: number, end: number, weighted: boolean): ScoredRows {
  return {
    rows: end - start,
    predictions: Float64Array.from(fixture.scores.slice(start, end).flat()),
    target: Float64Array.from(fixture.truth.slice(start, end).flat()),
    weight: weighted ? Float32Array.from(fixture.weights.slice(start, end)) : null,
  };
}

describe("metrics of several labels", () => {
  it.each([
    [false, fixture.metrics],
    [true, fixture.weighted],
  ])("are scikit-learn's (weighted: %s)", (weighted, expected) => {
    const metrics = createMetrics(task, fixture.thresholds);
    for (const [start, end] of [
      [0, 7],
      [7, 41],
      [41, 60],
    ] as const)
      metrics.add(rowsFrom(start, end, weighted));
    const { values } = metrics.result();
    expect(Object.keys(values).sort()).toEqual(Object.keys(expected).sort());
    for (const [name, value] of Object.entries(expected)) expect(values[name], name).toBeCloseTo(value, 12);
  });

  it("choose the threshold of the best F1 for every label that occurs", () => {
    const metrics = createMetrics(task);
    metrics.add(rowsFrom(0, 60, false));
    const { labels, thresholds } = metrics.result();
    fixture.bestF1.forEach((best, k) => {
      expect(labels![k]!.f1).toBeCloseTo(best, 12);
    });
    expect(thresholds![3]).toBe(0.5);
    expect(labels![3]).toMatchObject({ label: "never", support: 0 });
  });

  it("go on from a state as if never stopped", () => {
    const whole = createMetrics(task);
    whole.add(rowsFrom(0, 60, true));
    const first = createMetrics(task);
    first.add(rowsFrom(0, 23, true));
    const second = createMetrics(task);
    second.setState(first.getState());
    second.add(rowsFrom(23, 60, true));
    expect(second.result()).toEqual(whole.result());
  });
});
