import type { Examples, FeatureTable } from "../core/index.ts";
import { ExampleBuffer } from "../data/index.ts";

/** Labelled rows that lie side by side: row i of the table has the i-th target and weight[i]. */
export interface CompactExamples {
  readonly table: FeatureTable;
  /** Row-major, as many numbers a row as the examples had. */
  readonly target: Float64Array;
  readonly weight: Float32Array | null;
}

/**
 * Gathers the rows that belong to examples into a table of their own; shares memory where all rows belong.
 *
 * @param targetWidth numbers of the target a row
 */
export function compactExamples(examples: Examples, targetWidth = 1): CompactExamples {
  const { table, rows, target, weight } = examples;
  if (rows === null) {
    const { rows: count } = table;
    return { table, target: target.subarray(0, count * targetWidth), weight: weight?.subarray(0, count) ?? null };
  }
  const gathered = new ExampleBuffer({ like: table, capacity: rows.length, weighted: weight !== null, targetWidth });
  gathered.append(examples, rows);
  return gathered.examples();
}
