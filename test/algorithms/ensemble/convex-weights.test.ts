import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { convexWeights } from "../../../src/algorithms/ensemble/convex-weights.ts";

function productsOf(errors: readonly (readonly number[])[]): Float64Array[] {
  return errors.map((a) => Float64Array.from(errors, (b) => a.reduce((sum, x, i) => sum + x * b[i]!, 0)));
}

function squared(errors: readonly (readonly number[])[], weights: ArrayLike<number>): number {
  return errors[0]!.reduce((sum, _, i) => sum + errors.reduce((e, own, k) => e + weights[k]! * own[i]!, 0) ** 2, 0);
}

describe("weights of an ensemble", () => {
  it("cancel errors of opposite sign, and leave a member out that only harms", () => {
    const weights = convexWeights(
      productsOf([
        [1, -1, 1, -1],
        [-1, 1, -1, 1],
        [9, 9, 9, 9],
      ]),
    );
    expect(weights[0]).toBeCloseTo(0.5, 9);
    expect(weights[1]).toBeCloseTo(0.5, 9);
    expect(weights[2]).toBe(0);
  });

  it("are at or over 0, sum to 1, and no mixture is better", () => {
    const number = fc.double({ min: -5, max: 5, noNaN: true });
    const errors = fc.array(fc.array(number, { minLength: 12, maxLength: 12 }), { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(
        errors,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }),
        (own, mix) => {
          const weights = convexWeights(productsOf(own));
          expect(weights.every((weight) => weight >= 0)).toBe(true);
          expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9);
          const total = own.reduce((sum, _, k) => sum + mix[k]!, 0) || 1;
          const other = own.map((_, k) =>
            total === 1 && mix.every((m) => m === 0) ? Number(k === 0) : mix[k]! / total,
          );
          expect(squared(own, weights)).toBeLessThanOrEqual(squared(own, other) + 1e-6);
        },
      ),
      { numRuns: 100 },
    );
  });

  it("go as far from those that they are drawn to as the errors are worth", () => {
    const products = productsOf([
      [1, 0],
      [0, 2],
    ]);
    const towards = Float64Array.of(0.5, 0.5);
    expect(convexWeights(products, { towards, strength: 1e9 })[0]).toBeCloseTo(0.5, 6);
    expect(convexWeights(products, { towards, strength: 0 })[0]).toBeCloseTo(0.8, 9);
    // The least of w² + 4 (1 − w)² + 3 (2 (w − 0.5)²): w = 7 / 11.
    expect(convexWeights(products, { towards, strength: 3 })[0]).toBeCloseTo(7 / 11, 9);
  });
});
