import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readRows } from "../../../src/algorithms/anomaly/detector.ts";
import { isolation, meanDepth } from "../../../src/algorithms/anomaly/isolation.ts";
import { fitTail, tailSurprise } from "../../../src/algorithms/anomaly/pareto-tail.ts";
import { measureRarity, rarityOf } from "../../../src/algorithms/anomaly/rarity.ts";
import { tails } from "../../../src/algorithms/anomaly/tails.ts";
import { type FeatureTable, randomStream } from "../../../src/core/index.ts";

const PARAMETERS = { trees: 50, sampleRows: 256, tailShare: 0.02 };

/** Usual rows of two features that go together, a category, and at the end one odd row. */
function table(odd: readonly [number, number, number], rows = 1000): FeatureTable {
  const random = randomStream(5, "detectors");
  const x = Float64Array.from({ length: rows }, () => random.normal());
  const y = x.map((value) => value + 0.1 * random.normal());
  const c = Uint8Array.from({ length: rows }, () => 1 + random.integer(2));
  [x[rows - 1], y[rows - 1], c[rows - 1]] = odd;
  return {
    rows,
    columns: [
      { kind: "numeric", name: "x", values: x },
      { kind: "numeric", name: "y", values: y },
      { kind: "categorical", name: "c", codes: c, cardinality: 3 },
    ],
  };
}

function ranksOf(detector: typeof isolation, odd: readonly [number, number, number]): number {
  const reader = readRows(table(odd));
  const count = detector === isolation ? PARAMETERS.trees : 3;
  const pieces = Array.from({ length: count }, (_, piece) =>
    detector.fit(reader, piece, PARAMETERS, randomStream(1, "pieces", piece)),
  );
  expect(pieces.every((piece) => detector.isPiece(piece, 3))).toBe(true);
  const scores = Array.from({ length: reader.rows }, (_, row) => detector.score(pieces, reader, row));
  expect(scores.every((score) => Number.isFinite(score) && score >= 0)).toBe(true);
  return scores.filter((score) => score > scores.at(-1)!).length;
}

describe.each([
  ["isolation", isolation],
  ["tails", tails],
])("%s", (_, detector) => {
  it("finds what is far out", () => {
    expect(ranksOf(detector, [7, 7, 1])).toBe(0);
    // In one feature alone: rows far out in both may come first.
    expect(ranksOf(detector, [0, -6, 1])).toBeLessThan(50);
  });

  it("says nothing of what is missing", () => {
    expect(ranksOf(detector, [Number.NaN, Number.NaN, 0])).toBeGreaterThan(20);
  });

  it("refuses pieces that are none", () => {
    for (const piece of [
      [],
      [1],
      [1, 0, 0.5, 0, 0, 0],
      [Number.NaN, 1, 2, 3, 4, 5, 6, 7, 8],
      [5, 0.02, 0, 0, -1, 0, 0, -1, 0, 9],
    ])
      expect(detector.isPiece(Float64Array.from(piece), 3)).toBe(false);
  });
});

it("a category that is rare is far out", () => {
  expect(ranksOf(tails, [0, 0, 3])).toBeLessThan(25);
  expect(meanDepth(256)).toBeCloseTo(10.2448, 3);
});

describe("tails of the generalised Pareto distribution", () => {
  it("are as rare as those that they were fitted to", () => {
    const random = randomStream(9, "tails");
    const exponential = Float64Array.from({ length: 20_000 }, () => -Math.log(1 - random.float())).sort();
    const heavy = exponential.map((value) => Math.exp(value / 2));
    for (const sorted of [exponential, heavy]) {
      const tail = fitTail(sorted, 0.04, 1);
      const at = (share: number) => sorted[Math.floor((1 - share) * sorted.length)]!;
      // Twice as likely, because either end counts.
      for (const share of [0.01, 0.001])
        expect(tailSurprise(tail, 0.04, 1, at(share))).toBeCloseTo(-Math.log(2 * share), 0);
      expect(tailSurprise(tail, 0.04, 1, at(0.5))).toBe(0);
    }
  });

  it("are not moved by a few odd values", () => {
    const sorted = Float64Array.from({ length: 5000 }, (_, i) => i / 5000);
    const odd = Float64Array.from([...sorted.slice(0, 4990), ...new Array<number>(10).fill(1e9)]);
    expect(fitTail(odd, 0.04, 1)[1]).toBeCloseTo(fitTail(sorted, 0.04, 1)[1], 2);
  });
});

it("rarity rises with the score, and goes on beyond the highest", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 4000 }), (scores) => {
      const pairs = measureRarity(Float64Array.from(scores));
      const sorted = [...scores].sort((a, b) => a - b);
      const rarities = [...sorted, sorted.at(-1)! + 1].map((score) => rarityOf(pairs, score));
      return rarities.every((rarity, i) => Number.isFinite(rarity) && (i === 0 || rarity >= rarities[i - 1]! - 1e-9));
    }),
    { numRuns: 50 },
  );
});
