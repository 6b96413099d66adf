import {
  type Batch,
  type BatchReader,
  type Column,
  type ColumnKind,
  isStringColumn,
  type JsonObject,
  KaaykoError,
  kindFor,
  type OpenOptions,
  type SourceDescription,
  type Table,
  type TableSource,
} from "../../../core/index.ts";

const DEFAULT_BATCH_ROWS = 65_536;

/**
 * A table in memory as a source: training on rows that a program already has. The table must not be changed while it is used.
 *
 * @param table columns of `rows` values each
 * @param name what errors call it
 */
export function memorySource(table: Table, name = "(memory)"): TableSource {
  return {
    format: "memory",
    path: name,
    describe: async () => describe(table),
    open: async (options = {}) => new MemoryReader(table, options),
  };
}

function describe(table: Table): SourceDescription {
  const columns = table.columns.map(({ name, kind }) => ({ name, kind, physical: "memory" }));
  const bytes = table.columns.reduce((sum, column) => sum + valuesOf(column).byteLength, 0);
  return { columns, rows: table.rows, bytes, unreadable: [] };
}

class MemoryReader implements BatchReader {
  readonly #table: Table;
  readonly #batchRows: number;
  readonly #retain: boolean;
  #row = 0;

  constructor(table: Table, options: OpenOptions) {
    const names = options.columns ?? table.columns.map(({ name }) => name);
    this.#table = {
      rows: table.rows,
      columns: names.map((name) => columnOf(table, name, kindFor(name, options.kinds))),
    };
    this.#batchRows = options.batchRows ?? DEFAULT_BATCH_ROWS;
    this.#retain = options.retain ?? false;
  }

  async next(): Promise<Batch | null> {
    const firstRow = this.#row;
    const rows = Math.min(this.#batchRows, this.#table.rows - firstRow);
    if (rows <= 0) return null;
    this.#row += rows;
    return { firstRow, rows, columns: this.#table.columns.map((column) => sliceColumn(column, firstRow, rows)) };
  }

  position(): JsonObject & { row: number } {
    return { row: this.#row };
  }

  async seek(position: JsonObject): Promise<void> {
    const row = position.row;
    if (typeof row !== "number" || !Number.isInteger(row) || row < 0 || row > this.#table.rows)
      throw new KaaykoError({
        action: "seek in a table",
        rule: `the row must be from 0 to ${this.#table.rows}`,
        got: JSON.stringify(row),
        kind: "damaged",
      });
    this.#row = row;
  }

  table(): Table {
    if (!this.#retain || this.#row < this.#table.rows)
      throw new KaaykoError({ action: "give the whole table", rule: "it must be retained and read to its end" });
    return this.#table;
  }

  async close(): Promise<void> {}
}

function columnOf(table: Table, name: string, kind: ColumnKind | undefined): Column {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (column === undefined)
    throw new KaaykoError({
      action: `read column ${JSON.stringify(name)}`,
      rule: "the table must have it",
      got: table.columns.map((other) => other.name).join(", "),
      kind: "input",
    });
  if (kind === undefined || kind === column.kind) return column;
  const strings = kind === "categorical" || kind === "text";
  if (isStringColumn(column)) return strings ? { ...column, kind } : parsed(column, kind as "numeric");
  return strings ? printed(column.name, kind, column.values) : { ...column, kind };
}

function parsed(column: Column & { codes: ArrayLike<number>; dictionary: readonly string[] }, kind: "numeric"): Column {
  const numbers = [Number.NaN, ...column.dictionary.map((text) => (text.trim() === "" ? Number.NaN : Number(text)))];
  return { kind, name: column.name, values: Float64Array.from(column.codes, (code) => numbers[code] ?? Number.NaN) };
}

function printed(name: string, kind: "categorical" | "text", values: Float32Array | Float64Array): Column {
  const known = new Map<number, number>();
  const codes = new Uint32Array(values.length);
  for (const [i, value] of values.entries()) {
    if (Number.isNaN(value)) continue;
    if (!known.has(value)) known.set(value, known.size + 1);
    codes[i] = known.get(value)!;
  }
  return { kind, name, codes, dictionary: [...known.keys()].map(String) };
}

function valuesOf(column: Column) {
  return isStringColumn(column) ? column.codes : column.values;
}

/** Rows of a column as a view. */
function sliceColumn(column: Column, start: number, rows: number): Column {
  if (isStringColumn(column)) return { ...column, codes: column.codes.subarray(start, start + rows) };
  return { ...column, values: column.values.subarray(start, start + rows) };
}
