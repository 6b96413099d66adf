import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkIntervals, intervalAround, measureIntervals, randomStream } from "../../src/core/index.ts";

/** Errors whose spread grows with the prediction, leaning to one side. */
function draw(rows: number, seed: number) {
  const random = randomStream(seed, "intervals");
  const predictions = Float64Array.from({ length: rows }, () => 1000 * random.float() ** 3);
  const errors = predictions.map((prediction) => (0.1 + prediction / 10) * (random.normal() ** 2 - 0.5));
  return { predictions, errors };
}

function covered(measured: readonly number[], { predictions, errors }: ReturnType<typeof draw>, level: number): number {
  let inside = 0;
  predictions.forEach((prediction, row) => {
    const { lower, upper } = intervalAround(measured, prediction, level);
    if (prediction + errors[row]! >= lower && prediction + errors[row]! <= upper) inside++;
  });
  return inside / predictions.length;
}

describe("intervals", () => {
  it.each([0.5, 0.8, 0.9, 0.95, 0.99])("of level %f cover as many new values, large and small", (level) => {
    const measured = measureIntervals(...(Object.values(draw(4000, 1)) as [Float64Array, Float64Array]));
    const later = draw(8000, 2);
    expect(Math.abs(covered(measured, later, level) - level)).toBeLessThan(0.02);
    const large = {
      predictions: later.predictions.filter((p) => p > 500),
      errors: later.errors.filter((_, i) => later.predictions[i]! > 500),
    };
    expect(Math.abs(covered(measured, large, level) - level)).toBeLessThan(0.04);
  });

  it("grow with the level and take any rows", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.float({ noNaN: true, noDefaultInfinity: true }),
            fc.float({ noNaN: true, noDefaultInfinity: true }),
          ),
          { minLength: 1, maxLength: 600 },
        ),
        (rows) => {
          const measured = measureIntervals(
            Float64Array.from(rows, ([p]) => p),
            Float64Array.from(rows, ([, e]) => e),
          );
          checkIntervals(measured);
          const [narrow, wide] = [0.5, 0.95].map((level) => intervalAround(measured, rows[0]![0], level));
          expect(narrow!.lower).toBeLessThanOrEqual(narrow!.upper);
          expect(wide!.lower).toBeLessThanOrEqual(narrow!.lower);
          expect(wide!.upper).toBeGreaterThanOrEqual(narrow!.upper);
        },
      ),
      { numRuns: 100 },
    );
  });

  it("that are not whole are refused", () => {
    for (const wrong of [
      [],
      [1],
      [2, 0.5],
      [1800, 9, ...new Array(1799).fill(0)],
      ["200", 1, ...new Array(199).fill(0)],
    ])
      expect(() => checkIntervals(wrong)).toThrow(/whole/);
  });
});
