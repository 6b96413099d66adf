import type { RecordBatch, Vector } from "apache-arrow";
import { type Column, type ColumnKind, isStringColumn, kindFor, type Table } from "../../../core/columns.ts";
import { KaaykoError, suggest } from "../../../core/errors.ts";
import type { BatchReader, OpenOptions } from "../../../core/source.ts";
import { type CodeArray, newCodes } from "../../../core/typed-arrays.ts";
import { badFile, type FileBytes } from "../file-bytes.ts";
import { numberFormatter, parserOf } from "../kind-conversion.ts";
import { codeOf, createStringCoder, type StringCoder } from "../string-coder.ts";
import type { ArrowColumn } from "./column-type.ts";
import { arrowCodes, arrowNumbers } from "./column-values.ts";
import type { MessageEntry } from "./messages.ts";
import { openRecordBatches } from "./record-batches.ts";

/** What the heads of an Arrow file say. */
export interface ArrowLayout {
  readonly path: string;
  readonly rows: number;
  readonly entries: readonly MessageEntry[];
  readonly columns: readonly ArrowColumn[];
  readonly unreadable: readonly { readonly name: string; readonly reason: string }[];
  /** Position of each column among the fields. */
  readonly fields: ReadonlyMap<string, number>;
}

/** Rows of a batch: a part of one record batch. */
interface Window {
  readonly row: number;
  readonly rows: number;
  readonly recordBatch: number;
  readonly from: number;
}

interface Planned {
  readonly column: ArrowColumn;
  readonly field: number;
  readonly kind: ColumnKind;
}

const BATCH_ROWS = 1 << 16;

/** Reads an Arrow file in batches that do not cross its record batches. Takes over the open file and closes it. */
export function openArrowBatches(file: FileBytes, layout: ArrowLayout, options: OpenOptions): BatchReader {
  const batchRows = options.batchRows ?? BATCH_ROWS;
  if (!(Number.isInteger(batchRows) && batchRows >= 1)) {
    throw usage(layout.path, "batchRows must be a whole number from 1", String(batchRows));
  }
  const plans = plan(layout, options);
  const windows = cut(layout.entries, batchRows);
  const batches = openRecordBatches(file, layout.entries);
  const coders = options.retain ? plans.map(createStringCoder) : undefined;
  const kept: Column[][] = [];
  let next = 0;
  let ended = false;

  const read = (window: Window): Column[] => {
    const batch = batches.at(window.recordBatch);
    try {
      return plans.map((one, i) => readColumn(one, batch, window, coders?.[i] ?? createStringCoder()));
    } catch (error) {
      if (error instanceof KaaykoError) throw error;
      throw badFile(layout.path, "its values must be readable", (error as Error).message, error);
    }
  };
  return {
    async next() {
      const window = windows[next];
      ended = window === undefined;
      if (window === undefined) return null;
      if (options.retain) for (; kept.length <= next; ) kept.push(read(windows[kept.length]!));
      const columns = options.retain ? kept[next]! : read(window);
      next++;
      return { firstRow: window.row, rows: window.rows, columns };
    },
    position: () => ({ row: windows[next]?.row ?? layout.rows }),
    async seek({ row }) {
      const found = row === layout.rows ? windows.length : windows.findIndex((window) => window.row === row);
      if (found < 0)
        throw usage(layout.path, "the position must be the start of a batch", `row ${JSON.stringify(row)}`);
      next = found;
      ended = false;
    },
    table(): Table {
      if (!ended || !options.retain)
        throw usage(layout.path, "a table is there only with `retain`, after the last batch", "a call");
      while (kept.length < windows.length) kept.push(read(windows[kept.length]!));
      return {
        rows: layout.rows,
        columns: plans.map((_, i) =>
          joined(
            layout.rows,
            kept.map((columns) => columns[i]!),
            plans[i]!,
          ),
        ),
      };
    },
    async close() {
      file.close();
    },
  };
}

function plan(layout: ArrowLayout, options: OpenOptions): Planned[] {
  const names = options.columns ?? layout.columns.map((column) => column.name);
  const find = (name: string): ArrowColumn => {
    const column = layout.columns.find((one) => one.name === name);
    if (column !== undefined) return column;
    const unreadable = layout.unreadable.find((one) => one.name === name);
    const rule =
      unreadable === undefined ? "the column must be in the file" : `the column cannot be read: ${unreadable.reason}`;
    const near = suggest(
      name,
      layout.columns.map((one) => one.name),
    );
    throw usage(
      layout.path,
      rule,
      JSON.stringify(name),
      near === undefined ? undefined : `Did you mean ${JSON.stringify(near)}?`,
    );
  };
  if (new Set(names).size < names.length) throw usage(layout.path, "a column may be named only once", names.join(", "));
  for (const name of Object.keys(options.kinds ?? {})) find(name);
  return names.map((name) => {
    const column = find(name);
    return { column, field: layout.fields.get(name)!, kind: kindFor(name, options.kinds) ?? column.kind };
  });
}

