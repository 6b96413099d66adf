import type { Column, TableSource } from "../core/index.ts";

/** The table with a column of missing flags of that name, where it has none: rows of which nobody knows whether they are anomalies. */
export async function withLabelColumn(source: TableSource, name: string): Promise<TableSource> {
  const { columns: known } = await source.describe();
  if (known.some((column) => column.name === name)) return source;
  const missing = (rows: number): Column => ({
    kind: "boolean",
    name,
    values: new Float64Array(rows).fill(Number.NaN),
  });
  return {
    ...source,
    describe: async () => {
      const description = await source.describe();
      return {
        ...description,
        columns: [...description.columns, { name, kind: "boolean", physical: "not in the table" }],
      };
    },
    open: async (options = {}) => {
      const names = options.columns ?? [...known.map((column) => column.name), name];
      const others = names.filter((other) => other !== name);
      // A reader needs a column to know its rows by.
      const columns = others.length > 0 ? others : known.slice(0, 1).map((column) => column.name);
      const kinds = Object.fromEntries(Object.entries(options.kinds ?? {}).filter(([other]) => other !== name));
      const reader = await source.open({ ...options, columns, kinds });
      const arranged = (own: readonly Column[], rows: number) =>
        names.map((wanted) => (wanted === name ? missing(rows) : own.find((column) => column.name === wanted)!));
      return {
        next: async () => {
          const batch = await reader.next();
          return batch === null ? null : { ...batch, columns: arranged(batch.columns, batch.rows) };
        },
        table: () => {
          const table = reader.table();
          return { ...table, columns: arranged(table.columns, table.rows) };
        },
        position: () => reader.position(),
        seek: (position) => reader.seek(position),
        close: () => reader.close(),
      };
    },
  };
}
