import {
  type Batch,
  type CodeArray,
  type Column,
  isStringColumn,
  KaaykoError,
  newCodes,
  type StringColumn,
  type Table,
} from "../core/index.ts";

/** Views of the rows from `start` to `end` of columns. */
export function viewColumns(columns: readonly Column[], start: number, end: number): Column[] {
  return columns.map((column) =>
    isStringColumn(column)
      ? { ...column, codes: column.codes.subarray(start, end) }
      : { ...column, values: column.values.subarray(start, end) },
  );
}

/** Copies some rows of columns, in the order of `rows`. */
export function pickRows(columns: readonly Column[], rows: Uint32Array): Column[] {
  return columns.map((column) =>
    isStringColumn(column)
      ? { ...column, codes: pick(column.codes, rows, new (arrayType(column.codes))(rows.length)) }
      : { ...column, values: pick(column.values, rows, new (arrayType(column.values))(rows.length)) },
  );
}

/** Copies the values at `rows` to the start of `target`, which it returns. */
export function pick<T extends Float32Array | Float64Array | CodeArray>(from: T, rows: Uint32Array, target: T): T {
  for (let i = 0; i < rows.length; i++) target[i] = from[rows[i]!]!;
  return target;
}

type ArrayType<T> = { new (length: number): T; new (buffer: SharedArrayBuffer): T; readonly BYTES_PER_ELEMENT: number };

function arrayType<T extends Float32Array | Float64Array | CodeArray>(array: T): ArrayType<T> {
  return array.constructor as unknown as ArrayType<T>;
}

/** Collects rows of batches into a table of a known size, in shared memory. */
export class TableBuilder {
  readonly #rows: number;
  #columns: ColumnBuilder[] | undefined;
  #filled = 0;

  constructor(rows: number) {
    this.#rows = rows;
  }

  get rows(): number {
    return this.#filled;
  }

  append(batch: Pick<Batch, "rows" | "columns">): void {
    if (this.#filled + batch.rows > this.#rows)
      throw new KaaykoError({
        action: "keep the sampled rows",
        rule: `there must be ${this.#rows} of them`,
        got: "more",
        kind: "input",
        remedy: "The file changed while it was read: start again.",
      });
    this.#columns ??= batch.columns.map((column) =>
      isStringColumn(column) ? new StringBuilder(column, this.#rows) : new NumberBuilder(column, this.#rows),
    );
    batch.columns.forEach((column, i) => {
      this.#columns![i]!.append(column, this.#filled, batch.rows);
    });
    this.#filled += batch.rows;
  }

  table(): Table {
    return { rows: this.#filled, columns: (this.#columns ?? []).map((column) => column.column(this.#filled)) };
  }
}

interface ColumnBuilder {
  append(column: Column, at: number, rows: number): void;
  column(rows: number): Column;
}

class NumberBuilder implements ColumnBuilder {
  readonly #first: Exclude<Column, StringColumn>;
  readonly #values: Float32Array | Float64Array;

  constructor(first: Exclude<Column, StringColumn>, rows: number) {
    this.#first = first;
    const Type = arrayType(first.values);
    this.#values = new Type(new SharedArrayBuffer(rows * Type.BYTES_PER_ELEMENT));
  }

  append(column: Column, at: number, rows: number): void {
    if (!isStringColumn(column)) this.#values.set(column.values.subarray(0, rows), at);
  }

  column(rows: number): Column {
    return { ...this.#first, values: this.#values.subarray(0, rows) };
  }
}

/** Keeps only the strings that occur, so that a small sample of a large file stays small. */
class StringBuilder implements ColumnBuilder {
  readonly #first: StringColumn;
  readonly #codes: Uint32Array;
  readonly #dictionary: string[] = [];
  readonly #known = new Map<string, number>();
  #source: readonly string[] | undefined;
  #map: number[] = [];

  constructor(first: StringColumn, rows: number) {
    this.#first = first;
    this.#codes = new Uint32Array(new SharedArrayBuffer(rows * 4));
  }

  append(column: Column, at: number, rows: number): void {
    if (!isStringColumn(column)) return;
    if (column.dictionary !== this.#source) {
      this.#source = column.dictionary;
      this.#map = [];
    }
    for (let i = 0; i < rows; i++) {
      const code = column.codes[i]!;
      if (code === 0) continue;
      this.#codes[at + i] = this.#map[code] ??= this.#codeOf(column.dictionary[code - 1]!);
    }
  }

  #codeOf(text: string): number {
    let code = this.#known.get(text);
    if (code === undefined) {
      code = this.#dictionary.push(text);
      this.#known.set(text, code);
    }
    return code;
  }

  column(rows: number): Column {
    const wide = this.#codes.subarray(0, rows);
    const bytes = newCodes(0, this.#dictionary.length).BYTES_PER_ELEMENT;
    const shared = new SharedArrayBuffer(rows * bytes);
    const codes = bytes === 4 ? wide : bytes === 2 ? new Uint16Array(shared) : new Uint8Array(shared);
    if (bytes < 4) codes.set(wide);
    return { ...this.#first, codes, dictionary: this.#dictionary };
  }
}
