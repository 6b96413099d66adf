import type { TableSource } from "../core/index.ts";
import { computedSource } from "./computed-source.ts";

/** The table with a column of missing flags of that name, where it has none: rows of which nobody knows whether they are anomalies. */
export async function withLabelColumn(source: TableSource, name: string): Promise<TableSource> {
  const { columns } = await source.describe();
  if (columns.length === 0 || columns.some((column) => column.name === name)) return source;
  const schema = { name, kind: "boolean", physical: "not in the table" } as const;
  return computedSource(source, [
    {
      schema,
      from: [columns[0]!.name],
      compute: (_, rows) => ({ kind: "boolean", name, values: new Float64Array(rows).fill(Number.NaN) }),
    },
  ]);
}
