import { describe, expect, it } from "vitest";
import { BorderFinder, quantileBorders } from "../../../src/algorithms/neural/border-finder.ts";
import { encodeRows, newEncodedRows, planInputs } from "../../../src/algorithms/neural/encoding.ts";
import type { FeatureColumn } from "../../../src/core/index.ts";
import { type MemoryTable, memoryDataset } from "./memory-dataset.ts";

function tableOf(columns: FeatureColumn[], rows: number): MemoryTable {
  const all = Uint32Array.from({ length: rows }, (_, i) => i);
  const none = new Uint32Array(0);
  return {
    task: { kind: "regression", target: "y" },
    columns,
    target: new Float64Array(rows),
    roles: { train: all, validation: none, test: none },
  };
}

describe("quantile borders", () => {
  it("cut sorted values into pieces of as many values", () => {
    expect(
      quantileBorders(
        Float64Array.from({ length: 101 }, (_, i) => i),
        4,
      ),
    ).toEqual([0, 25, 50, 75, 100]);
  });

  it("name every value once, and none where there is only one", () => {
    expect(quantileBorders(Float64Array.of(0, 0, 0, 0, 1, 2), 8)).toEqual([0, 1, 2]);
    expect(quantileBorders(Float64Array.of(7, 7, 7), 8)).toEqual([]);
    expect(quantileBorders(new Float64Array(0), 8)).toEqual([]);
  });
});

describe("the border finder", () => {
  it("draws no more than its share of many rows, and is near their quantiles", () => {
    const rows = 80_000;
    const values = Float64Array.from({ length: rows }, (_, i) => ((i * 7919) % rows) / rows);
    const columns: FeatureColumn[] = [{ kind: "numeric", name: "x", values }];
    const finder = new BorderFinder(memoryDataset(tableOf(columns, rows)), 3);
    const parts = [0, 1, 2, 3].map((part) => Uint32Array.from({ length: rows / 4 }, (_, i) => (part * rows) / 4 + i));
    for (const part of parts) finder.add({ table: { rows, columns }, rows: part });
    expect(finder.getState().arrays.drawn!.length).toBeLessThanOrEqual(16_384);
    expect(finder.getState().arrays.drawn!.length).toBeGreaterThan(15_000);
    const borders = finder.borders(4)[0]!;
    expect(borders).toHaveLength(5);
    for (const [i, share] of [0, 0.25, 0.5, 0.75, 1].entries()) expect(borders[i]!).toBeCloseTo(share, 1);
  });

  it("passes over missing values and categories", () => {
    const columns: FeatureColumn[] = [
      { kind: "categorical", name: "c", codes: Uint8Array.of(1, 2, 1, 2), cardinality: 2 },
      { kind: "numeric", name: "x", values: Float64Array.of(Number.NaN, 3, 1, 2) },
      { kind: "numeric", name: "none", values: new Float64Array(4).fill(Number.NaN) },
    ];
    const finder = new BorderFinder(memoryDataset(tableOf(columns, 4)), 3);
    finder.add({ table: { rows: 4, columns }, rows: null });
    expect(finder.borders(2)).toEqual([[], [1, 2, 3], []]);
  });
});

describe("the encoding of numbers", () => {
  it("fills the pieces under a value, and none where it is missing", () => {
    const values = Float64Array.of(-1, 0.5, 1.5, 9, Number.NaN);
    const columns: FeatureColumn[] = [{ kind: "numeric", name: "x", values }];
    const { features } = memoryDataset(tableOf(columns, 5));
    const inputs = planInputs(features, [[0, 1, 2]], 12);
    const encoded = newEncodedRows(inputs, 5);
    encodeRows(inputs, { rows: 5, columns }, null, encoded);
    const rows = Array.from({ length: 5 }, (_, row) => [...encoded.dense.subarray(row * 4, row * 4 + 4)]);
    expect(rows.map(([, , ...pieces]) => pieces)).toEqual([
      [0, 0],
      [0.5, 0],
      [1, 0.5],
      [1, 1],
      [0, 0],
    ]);
    expect(rows.map(([, missing]) => missing)).toEqual([0, 0, 0, 0, 1]);
  });
});
