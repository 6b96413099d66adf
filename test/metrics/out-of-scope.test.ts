import { describe, expect, it } from "vitest";
import type { ScoredRows } from "../../src/metrics/index.ts";
import { createMetrics } from "../../src/metrics/index.ts";

const TASK = { kind: "multiclass", target: "y", classes: ["a", "b", "out"], outOfScope: "out" } as const;

/** Rows of a truth and the probabilities of the three classes. */
function scored(rows: readonly (readonly [number, number, number, number])[]): ScoredRows {
  return {
    rows: rows.length,
    target: Float64Array.from(rows, ([truth]) => truth),
    predictions: Float64Array.from(rows.flatMap(([, ...probabilities]) => probabilities)),
    weight: null,
  };
}

const SURE = [0, 0.9, 0.1, 0] as const;
const UNSURE_OUTSIDE = [2, 0.45, 0.35, 0.2] as const;
const CLASS_OUTSIDE = [2, 0.2, 0.2, 0.6] as const;
const WRONG = [1, 0.5, 0.4, 0.1] as const;

describe("classes of which none may be meant", () => {
  it("chooses the threshold that parts what is out of scope", () => {
    const metrics = createMetrics(TASK);
    metrics.add(scored([SURE, SURE, WRONG, UNSURE_OUTSIDE, CLASS_OUTSIDE]));
    const { thresholds, values } = metrics.result();
    expect(thresholds![0]).toBeGreaterThan(0.45);
    expect(thresholds![0]).toBeLessThan(0.9);
    expect(values).toMatchObject({ outOfScopeRecall: 1, accuracy: 0.6 });
  });

  it("judges with the threshold given", () => {
    const metrics = createMetrics(TASK, [0.6]);
    metrics.add(scored([SURE, WRONG, UNSURE_OUTSIDE, CLASS_OUTSIDE]));
    const { thresholds, values } = metrics.result();
    expect(thresholds).toBeUndefined();
    expect(values).toMatchObject({ answered: 0.5, answeredAccuracy: 1, outOfScopeRecall: 1 });
    expect(values.outOfScopePrecision).toBeCloseTo(2 / 3, 12);
  });

  it("turns away no more than one in twenty right answers where nothing out of scope is labelled", () => {
    const rows = Array.from({ length: 100 }, (_, i) => [0, 0.5 + i / 250, 0.1, 0] as const);
    const metrics = createMetrics({ ...TASK, classes: ["a", "b", "c"] });
    metrics.add(scored(rows));
    const { thresholds, values } = metrics.result();
    expect(thresholds![0]).toBeCloseTo(0.52, 12);
    expect(values.answered).toBeCloseTo(0.95, 12);
    expect(values.outOfScopeRecall).toBeUndefined();
  });

  it("goes on from a state", () => {
    const blocks = [scored([SURE, UNSURE_OUTSIDE]), scored([WRONG, SURE])] as const;
    const whole = createMetrics(TASK);
    whole.add(blocks[0]);
    const resumed = createMetrics(TASK);
    resumed.setState(whole.getState());
    for (const metrics of [whole, resumed]) metrics.add(blocks[1]);
    expect(resumed.result()).toEqual(whole.result());
  });
});
