import type { TableSource } from "../core/index.ts";
import { withColumn } from "./added-column.ts";

/** The table with a column of missing flags of that name, where it has none: rows of which nobody knows whether they are anomalies. */
export async function withLabelColumn(source: TableSource, name: string): Promise<TableSource> {
  const { columns } = await source.describe();
  if (columns.some((column) => column.name === name)) return source;
  return withColumn(source, {
    schema: { name, kind: "boolean", physical: "not in the table" },
    place: columns.length,
    make: (_, rows) => ({ kind: "boolean", name, values: new Float64Array(rows).fill(Number.NaN) }),
  });
}
