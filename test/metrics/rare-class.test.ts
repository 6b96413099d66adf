import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AreaUnderCurve } from "../../src/metrics/area-under-curve.ts";
import { bestThreshold } from "../../src/metrics/best-threshold.ts";
import { createBinaryMetrics } from "../../src/metrics/binary.ts";

const CLASSES = ["no", "yes"];

function measure(scores: readonly number[], truth: readonly number[], threshold: number | null) {
  const metrics = createBinaryMetrics(CLASSES, threshold);
  const { length: rows } = scores;
  metrics.add({ rows, predictions: Float64Array.from(scores), target: Float64Array.from(truth), weight: null });
  return metrics.result();
}

/** 1,000 rows, 12 of them of the second class, none of which reaches 0.5. */
const SCORES = Array.from({ length: 1000 }, (_, i) => (i < 12 ? 0.2 + i / 100 : i < 14 ? 0.25 : 0.01));
const TRUTH = SCORES.map((_, i) => (i < 12 ? 1 : 0));

describe("a rare second class", () => {
  it("chooses the threshold that gives the best F1, which is what is counted then", () => {
    const { values, thresholds, confusion } = measure(SCORES, TRUTH, null);
    expect(thresholds).toEqual([(0.2 + 0.01) / 2]);
    expect(confusion!.counts).toEqual([
      [986, 2],
      [0, 12],
    ]);
    expect(values).toMatchObject({ recall: 1, precision: 12 / 14, f1: 24 / 26 });
    expect(measure(SCORES, TRUTH, 0.105)).toEqual({ ...measure(SCORES, TRUTH, null), thresholds: undefined });
    expect(measure(SCORES, TRUTH, 0.5).values).toMatchObject({ recall: 0, f1: 0 });
  });

  it("chooses nothing where it is not rare, or hardly there", () => {
    expect(measure(SCORES.slice(0, 100), TRUTH.slice(0, 100), null).thresholds).toBeUndefined();
    expect(measure(SCORES.slice(3), TRUTH.slice(3), null).thresholds).toBeUndefined();
    expect(measure(SCORES, TRUTH, 0.5).thresholds).toBeUndefined();
  });

  it("has the threshold that a search over all rows finds", () => {
    const row = fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 1 }));
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 60 }), (rows) => {
        const scores = Float64Array.from(rows, ([score]) => score / 20);
        const truth = Uint8Array.from(rows, ([, label]) => label);
        const curve = new AreaUnderCurve();
        scores.forEach((score, i) => {
          curve.add(score, truth[i]!, 1);
        });
        const found = curve.bestThreshold();
        expect(found?.threshold ?? null).toBe(bestThreshold(scores, truth));
        if (found === null) return;
        const above = rows.filter(([score]) => score / 20 >= found.threshold);
        expect(found.halves.above).toEqual([0, 1].map((label) => above.filter(([, own]) => own === label).length));
      }),
    );
  });
});
