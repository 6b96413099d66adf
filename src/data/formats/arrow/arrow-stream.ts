import type { RecordBatch } from "apache-arrow";
import { type Column, type ColumnSchema, isStringColumn, type TableWriter } from "../../../core/index.ts";
import { requireColumns } from "../text/index.ts";

/** Writes tables as an Arrow IPC stream in memory. */
export interface ArrowStream extends TableWriter {
  /** The stream, once it is finished. */
  bytes(): Uint8Array;
}

/**
 * Makes an Arrow IPC stream in memory: numbers as float32 or float64, booleans, timestamps in milliseconds, strings as UTF-8. NaN
 * and missing strings become nulls.
 *
 * @param columns what every batch will hold, in order
 */
export async function createArrowStream(columns: readonly ColumnSchema[]): Promise<ArrowStream> {
  // The library takes a while to load, so it is loaded when it is needed.
  const arrow = await import("apache-arrow");
  const batches: RecordBatch[] = [];
  let rows = 0;
  let stream = new Uint8Array(0);
  const vectorOf = (column: Column) => {
    const cells = cellsOf(column);
    if (isStringColumn(column)) return arrow.vectorFromArray(cells, new arrow.Utf8());
    if (column.kind === "boolean") return arrow.vectorFromArray(cells, new arrow.Bool());
    if (column.kind === "date") return arrow.vectorFromArray(cells, new arrow.TimestampMillisecond());
    const type = column.values instanceof Float32Array ? new arrow.Float32() : new arrow.Float64();
    return arrow.vectorFromArray(cells, type);
  };
  const tableOf = (made: readonly Column[]) =>
    new arrow.Table(Object.fromEntries(made.map((column) => [column.name, vectorOf(column)])));
  return {
    async write(batch) {
      requireColumns("the Arrow stream", columns, batch);
      batches.push(...tableOf(batch.columns).batches);
      rows += batch.rows;
    },
    async finish() {
      const table = batches.length > 0 ? new arrow.Table(batches) : tableOf(columns.map(emptyColumn));
      stream = new Uint8Array(arrow.tableToIPC(table, "stream"));
      return { rows, bytes: stream.length };
    },
    async abort() {},
    bytes: () => stream,
  };
}

function cellsOf(column: Column): (string | number | boolean | null)[] {
  if (isStringColumn(column)) return Array.from(column.codes, (code) => column.dictionary[code - 1] ?? null);
  return Array.from(column.values, (value) => {
    if (Number.isNaN(value)) return null;
    return column.kind === "boolean" ? value !== 0 : value;
  });
}

function emptyColumn({ name, kind }: ColumnSchema): Column {
  if (kind === "categorical" || kind === "text") return { name, kind, codes: new Uint8Array(0), dictionary: [] };
  return { name, kind, values: new Float64Array(0) };
}
