import type { Batch, Table } from "../../../core/columns.ts";
import { KaaykoError } from "../../../core/errors.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { BatchReader, OpenOptions } from "../../../core/source.ts";
import type { FileBytes } from "../file-bytes.ts";
import type { BatchSupply } from "./batch-supply.ts";
import { planColumns } from "./column-plan.ts";
import type { FileLayout } from "./file-layout.ts";
import { keepAllRows } from "./kept-batches.ts";
import { streamBatches } from "./streamed-batches.ts";

const BATCH_ROWS = 1 << 16;
const MAX_BATCH_ROWS = 1 << 24;
const MAX_THREADS = 64;

/**
 * Reads a file in batches whose borders lie at multiples of `batchRows`, whatever its row groups and pages are.
 * Takes over the open file and closes it.
 */
export function openBatches(file: FileBytes, layout: FileLayout, options: OpenOptions): BatchReader {
  const batchRows = checkedCount("batchRows", options.batchRows ?? BATCH_ROWS, MAX_BATCH_ROWS);
  const threads = checkedCount("threads", options.threads ?? 1, MAX_THREADS);
  const plans = planColumns(layout, options);
  const supply = (options.retain ? keepAllRows : streamBatches)(file, layout, plans, { batchRows, threads });
  return batchReader(file, layout, batchRows, supply);
}

function batchReader(file: FileBytes, layout: FileLayout, batchRows: number, supply: BatchSupply): BatchReader {
  let row = 0;
  let ended = false;
  let closed = false;
  return {
    async next(): Promise<Batch | null> {
      if (closed) throw misuse(layout.path, "the reader must be open");
      ended = row >= layout.rows;
      if (ended) {
        await supply.complete();
        return null;
      }
      const rows = Math.min(batchRows, layout.rows - row);
      const columns = await supply.columns(row, rows);
      const batch = { firstRow: row, rows, columns };
      row += rows;
      return batch;
    },
    position: () => ({ row }),
    async seek(position) {
      row = checkedRow(layout, batchRows, position);
      ended = false;
    },
    table(): Table {
      const columns = supply.table();
      if (!ended || columns === undefined) {
        throw misuse(layout.path, "a table is there only with `retain`, after the last batch");
      }
      return { rows: layout.rows, columns };
    },
    async close() {
      if (closed) return;
      closed = true;
      await supply.close();
      file.close();
    },
  };
}

function checkedRow(layout: FileLayout, batchRows: number, position: JsonObject): number {
  const { row } = position;
  const known = Number.isSafeInteger(row) && (row as number) >= 0 && (row as number) <= layout.rows;
  if (known && ((row as number) % batchRows === 0 || row === layout.rows)) return row as number;
  throw new KaaykoError({
    action: `continue to read ${layout.path}`,
    rule: `the position must be the start of a batch of ${batchRows} in ${layout.rows} rows`,
    got: `row ${JSON.stringify(row)}`,
    kind: "input",
    remedy: "The file or the batch size differs from that of the run: use the same ones.",
  });
}

function checkedCount(name: string, value: number, most: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new KaaykoError({
    action: "read a Parquet file",
    rule: `${name} must be a whole number from 1 to ${most}`,
    got: String(value),
    kind: "usage",
  });
}

function misuse(path: string, rule: string): KaaykoError {
  return new KaaykoError({ action: `read ${path}`, rule });
}
