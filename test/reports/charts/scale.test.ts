import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linearScale, tickText } from "../../../src/reports/charts/scale.ts";

describe("a linear scale", () => {
  it.each([
    [0, 1, ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]],
    [-3, 7, ["−2", "0", "2", "4", "6"]],
    [0, 52_000, ["0", "10k", "20k", "30k", "40k", "50k"]],
    [1_000_000, 3_000_000, ["1.0M", "1.5M", "2.0M", "2.5M", "3.0M"]],
    [0.00012, 0.00018, ["1.2e-4", "1.3e-4", "1.4e-4", "1.5e-4", "1.6e-4", "1.7e-4", "1.8e-4"]],
  ])("from %d to %d has round ticks", (low, high, texts) => {
    const scale = linearScale([low, high], [0, 100], 5);
    expect(scale.ticks.map(scale.format)).toEqual(texts);
  });

  it("has few, different, rising ticks inside any range, and every one in its place", () => {
    const value = fc.double({ min: -1e12, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(value, fc.double({ min: 1e-9, max: 1e12, noNaN: true }), fc.boolean(), (from, span, nice) => {
        fc.pre(from + span > from && span > Math.abs(from) * 1e-6);
        const scale = linearScale([from, from + span], [10, 210], 5, { nice });
        expect(scale.ticks.length).toBeGreaterThanOrEqual(2);
        expect(scale.ticks.length).toBeLessThanOrEqual(12);
        for (const [i, tick] of scale.ticks.entries()) {
          if (i > 0) expect(tick).toBeGreaterThan(scale.ticks[i - 1]!);
          expect(scale.at(tick)).toBeGreaterThan(9.99);
          expect(scale.at(tick)).toBeLessThan(210.01);
        }
      }),
    );
  });

  it("moves equal ends apart, and has whole ticks where asked", () => {
    const same = linearScale([5, 5], [0, 100], 5);
    expect(same.at(5)).toBe(50);
    expect(linearScale([1, 3], [0, 100], 5, { whole: true }).ticks).toEqual([1, 2, 3]);
  });

  it.each([
    [2e-7, 1e-7, "2e-7"],
    [0, 1e-7, "0"],
    [1.5e9, 5e8, "1.5G"],
    [-0.5, 0.5, "−0.5"],
  ])("writes %d in steps of %d as %s", (value, step, text) => expect(tickText(value, step)).toBe(text));
});
