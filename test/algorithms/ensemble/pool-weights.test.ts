import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { poolWeights } from "../../../src/algorithms/ensemble/pool-weights.ts";

/** Mean of -ln of what the pool gives the truth. */
function lossOf(handicaps: readonly Float64Array[], weights: ArrayLike<number>, group: number): number {
  const sums = handicaps[0]!.map((_, i) => handicaps.reduce((sum, own, m) => sum + weights[m]! * own[i]!, 0));
  let loss = 0;
  for (let at = 0; at < sums.length; at += group) {
    const others = [...sums.subarray(at, at + group)].map((x) => Math.exp(x));
    loss += Math.log((group === 1 ? 1 : 0) + others.reduce((sum, x) => sum + x, 0));
  }
  return loss / sums.length;
}

const number = fc.double({ min: -4, max: 4, noNaN: true });
const rows = (members: number, size: number) =>
  fc.array(
    fc.array(number, { minLength: size, maxLength: size }).map((values) => Float64Array.from(values)),
    {
      minLength: members,
      maxLength: members,
    },
  );
const moves = fc.array(fc.double({ min: -0.3, max: 0.3, noNaN: true }), { minLength: 3, maxLength: 3 });

describe("weights of a pool of opinions", () => {
  it("give what always says the truth, and nothing to what always says the opposite", () => {
    const right = new Float64Array(20).fill(-2);
    right[0] = 1;
    const wrong = right.map((x) => -x);
    const weights = poolWeights([right, wrong], 1);
    expect(weights[0]).toBeGreaterThan(0.5);
    expect(weights[1]).toBe(0);
  });

  it("are at or over 0, and none near them makes the truth more likely: yes and no", () => {
    fc.assert(
      fc.property(rows(3, 30), moves, (given, move) => {
        // What is for ever right would be given more and more weight.
        const handicaps = given.map((own, m) => Float64Array.from([...own, 3 - m, -2]));
        const weights = poolWeights(handicaps, 1);
        expect(weights.every((weight) => weight >= 0)).toBe(true);
        const other = weights.map((weight, m) => Math.max(0, weight + move[m]!));
        expect(lossOf(handicaps, weights, 1)).toBeLessThanOrEqual(lossOf(handicaps, other, 1) + 1e-4);
      }),
      { numRuns: 60 },
    );
  });

  it("are the best of several classes too", () => {
    fc.assert(
      fc.property(rows(3, 60), moves, (given, move) => {
        // The first of three classes is the truth.
        const handicaps = given.map((own) => own.map((x, i) => (i % 3 === 0 ? 0 : x)));
        const weights = poolWeights(handicaps, 3);
        const other = weights.map((weight, m) => Math.max(0, weight + move[m]!));
        expect(lossOf(handicaps, weights, 3)).toBeLessThanOrEqual(lossOf(handicaps, other, 3) + 1e-4);
      }),
      { numRuns: 60 },
    );
  });
});