function cut(entries: readonly MessageEntry[], batchRows: number): Window[] {
  const windows: Window[] = [];
  let row = 0;
  for (const [recordBatch, { rows }] of entries.filter((entry) => entry.type === "batch").entries()) {
    for (let from = 0; from < rows; from += batchRows) {
      const count = Math.min(batchRows, rows - from);
      windows.push({ row, rows: count, recordBatch, from });
      row += count;
    }
  }
  return windows;
}

function readColumn({ column, field, kind }: Planned, batch: RecordBatch, window: Window, coder: StringCoder): Column {
  const vector = batch.getChildAt(field);
  if (vector === null) throw new RangeError(`the column ${column.name} is not in a record batch`);
  const { name } = column;
  if (kind === "categorical" || kind === "text") {
    const codes = readCodes(column, vector, window, coder);
    return { name, kind, codes, dictionary: coder.dictionary };
  }
  return { name, kind, values: readNumbers(column, vector, window, kind) };
}

function readCodes(column: ArrowColumn, vector: Vector, { from, rows }: Window, coder: StringCoder): CodeArray {
  const wide = new Uint32Array(rows);
  if (column.strings) arrowCodes(vector, from, rows, wide, coder, column.toText);
  else {
    const numbers = new Float64Array(rows);
    arrowNumbers(column, vector, from, rows, numbers, 0);
    const format = numberFormatter(column.kind, column.physical === "Float32");
    for (let i = 0; i < rows; i++) wide[i] = Number.isNaN(numbers[i]) ? 0 : codeOf(coder, format(numbers[i]!));
  }
  const codes = newCodes(rows, coder.dictionary.length);
  codes.set(wide);
  return codes;
}

function readNumbers(
  column: ArrowColumn,
  vector: Vector,
  { from, rows }: Window,
  kind: ColumnKind,
): Float32Array | Float64Array {
  const wide = kind === "date" || (kind === "numeric" && column.array === "float64");
  const values = wide ? new Float64Array(rows) : new Float32Array(rows);
  if (column.strings) {
    const parse = parserOf(kind);
    const coder = createStringCoder();
    const codes = new Uint32Array(rows);
    arrowCodes(vector, from, rows, codes, coder, column.toText);
    const numbers = [Number.NaN, ...coder.dictionary.map(parse)];
    for (let i = 0; i < rows; i++) values[i] = numbers[codes[i]!]!;
    return values;
  }
  arrowNumbers(column, vector, from, rows, values, 0);
  if (kind === "boolean" && column.kind !== "boolean") {
    for (let i = 0; i < rows; i++) values[i] = Number.isNaN(values[i]) ? Number.NaN : values[i] === 0 ? 0 : 1;
  }
  return values;
}

/** All rows of a column in shared memory. */
function joined(rows: number, parts: readonly Column[], { column, kind }: Planned): Column {
  const { name } = column;
  if (kind === "categorical" || kind === "text") {
    const dictionary = parts[0] !== undefined && isStringColumn(parts[0]) ? parts[0].dictionary : [];
    const bytes = newCodes(0, dictionary.length).BYTES_PER_ELEMENT;
    const memory = new SharedArrayBuffer(rows * bytes);
    const codes =
      bytes === 1 ? new Uint8Array(memory) : bytes === 2 ? new Uint16Array(memory) : new Uint32Array(memory);
    let at = 0;
    for (const part of parts) {
      if (!isStringColumn(part)) continue;
      codes.set(part.codes, at);
      at += part.codes.length;
    }
    return { name, kind, codes, dictionary };
  }
  const wide = kind === "date" || (kind === "numeric" && column.array === "float64");
  const values = wide
    ? new Float64Array(new SharedArrayBuffer(rows * 8))
    : new Float32Array(new SharedArrayBuffer(rows * 4));
  let at = 0;
  for (const part of parts) {
    if (isStringColumn(part)) continue;
    values.set(part.values, at);
    at += part.values.length;
  }
  return { name, kind, values };
}

function usage(path: string, rule: string, got: string, remedy?: string): KaaykoError {
  return new KaaykoError({
    action: `read ${path}`,
    rule,
    got,
    kind: "usage",
    ...(remedy === undefined ? {} : { remedy }),
  });
}
