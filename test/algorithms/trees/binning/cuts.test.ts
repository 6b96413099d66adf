import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutBetween, cutsOf } from "../../../../src/algorithms/trees/binning/cuts.ts";
import { roundestBetween } from "../../../../src/algorithms/trees/binning/round-number.ts";
import { randomStream } from "../../../../src/core/index.ts";

/** Digits before the zeros at the end of a number's shortest decimal form. */
function digitsOf(value: number): number {
  const digits = value.toExponential().split("e")[0]!.replace(/[-.]/g, "");
  return digits.replace(/0+$/, "").length;
}

describe("the roundest number between two", () => {
  it.each([
    [10.8, 11.2, 11],
    [7.61, 8.43, 8],
    [0.31, 0.36, 0.35],
    [-4.2, 3, 0],
    [-12.7, -9.1, -10],
    [0.0213, 0.0218, 0.0215],
    [1023, 1077, 1050],
    [9.9999999999999982, 10.5, 10],
    [1.51e25, 1.6e25, 1.55e25],
    [2e-24, 2.4e-24, 2e-24],
    [14_999, 15_000.5, 15_000],
    [-Number.POSITIVE_INFINITY, -5, -1e308],
    [5e-324, 1e-323, 5e-324],
    [-9.7407554125e-314, 0, -5e-314],
    [1.23456789e-310, 1.23999e-310, 1.235e-310],
  ])("of %d and %d is %d", (low, high, expected) => {
    expect(roundestBetween(low, high)).toBe(expected);
  });

  it("lies between them, and has no more digits than either of them needs", () => {
    const number = fc.double({ noNaN: true, min: -1e300, max: 1e300 });
    fc.assert(
      fc.property(number, number, (a, b) => {
        fc.pre(a !== b);
        const [low, high] = a < b ? [a, b] : [b, a];
        const round = roundestBetween(low, high);
        expect(round).toBeGreaterThanOrEqual(low);
        expect(round).toBeLessThan(high);
        // A number of one digit more than needed to tell the ends apart is found unless the window is next to nothing.
        if (high - low > Math.max(Math.abs(low), Math.abs(high)) * 1e-9)
          expect(digitsOf(round)).toBeLessThanOrEqual(10);
      }),
    );
  });
});

describe("cuts", () => {
  it("ascend and leave no bin empty", () => {
    const value = fc.oneof(fc.double({ noNaN: true, min: -50, max: 50 }), fc.integer({ min: -3, max: 3 }));
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 400 }),
        fc.integer({ min: 2, max: 40 }),
        (list, maxBins) => {
          const values = Float64Array.from(list, (x) => x + 0).sort();
          const cuts = cutsOf(values, maxBins, false);
          expect(cuts.length).toBeLessThan(maxBins);
          cuts.forEach((cut, k) => {
            const from = k === 0 ? Number.NEGATIVE_INFINITY : cuts[k - 1]!;
            expect(cut).toBeGreaterThan(from);
            expect(values.some((x) => x > from && x <= cut)).toBe(true);
          });
          if (cuts.length > 0) expect(values.at(-1)).toBeGreaterThan(cuts.at(-1)!);
        },
      ),
    );
  });

  it("of few values part each from the next at their middle", () => {
    expect([...cutsOf(Float64Array.of(1, 1, 2, 5, 5, 8), 255, false)]).toEqual([1.5, 3.5, 6.5]);
  });

  it("of many hold a like share of the values, at round numbers", () => {
    const random = randomStream(5, "cuts");
    const values = Float64Array.from({ length: 50_000 }, () => 30 * random.float() - 4).sort();
    const cuts = cutsOf(values, 255, false);
    expect(cuts.length).toBeGreaterThan(230);
    for (const round of [0, 5, 10, 15, 20, 25]) expect(cuts).toContain(round);
    const placed = Array.from(cuts, (cut) => values.findLastIndex((x) => x <= cut) + 1);
    const counts = [...placed, values.length].map((end, k) => end - (placed[k - 1] ?? 0));
    expect(Math.max(...counts)).toBeLessThanOrEqual((2 * 50_000) / 255);
  });

  it("give frequent values a bin of their own", () => {
    const values = Float64Array.from({ length: 3000 }, (_, i) => (i < 1000 ? 7.3 : 7.3 + i / 1000)).sort();
    const cuts = cutsOf(values, 16, false);
    expect(cuts[0]).toBeGreaterThanOrEqual(7.3);
    expect(cuts[0]).toBeLessThan(8.5);
  });

  it("of float32 are float32", () => {
    const values = Float32Array.from({ length: 4000 }, (_, i) => i / 1000 + 0.3);
    for (const cut of cutsOf(values, 100, true)) expect(Math.fround(cut)).toBe(cut);
    expect(cutBetween(Math.fround(0.1), Math.fround(0.2), true)).toBe(Math.fround(0.15000000223517418));
  });
});
