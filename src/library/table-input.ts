import { type Batch, type Column, KaaykoError } from "../core/index.ts";

/** Values of a column: numbers (NaN is missing), or categories, booleans and numbers with null for missing. */
export type ColumnValues =
  | Float32Array
  | Float64Array
  | Int32Array
  | readonly (string | number | boolean | null | undefined)[];

/** Columns by name, of the same length. */
export type ColumnTable = Readonly<Record<string, ColumnValues>>;

/** As much of a table of `apache-arrow` as is used. */
export interface ArrowTableLike {
  readonly numRows: number;
  readonly schema: { readonly fields: readonly { readonly name: string }[] };
  getChild(name: string): ArrowVectorLike | null;
}

interface ArrowVectorLike {
  readonly nullCount: number;
  toArray(): unknown;
  get(index: number): unknown;
}

/** Rows to learn from or to predict. */
export type TableInput = ColumnTable | ArrowTableLike;

/**
 * Makes columns of what a program has. Strings are categories; booleans are 0 and 1.
 *
 * @throws KaaykoError (input) where columns differ in length, or hold other values
 */
export function toBatch(table: TableInput): Batch {
  const columns = isArrow(table)
    ? table.schema.fields.map(({ name }) => columnOf(name, arrowValues(table, name)))
    : Object.entries(table).map(([name, values]) => columnOf(name, values));
  const lengths = columns.map((column) => ("codes" in column ? column.codes : column.values).length);
  const rows = lengths[0] ?? 0;
  const wrong = lengths.findIndex((length) => length !== rows);
  if (wrong < 0) return { firstRow: 0, rows, columns };
  throw refused(columns[wrong]!.name, `it must have ${rows} values, as the first column`, String(lengths[wrong]));
}

function isArrow(table: TableInput): table is ArrowTableLike {
  return (
    typeof (table as ArrowTableLike).getChild === "function" && typeof (table as ArrowTableLike).numRows === "number"
  );
}

function arrowValues(table: ArrowTableLike, name: string): ColumnValues {
  const vector = table.getChild(name);
  if (vector === null) throw refused(name, "the table must have it", "none");
  const values = vector.nullCount === 0 ? vector.toArray() : null;
  if (values instanceof Float32Array || values instanceof Float64Array || values instanceof Int32Array) return values;
  return Array.from({ length: table.numRows }, (_, row) => cellOf(vector.get(row), name));
}

function cellOf(value: unknown, name: string): string | number | boolean | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  throw refused(name, "its values must be numbers, texts or booleans", typeof value);
}

function columnOf(name: string, values: ColumnValues): Column {
  if (values instanceof Float32Array || values instanceof Float64Array) return { kind: "numeric", name, values };
  if (values instanceof Int32Array) return { kind: "numeric", name, values: Float64Array.from(values) };
  if (!Array.isArray(values)) throw refused(name, "it must be an array", typeof values);
  const list = values as readonly (string | number | boolean | null | undefined)[];
  return list.some((value) => typeof value === "string") ? categoriesOf(name, list) : numbersOf(name, list);
}

function numbersOf(name: string, list: readonly unknown[]): Column {
  const values = Float64Array.from(list, (value) => {
    if (value === null || value === undefined) return Number.NaN;
    if (typeof value === "number" || typeof value === "boolean") return Number(value);
    throw refused(name, "its values must be numbers, texts or booleans", typeof value);
  });
  return { kind: "numeric", name, values };
}

function categoriesOf(name: string, list: readonly unknown[]): Column {
  const known = new Map<string, number>();
  const codes = Uint32Array.from(list, (value) => {
    if (value === null || value === undefined) return 0;
    const text = String(value);
    const code = known.get(text) ?? known.size + 1;
    known.set(text, code);
    return code;
  });
  return { kind: "categorical", name, codes, dictionary: [...known.keys()] };
}

function refused(name: string, rule: string, got: string): KaaykoError {
  return new KaaykoError({ action: `use column ${JSON.stringify(name)}`, rule, got, kind: "input" });
}
