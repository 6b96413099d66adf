import type { SchemaElement } from "hyparquet";
import type { ColumnSource } from "hyparquet-writer";
import { type Batch, type Column, type ColumnKind, isStringColumn } from "../../../core/columns.ts";
import { KaaykoError } from "../../../core/errors.ts";

/** The rows that are collected for the next row group. */
export interface RowGroup {
  readonly capacity: number;
  rows: number;
  readonly columns: readonly CollectedColumn[];
}

/** Values as the library takes them: null where missing. */
export type CollectedColumn = {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly physical: "FLOAT" | "DOUBLE" | "OTHER";
  readonly values: unknown[];
};

const MAX_DATE = 8.64e15;

/** The array types of a first batch decide how numbers are stored. */
export function createRowGroup(columns: readonly Column[], capacity: number): RowGroup {
  return { capacity, rows: 0, columns: columns.map(emptyColumn) };
}

function emptyColumn(column: Column): CollectedColumn {
  const { name, kind } = column;
  const numeric = !isStringColumn(column) && kind === "numeric";
  const physical = numeric ? (column.values instanceof Float64Array ? "DOUBLE" : "FLOAT") : "OTHER";
  return { name, kind, physical, values: [] };
}

/** Takes rows of a batch from row `from` on while there is room, and gives their number. */
export function fillRowGroup(group: RowGroup, path: string, batch: Batch, from: number): number {
  const rows = Math.min(group.capacity - group.rows, batch.rows - from);
  for (const [i, column] of batch.columns.entries()) {
    const values = valuesOf(path, column, group.columns[i]!, from, rows);
    for (let row = 0; row < rows; row++) group.columns[i]!.values[group.rows + row] = values(from + row);
  }
  group.rows += rows;
  return rows;
}

function valuesOf(
  path: string,
  column: Column,
  collected: CollectedColumn,
  from: number,
  rows: number,
): (row: number) => unknown {
  const length = isStringColumn(column) ? column.codes.length : column.values.length;
  if (length < from + rows) throw unfit(path, `${column.name} must have a value for every row`, `${length} values`);
  if (isStringColumn(column)) {
    const { codes, dictionary } = column;
    return (row) => (codes[row] === 0 ? null : textAt(path, column.name, dictionary, codes[row]!));
  }
  const { values, kind } = column;
  if (kind === "boolean") return (row) => (Number.isNaN(values[row]) ? null : values[row] !== 0);
  if (kind === "date") return (row) => (Number.isNaN(values[row]) ? null : wholeDate(path, values[row]!));
  if (collected.physical === "FLOAT" && values instanceof Float64Array) {
    throw unfit(path, `${column.name} must have float32 values in every batch`, "float64");
  }
  return (row) => (Number.isNaN(values[row]) ? null : values[row]);
}

function textAt(path: string, name: string, dictionary: readonly string[], code: number): string {
  const text = dictionary[code - 1];
  if (text === undefined) throw unfit(path, `codes of ${name} must be in its dictionary`, String(code));
  return text;
}

function wholeDate(path: string, value: number): bigint {
  if (!(Math.abs(value) <= MAX_DATE)) throw unfit(path, "a date must be within 8.64e15 ms of 1970", String(value));
  return BigInt(Math.floor(value));
}

/** How a column is declared in the file. */
export function schemaElement(name: string, kind: ColumnKind, column: CollectedColumn | undefined): SchemaElement {
  const base = { name, repetition_type: "OPTIONAL" } as const;
  if (kind === "numeric") return { ...base, type: column?.physical === "DOUBLE" ? "DOUBLE" : "FLOAT" };
  if (kind === "boolean") return { ...base, type: "BOOLEAN" };
  if (kind !== "date") return { ...base, type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } };
  return {
    ...base,
    type: "INT64",
    converted_type: "TIMESTAMP_MILLIS",
    logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MILLIS" },
  };
}

/** What the library is handed for one row group. */
export function columnData({ name, kind, values }: CollectedColumn, rows: number): ColumnSource {
  const data = rows === values.length ? values : values.slice(0, rows);
  if (kind !== "categorical" && kind !== "text")
    return { name, data, ...(kind === "boolean" ? {} : { encoding: "PLAIN" }) };
  // A dictionary of no strings cannot be written.
  const empty = data.every((value) => value === null);
  return { name, data, encoding: empty ? "PLAIN" : "RLE_DICTIONARY" };
}

function unfit(path: string, rule: string, got: string): KaaykoError {
  return new KaaykoError({ action: `write ${path}`, rule, got, kind: "usage" });
}
