import { builtUrl, createWorkerPool } from "../../../parallel/index.ts";
import type { FileBytes } from "../file-bytes.ts";
import type { ColumnPlan } from "./column-plan.ts";
import type { OpenTask } from "./decode-worker.ts";
import type { FileLayout } from "./file-layout.ts";
import { openRetained, type StringGain } from "./retained-columns.ts";
import { type BatchBuffers, openStreamed, type StringPart } from "./streamed-columns.ts";

/** Where columns are decoded: in this thread, or in others, each of which has columns of its own. */
export interface Decoding {
  /** Rows `row` to `row + rows`: numbers into `buffers`, strings into what it gives, by column. */
  decode(row: number, rows: number, buffers: BatchBuffers): Promise<(StringPart | undefined)[]>;
  /** Rows before `until`, into the memory for all rows. */
  advance(until: number): Promise<(StringGain | undefined)[]>;
  close(): Promise<void>;
}

/** @param keep memory for all rows of each column of numbers, or undefined to stream */
export function startDecoding(
  file: FileBytes,
  layout: FileLayout,
  plans: readonly ColumnPlan[],
  keep: BatchBuffers | undefined,
  threads: number,
): Decoding {
  const size = Math.min(threads, plans.length);
  return size < 2 ? decodeHere(file, layout, plans, keep) : decodeInThreads(file, layout, plans, keep, size);
}

function decodeHere(
  file: FileBytes,
  { groups, rows }: FileLayout,
  plans: readonly ColumnPlan[],
  keep: BatchBuffers | undefined,
): Decoding {
  const streamed = keep === undefined ? openStreamed(file, groups, plans) : undefined;
  const retained = keep === undefined ? undefined : openRetained(file, groups, plans, rows, keep);
  return {
    decode: async (row, count, buffers) => streamed!.decode(row, count, buffers),
    advance: async (until) => retained!.advance(until),
    close: async () => {},
  };
}

/**
 * Batches that are streamed are decoded by other threads only, while this one uses the batch before. Where all rows are kept
 * there is nothing else to do, and this thread takes a share: one thread less is 14 MB less.
 */
function decodeInThreads(
  file: FileBytes,
  layout: FileLayout,
  plans: readonly ColumnPlan[],
  keep: BatchBuffers | undefined,
  size: number,
): Decoding {
  const shares = shareColumns(plans, size);
  const own = keep === undefined ? [] : shares.pop()!;
  const pick = <Item>(items: readonly Item[], share: readonly number[]): Item[] =>
    share.map((column) => items[column]!);
  const here = decodeHere(file, layout, pick(plans, own), keep && pick(keep, own));
  const pool = createWorkerPool({
    url: builtUrl(import.meta.url, "./decode-worker.js"),
    size: shares.length,
    youngMegabytes: 4,
  });
  const runAll = <Result>(task: string, inputOf: (share: readonly number[]) => unknown): Promise<Result[]> =>
    Promise.all(shares.map((share, worker) => pool.run<Result>(task, inputOf(share), { worker })));
  const { path, groups, rows } = layout;
  const opened = runAll("open", (share): OpenTask => {
    return { path, groups, plans: pick(plans, share), keep: keep && { rows, buffers: pick(keep, share) } };
  });
  // Whoever decodes first hears of a failure.
  opened.catch(() => {});
  const byColumn = <Part>(results: readonly (Part | undefined)[][]): (Part | undefined)[] => {
    const parts = new Array<Part | undefined>(plans.length);
    for (const [i, share] of [...shares, own].entries()) {
      for (const [j, column] of share.entries()) parts[column] = results[i]?.[j];
    }
    return parts;
  };
  return {
    async decode(row, count, buffers) {
      const task = runAll<(StringPart | undefined)[]>("decode", (share) => {
        return { row, rows: count, buffers: pick(buffers, share) };
      });
      const [, results] = await Promise.all([opened, task]);
      return byColumn(results);
    },
    async advance(until) {
      const task = runAll<(StringGain | undefined)[]>("advance", () => until);
      const [, results, mine] = await Promise.all([opened, task, here.advance(until)]);
      return byColumn([...results, mine]);
    },
    close: () => pool.close(),
  };
}

/** Shares columns by the bytes that they hold, the largest first, each to the thread with the least. */
export function shareColumns(plans: readonly ColumnPlan[], size: number): number[][] {
  const work = plans.map(({ column }) => column.chunks.reduce((sum, chunk) => sum + chunk.work, 1));
  const loads = new Array<number>(size).fill(0);
  const shares: number[][] = Array.from({ length: size }, () => []);
  const order = [...work.keys()].sort((a, b) => work[b]! - work[a]! || a - b);
  for (const column of order) {
    const thread = loads.indexOf(Math.min(...loads));
    loads[thread]! += work[column]!;
    shares[thread]!.push(column);
  }
  return shares;
}
