import { type Column, columnNamed, isStringColumn, type Table } from "../../../src/core/index.ts";
import { TRANSACTION_FEATURES, transactionDeriver } from "../../../src/features/index.ts";
import { drawTable } from "../../../src/recipes/transactions/draw-table.ts";

/** Synthetic transactions in memory, in the order of time. */
export function transactionTable(rows: number, seed = 7): Table {
  const [first, ...others] = [...drawTable({ rows, seed, odd: 0.02 })];
  const cells = [first!, ...others].flatMap((batch) =>
    Array.from({ length: batch.rows }, (_, row) => batch.columns.map((column) => cellOf(column, row))),
  );
  return tableOf(first!.columns, cells);
}

type Cell = string | number | null;

export function cellOf(column: Column, row: number): Cell {
  if (isStringColumn(column)) return column.codes[row] === 0 ? null : column.dictionary[column.codes[row]! - 1]!;
  return column.values[row]!;
}

function tableOf(like: readonly Column[], cells: readonly (readonly Cell[])[]): Table {
  const columns = like.map((column, k): Column => {
    if (!isStringColumn(column)) return { ...column, values: Float64Array.from(cells, (row) => row[k] as number) };
    const dictionary = [...new Set(cells.flatMap((row) => (row[k] === null ? [] : [row[k] as string])))];
    const codes = new Map(dictionary.map((text, i) => [text, i + 1]));
    return {
      ...column,
      dictionary,
      codes: Uint32Array.from(cells, (row) => (row[k] === null ? 0 : codes.get(row[k] as string)!)),
    };
  });
  return { rows: cells.length, columns };
}

/** The table with its rows in another order. */
export function reordered(table: Table, order: readonly number[]): Table {
  const cells = order.map((row) => table.columns.map((column) => cellOf(column, row)));
  return tableOf(table.columns, cells);
}

/** A row's features as text, so that missing ones are equal. */
export function featuresOf({ columns }: Pick<Table, "columns">, row: number): string {
  return TRANSACTION_FEATURES.map(({ name }) => `${name}=${cellOf(columnNamed(columns, name)!, row)}`).join("\n");
}

/** All features of a table that lies in order. */
export function derivedTable(table: Table): Table {
  return { rows: table.rows, columns: transactionDeriver.start().next(table, (row) => row) };
}
