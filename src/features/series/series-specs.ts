import type { FeatureColumn, FeatureSpec } from "../../core/index.ts";
import { NumberTally, ROLE } from "../../data/index.ts";

/** What the training rows say about columns. */
export function specsOf(columns: readonly FeatureColumn[], roles: Uint8Array): FeatureSpec[] {
  return columns.map((column) => {
    const { name, kind } = column;
    if (column.kind === "categorical") {
      const missing = count(roles, (row) => column.codes[row] === 0);
      return { name, kind, cardinality: column.cardinality, mean: 0, std: 0, min: 0, max: 0, missing };
    }
    const trained = column.values.filter((_, row) => roles[row] === ROLE.train);
    const tally = new NumberTally(0);
    tally.add(trained, trained.length);
    const { mean, std, min, max } = tally.summary();
    return {
      name,
      kind,
      cardinality: 0,
      mean,
      std,
      min,
      max,
      missing: count(roles, (row) => Number.isNaN(column.values[row]!)),
    };
  });
}

function count(roles: Uint8Array, isMissing: (row: number) => boolean): number {
  let found = 0;
  for (let row = 0; row < roles.length; row++) if (roles[row] === ROLE.train && isMissing(row)) found++;
  return found;
}
