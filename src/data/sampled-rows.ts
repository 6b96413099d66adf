import type { Batch } from "../core/index.ts";
import { pickRows } from "./gather.ts";
import type { RowSample } from "./rows/sample.ts";

/** The rows of a batch that are in the sample. */
export function sampledRows(batch: Batch, sample: RowSample | null): Pick<Batch, "rows" | "columns"> {
  if (sample === null) return batch;
  const rows = new Uint32Array(batch.rows);
  let found = 0;
  for (let i = 0; i < batch.rows; i++) if (sample.has(batch.firstRow + i)) rows[found++] = i;
  return { rows: found, columns: pickRows(batch.columns, rows.subarray(0, found)) };
}
