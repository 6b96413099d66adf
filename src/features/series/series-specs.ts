import type { FeatureColumn, FeatureSpec } from "../../core/index.ts";
import { NumberTally, rowsOfRole } from "../../data/index.ts";

/** What the training rows say about columns. */
export function specsOf(columns: readonly FeatureColumn[], roles: Uint8Array): FeatureSpec[] {
  const rows = rowsOfRole(roles, "train") ?? Uint32Array.from(roles.keys());
  return columns.map((column) => {
    const { name, kind } = column;
    if (column.kind === "categorical") {
      const missing = countOf(rows, (row) => column.codes[row] === 0);
      return { name, kind, cardinality: column.cardinality, mean: 0, std: 0, min: 0, max: 0, missing };
    }
    const trained = new Float32Array(rows.length);
    for (let i = 0; i < rows.length; i++) trained[i] = column.values[rows[i]!]!;
    const tally = new NumberTally(0);
    tally.add(trained, trained.length);
    const { mean, std, min, max } = tally.summary();
    const missing = countOf(rows, (row) => Number.isNaN(column.values[row]!));
    return { name, kind, cardinality: 0, mean, std, min, max, missing };
  });
}

function countOf(rows: Uint32Array, isMissing: (row: number) => boolean): number {
  let found = 0;
  for (const row of rows) if (isMissing(row)) found++;
  return found;
}
