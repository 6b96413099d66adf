import type { Column, ColumnSchema, TableSource } from "../core/index.ts";

/** A column that is no part of a file. */
export interface AddedColumn {
  readonly schema: ColumnSchema;
  /** Its place among the columns. */
  readonly place: number;
  /** Its values in some rows of the file. */
  readonly make: (firstRow: number, rows: number) => Column;
}

/** The table with a column beside those that its file has. */
export async function withColumn(source: TableSource, { schema, place, make }: AddedColumn): Promise<TableSource> {
  const { columns: described } = await source.describe();
  const known = described.map(({ name }) => name);
  return {
    ...source,
    describe: async () => {
      const description = await source.describe();
      return { ...description, columns: description.columns.toSpliced(place, 0, schema) };
    },
    open: async (options = {}) => {
      const names = options.columns ?? known.toSpliced(place, 0, schema.name);
      const others = names.filter((name) => name !== schema.name);
      // A reader needs a column to know its rows by.
      const columns = others.length > 0 ? others : known.slice(0, 1);
      const kinds = Object.fromEntries(Object.entries(options.kinds ?? {}).filter(([name]) => name !== schema.name));
      const reader = await source.open({ ...options, columns, kinds });
      const arranged = (own: readonly Column[], firstRow: number, rows: number): Column[] =>
        names.map((wanted) =>
          wanted === schema.name ? make(firstRow, rows) : own.find((column) => column.name === wanted)!,
        );
      return {
        next: async () => {
          const batch = await reader.next();
          return batch === null ? null : { ...batch, columns: arranged(batch.columns, batch.firstRow, batch.rows) };
        },
        table: () => {
          const table = reader.table();
          return { ...table, columns: arranged(table.columns, 0, table.rows) };
        },
        position: () => reader.position(),
        seek: (position) => reader.seek(position),
        close: () => reader.close(),
      };
    },
  };
}
