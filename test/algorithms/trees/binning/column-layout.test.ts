import { describe, expect, it } from "vitest";
import { layoutColumns } from "../../../../src/algorithms/trees/binning/column-layout.ts";
import type { FeatureBins } from "../../../../src/algorithms/trees/binning/feature-bins.ts";

const PAGE = 4096;

/** Numeric features with so many codes each. */
function binsOf(codes: readonly number[]): FeatureBins[] {
  return codes.map((count, column) => ({
    ...{ kind: "numeric", column, codes: count, missing: false },
    cuts: Float64Array.from({ length: count - 1 }, (_, i) => i),
  }));
}

describe("the layout of columns", () => {
  it.each([8, 16])("puts the cells of equal codes at different places of a page (cells of %i bytes)", (bytes) => {
    const { cellOffsets, columns } = layoutColumns(binsOf(new Array(60).fill(256)), true);
    const places = Array.from({ length: columns }, (_, column) => (cellOffsets[column]! * bytes) % PAGE);
    expect(new Set(places).size).toBe(60);
  });

  it("has a cell for every code of a column, begins columns at even cells, and leaves few free", () => {
    const codes = [2, 3, 7, 31, 32, 33, 100, 255, 256];
    const { cellOffsets, places, columns, stride } = layoutColumns(binsOf(codes), false);
    expect(columns).toBe(codes.length);
    expect(stride).toBe(12);
    for (const { feature, column } of places) {
      const room = cellOffsets[column + 1]! - cellOffsets[column]!;
      expect(room).toBeGreaterThanOrEqual(codes[feature]!);
      expect(room).toBeLessThanOrEqual(codes[feature]! + 3);
      expect(cellOffsets[column]! % 2).toBe(0);
    }
  });
});
