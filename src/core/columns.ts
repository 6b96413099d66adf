import type { CodeArray } from "./typed-arrays.ts";

/**
 * What a column holds. `numeric`, `boolean` (0 or 1) and `date` (milliseconds since 1970-01-01 UTC) are numbers;
 * `categorical` and `text` are strings, stored as codes into a dictionary.
 */
export type ColumnKind = "numeric" | "boolean" | "date" | "categorical" | "text";

/** Numbers, NaN where missing. Dates are Float64Array, because float32 holds only 24 bits. */
export interface NumberColumn {
  readonly kind: "numeric" | "boolean" | "date";
  readonly name: string;
  readonly values: Float32Array | Float64Array;
}

/** Strings. `codes[i]` 0 is missing, k is `dictionary[k - 1]`. */
export interface StringColumn {
  readonly kind: "categorical" | "text";
  readonly name: string;
  readonly codes: CodeArray;
  /** Readers may share one dictionary between batches; it is the same object then and only grows at its end. */
  readonly dictionary: readonly string[];
}

export type Column = NumberColumn | StringColumn;

/** Some rows of a table, by column. Every column has `rows` values. */
export interface Batch {
  /** Number of the first row in the source, from 0. */
  readonly firstRow: number;
  readonly rows: number;
  readonly columns: readonly Column[];
}

/** A whole table in memory. Columns lie in shared memory where threads read them. */
export interface Table {
  readonly rows: number;
  readonly columns: readonly Column[];
}

/** A column as a source declares it, before any row was read. */
export interface ColumnSchema {
  readonly name: string;
  readonly kind: ColumnKind;
  /** How the source stores it, for a person: "INT64 (timestamp ms)", "csv". */
  readonly physical: string;
}

export function isStringColumn(column: Column): column is StringColumn {
  return column.kind === "categorical" || column.kind === "text";
}

/** The kind asked for a column, or undefined: files may name a column anything, also `constructor`. */
export function kindFor(name: string, kinds: Readonly<Record<string, ColumnKind>> | undefined): ColumnKind | undefined {
  return kinds !== undefined && Object.hasOwn(kinds, name) ? kinds[name] : undefined;
}

/** The column of that name, or undefined. */
export function columnNamed(columns: readonly Column[], name: string): Column | undefined {
  // Asked for every column of every row that comes alone, where a callback a column would take as long as a tree.
  for (let i = 0; i < columns.length; i++) if (columns[i]!.name === name) return columns[i];
  return undefined;
}

export type ColumnFinder = (columns: readonly Column[]) => Column | undefined;

/** Finds the column of a name in one table after the other; it looks first where the last one had it. */
export function columnFinder(name: string): ColumnFinder {
  let place = 0;
  return (columns) => {
    const near = columns[place];
    if (near !== undefined && near.name === name) return near;
    const found = columns.findIndex((column) => column.name === name);
    place = Math.max(0, found);
    return columns[found];
  };
}
