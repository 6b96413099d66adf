import type { Column } from "../../../core/columns.ts";
import type { FileBytes } from "../file-bytes.ts";
import type { BatchSupply } from "./batch-supply.ts";
import type { ColumnPlan } from "./column-plan.ts";
import { startDecoding } from "./decoding-threads.ts";
import type { FileLayout } from "./file-layout.ts";
import { type BatchBuffers, numberBytes, numbersOver, type StringPart } from "./streamed-columns.ts";

/** Batches that threads decode ahead of the one that is being used. */
const AHEAD = 2;

interface Decoded {
  readonly row: number;
  readonly buffers: BatchBuffers;
  readonly parts: Promise<(StringPart | undefined)[]>;
}

/** Batches in memory that is used again: one batch in this thread, a few with others that decode ahead. */
export function streamBatches(
  file: FileBytes,
  layout: FileLayout,
  plans: readonly ColumnPlan[],
  { batchRows, threads }: { batchRows: number; threads: number },
): BatchSupply {
  const decoding = startDecoding(file, layout, plans, undefined, threads);
  const slots = Math.min(threads, plans.length) < 2 ? 1 : AHEAD + 1;
  const slotRows = Math.min(batchRows, layout.rows);
  const free = Array.from({ length: slots }, () => allocate(plans, slotRows));
  let queue: Decoded[] = [];
  let inUse: BatchBuffers | undefined;

  const request = (row: number): void => {
    const buffers = free.pop()!;
    const parts = decoding.decode(row, Math.min(batchRows, layout.rows - row), buffers);
    parts.catch(() => {});
    queue.push({ row, buffers, parts });
  };
  const fill = (row: number): void => {
    let next = row + queue.length * batchRows;
    for (; free.length > 0 && next < layout.rows; next += batchRows) request(next);
  };
  const drop = async (): Promise<void> => {
    const dropped = queue;
    queue = [];
    // The threads may still write to this memory.
    await Promise.allSettled(dropped.map((one) => one.parts));
    free.push(...dropped.map((one) => one.buffers));
  };

  return {
    async columns(row, rows) {
      if (inUse !== undefined) free.push(inUse);
      inUse = undefined;
      if (queue[0] !== undefined && queue[0].row !== row) await drop();
      fill(row);
      const { buffers, parts } = queue.shift()!;
      inUse = buffers;
      const strings = await parts;
      return plans.map((plan, i) => columnOf(plan, rows, buffers[i], strings[i]));
    },
    table: () => undefined,
    complete: async () => {},
    close: () => decoding.close(),
  };
}

function allocate(plans: readonly ColumnPlan[], rows: number): BatchBuffers {
  return plans.map((plan) => (plan.stored === "numbers" ? new SharedArrayBuffer(rows * numberBytes(plan)) : undefined));
}

function columnOf(
  plan: ColumnPlan,
  rows: number,
  buffer: ArrayBuffer | SharedArrayBuffer | undefined,
  part: StringPart | undefined,
): Column {
  const { name, kind } = plan;
  if (kind === "categorical" || kind === "text") {
    return { name, kind, codes: part!.codes, dictionary: part!.dictionary };
  }
  return { name, kind, values: numbersOver(plan, buffer!, rows) };
}
