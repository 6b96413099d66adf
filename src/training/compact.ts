import type { Examples, FeatureColumn, FeatureTable } from "../core/index.ts";

/** Labelled rows that lie side by side: row i of the table has target[i] and weight[i]. */
export interface CompactExamples {
  readonly table: FeatureTable;
  readonly target: Float64Array;
  readonly weight: Float32Array | null;
}

/** Gathers the rows that belong to examples into a table of their own; shares memory where all rows belong. */
export function compactExamples({ table, rows, target, weight }: Examples): CompactExamples {
  if (rows === null) {
    const { rows: count } = table;
    return { table, target: target.subarray(0, count), weight: weight === null ? null : weight.subarray(0, count) };
  }
  return {
    table: { rows: rows.length, columns: table.columns.map((column) => gatherColumn(column, rows)) },
    target: gather(target, rows, new Float64Array(rows.length)),
    weight: weight === null ? null : gather(weight, rows, new Float32Array(rows.length)),
  };
}

function gatherColumn(column: FeatureColumn, rows: Uint32Array): FeatureColumn {
  if (column.kind === "categorical") {
    const { codes } = column;
    const out = new (codes.constructor as Uint32ArrayConstructor)(rows.length);
    return { ...column, codes: gather(codes as Uint32Array, rows, out) };
  }
  const { values } = column;
  const out = new (values.constructor as Float64ArrayConstructor)(rows.length);
  return { ...column, values: gather(values as Float64Array, rows, out) };
}

function gather<T extends { [index: number]: number }>(from: T, rows: Uint32Array, to: T): T {
  for (let i = 0; i < rows.length; i++) to[i] = from[rows[i]!]!;
  return to;
}
