import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rowHash, streamKey } from "../../src/core/index.ts";
import { hashBorders, isUnder, parseSampleSize, sampleRowCount, sampleRows } from "../../src/data/index.ts";

const rowsIn = (of: number, rows: number, seed: number) => {
  const sample = sampleRows(of, rows, seed);
  return Array.from({ length: of }, (_, row) => row).filter((row) => sample.has(row));
};

describe("samples", () => {
  it("have exactly as many rows as asked for, and lie in each other", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2000 }),
        fc.nat(),
        fc.nat(),
        fc.integer({ min: 0, max: 2 ** 40 }),
        (of, a, b, seed) => {
          const [small, large] = [a % (of + 1), b % (of + 1)].sort((x, y) => x - y) as [number, number];
          const inner = rowsIn(of, small, seed);
          const outer = new Set(rowsIn(of, large, seed));
          expect(inner.length).toBe(small);
          expect(outer.size).toBe(large);
          expect(inner.every((row) => outer.has(row))).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("are the smallest hashes, ties by row, in every stratum", () => {
    const key = streamKey(7, "test");
    const stratumOf = (row: number) => (row % 5) - 1;
    const quotas = [
      [3, 10],
      [0, 500],
      [100, 100],
      [1, 2],
    ];
    const borders = hashBorders({ key, rows: 1500, stratumOf, strata: 4 }, quotas);
    quotas.forEach((sizes, stratum) => {
      const pairs = Array.from({ length: 1500 }, (_, row) => ({ row, hash: rowHash(key, row) }))
        .filter(({ row }) => stratumOf(row) === stratum)
        .sort((a, b) => a.hash - b.hash || a.row - b.row);
      sizes.forEach((size, i) => {
        const under = pairs.filter(({ row, hash }) => isUnder(borders[stratum]![i]!, hash, row));
        expect(under).toEqual(pairs.slice(0, size));
      });
    });
  });

  it("are spread evenly", () => {
    const sample = sampleRows(100_000, 10_000, 42);
    for (let start = 0; start < 100_000; start += 10_000) {
      let count = 0;
      for (let row = start; row < start + 10_000; row++) if (sample.has(row)) count++;
      expect(Math.abs(count - 1000)).toBeLessThan(150);
    }
  });

  it("sizes are read as written", () => {
    const rows = (text: string, of: number) => sampleRowCount(parseSampleSize(text), of);
    expect(rows("small", 1e6)).toBe(100_000);
    expect(rows("medium", 1e6)).toBe(500_000);
    expect(rows("large", 1e6)).toBe(1e6);
    expect(rows("ALL", 10)).toBe(10);
    expect(rows("small", 10)).toBe(10);
    expect(rows("250", 1000)).toBe(250);
    expect(rows("250_000", 1e6)).toBe(250_000);
    expect(rows("1e5", 1e6)).toBe(100_000);
    expect(rows("5%", 1000)).toBe(50);
    expect(rows("0.01 %", 1000)).toBe(1);
    expect(rows("100%", 7)).toBe(7);
  });

  it.each(["0", "0%", "-5", "101%", "many", "", "1.5", "NaN", "5%%"])("refuse %j", (text) => {
    expect(() => parseSampleSize(text)).toThrow(/--sample-size must be/);
  });

  it("refuse more rows than there are", () => {
    expect(() => sampleRowCount(parseSampleSize("1001"), 1000)).toThrow(/at most the table's 1,000 rows, got 1,001/);
  });
});
