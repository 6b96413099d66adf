import { type Column, isStringColumn, type TableWriter } from "../../core/index.ts";
import { float32Text } from "../../data/index.ts";
import type { PredictionSink } from "../services.ts";

/** A writer that hands rows over as objects. */
export function sinkWriter(sink: PredictionSink): TableWriter {
  let rows = 0;
  return {
    async write(batch) {
      const { columns } = batch;
      rows += batch.rows;
      await sink(
        Array.from({ length: batch.rows }, (_, row) =>
          Object.fromEntries(columns.map((column) => [column.name, cellOf(column, row)])),
        ),
      );
    },
    finish: async () => ({ rows, bytes: 0 }),
    abort: async () => {},
  };
}

function cellOf(column: Column, row: number): string | number | boolean | null {
  if (isStringColumn(column)) return column.dictionary[column.codes[row]! - 1] ?? null;
  const value = column.values[row]!;
  if (Number.isNaN(value)) return null;
  if (column.kind === "boolean") return value !== 0;
  if (column.kind === "numeric" && column.values instanceof Float32Array) return Number(float32Text(value));
  return column.kind === "date" ? new Date(value).toISOString() : value;
}
