import { describe, expect, it } from "vitest";
import { scaleColumns, termScales } from "../../../src/algorithms/linear/term-scales.ts";
import type { SparseMatrix } from "../../../src/kernels/linear/index.ts";

/** Terms: 0 is in all texts, 1 in those of the first label, 2 in every other one; column 3 is a number. */
const ROWS = [
  [1, 1, 0, 0.5],
  [1, 1, 1, 0.5],
  [1, 0, 0, 0.5],
  [1, 0, 1, 0.5],
];
const LABELS = Int8Array.of(1, 1, -1, -1);

function sparse(rows: readonly (readonly number[])[]): SparseMatrix {
  const entries = rows.flatMap((row) => row.flatMap((value, column) => (value === 0 ? [] : [{ value, column }])));
  const ends = rows.map(
    (_, i) =>
      rows
        .slice(0, i + 1)
        .flat()
        .filter((value) => value !== 0).length,
  );
  return {
    rows: rows.length,
    width: rows[0]!.length,
    offsets: Uint32Array.of(0, ...ends),
    indices: Uint32Array.from(entries, ({ column }) => column),
    values: Float32Array.from(entries, ({ value }) => value),
  };
}

const scalesOf = (labels: readonly Int8Array[], weights: Float32Array | null = null) =>
  termScales({ matrix: sparse(ROWS), terms: 3, weights, labels });

describe("scales of terms", () => {
  it("are one half alike and one half the ratio of how often terms are of a label", () => {
    const scales = scalesOf([LABELS]);
    // Seen in 2 of 2 rows of the label where 1 would be chance, and in none of the others: ln((2 + 1) / (1 + 1)) - ln((0 + 1) / (1 + 1)).
    const ratio = Math.log(3);
    const common = ratio / 3;
    expect(scales[1]! / scales[0]!).toBeCloseTo((common + ratio) / common, 9);
    expect(scales[2]).toBe(scales[0]);
    expect(scales[3]).toBe(1);
  });

  it("leave rows as long as they were on average, and say nothing where no term does", () => {
    const matrix = sparse(ROWS);
    scaleColumns(matrix, scalesOf([LABELS]));
    const squares = matrix.values.reduce((sum, value, k) => sum + (matrix.indices[k] === 3 ? 0 : value * value), 0);
    expect(squares).toBeCloseTo(8, 5);
    expect([...scalesOf([Int8Array.of(-1, -1, -1, -1)])]).toEqual([1, 1, 1, 1]);
  });

  it("count rows by their weight, and labels by their share", () => {
    const [doubled, heavy] = [sparse([...ROWS, ROWS[1]!]), Float32Array.of(1, 2, 1, 1)];
    const wanted = termScales({ matrix: doubled, terms: 3, weights: null, labels: [Int8Array.of(1, 1, -1, -1, 1)] });
    const found = scalesOf([LABELS], heavy);
    expect(found[1]! / found[0]!).toBeCloseTo(wanted[1]! / wanted[0]!, 9);
    const never = Int8Array.of(-1, -1, -1, -1);
    expect([...scalesOf([LABELS, never])]).toEqual([...scalesOf([LABELS])]);
  });
});
