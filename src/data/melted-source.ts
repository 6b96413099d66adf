import {
  type Column,
  columnNamed,
  isStringColumn,
  type NumberColumn,
  type OpenOptions,
  type Table,
  type TableSource,
} from "../core/index.ts";
import { memorySource } from "./formats/memory/index.ts";

export interface Melting {
  /** The column that every row keeps, and its new name. */
  readonly keep: { readonly from: string; readonly to: string };
  /** Columns of numbers that become rows. */
  readonly columns: readonly string[];
  /** Names of the new columns: of what a value's column was called, and of the values. */
  readonly name: string;
  readonly value: string;
}

/** A table of many columns of one kind of value as one with a row for each value, column by column. Read whole when it is opened. */
export function meltedSource(source: TableSource, melting: Melting): TableSource {
  const { keep, columns, name, value } = melting;
  return {
    format: source.format,
    path: source.path,
    describe: async () => {
      const { rows, ...rest } = await source.describe();
      const kept = rest.columns.find((column) => column.name === keep.from)!;
      return {
        ...rest,
        rows: rows === undefined ? undefined : rows * columns.length,
        remarks: [
          ...(rest.remarks ?? []),
          `${columns.length} columns of numbers are read as ${value}, their names as ${name}, and ${keep.from === "" ? "the column without a name" : `column ${keep.from}`} as ${keep.to}.`,
        ],
        columns: [
          { ...kept, name: keep.to },
          { name, kind: "categorical", physical: "names of columns" },
          { name: value, kind: "numeric", physical: "columns" },
        ],
      };
    },
    open: async (options = {}) => {
      const table = await readWide(source, melting, options);
      return memorySource(meltTable(table, melting), source.path).open(options);
    },
  };
}

async function readWide(source: TableSource, { keep, columns }: Melting, { threads }: OpenOptions): Promise<Table> {
  const reader = await source.open({
    columns: [keep.from, ...columns],
    retain: true,
    ...(threads === undefined ? {} : { threads }),
  });
  try {
    while ((await reader.next()) !== null);
    return reader.table();
  } finally {
    await reader.close();
  }
}

function meltTable(table: Table, { keep, columns, name, value }: Melting): Table {
  const rows = table.rows * columns.length;
  const narrow = columns.every(
    (column) => (columnNamed(table.columns, column) as NumberColumn).values instanceof Float32Array,
  );
  const values = narrow ? new Float32Array(rows) : new Float64Array(rows);
  const codes = columns.length <= 0xff ? new Uint8Array(rows) : new Uint32Array(rows);
  columns.forEach((column, k) => {
    const found = columnNamed(table.columns, column)!;
    if (!isStringColumn(found)) values.set(found.values.subarray(0, table.rows), k * table.rows);
    codes.fill(k + 1, k * table.rows, (k + 1) * table.rows);
  });
  return {
    rows,
    columns: [
      repeated(columnNamed(table.columns, keep.from)!, keep.to, columns.length),
      { kind: "categorical", name, codes, dictionary: columns },
      { kind: "numeric", name: value, values },
    ],
  };
}

function repeated(column: Column, name: string, times: number): Column {
  if (isStringColumn(column)) {
    const codes = new Uint32Array(column.codes.length * times);
    for (let k = 0; k < times; k++) codes.set(column.codes, k * column.codes.length);
    return { ...column, name, codes };
  }
  const values = new Float64Array(column.values.length * times);
  for (let k = 0; k < times; k++) values.set(column.values, k * column.values.length);
  return { ...column, name, values };
}
