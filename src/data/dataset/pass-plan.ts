import { type Role, randomStream, type StreamOptions } from "../../core/index.ts";
import { ROLE } from "../rows/roles.ts";
import { type Chunk, segmentsOf } from "./chunks.ts";

/** Rows that are shuffled together: what a shuffled pass holds in memory. */
export const WINDOW_ROWS = 131_072;

/** Chunks that are read together, and how many of their rows belong to the role. */
export interface Window {
  readonly chunks: readonly number[];
  readonly rows: number;
  /** Rows of the role in the windows before. */
  readonly start: number;
}

/**
 * The windows of a pass over the rows of a role, in reading order: the source's own order, or runs of chunks in an order
 * drawn for the epoch. A pure function of its arguments, so that any position of any pass can be found again.
 */
export function planPass(
  chunks: readonly Chunk[],
  roles: Uint8Array,
  role: Role,
  shuffle: StreamOptions["shuffle"],
  windowRows = WINDOW_ROWS,
): Window[] {
  const counts = chunks.map((chunk) => rowsIn(chunk, roles, role));
  const order =
    shuffle === null
      ? chunks.map((_, i) => i)
      : randomStream(shuffle.seed, "segments", shuffle.epoch).shuffle(segmentsOf(chunks)).flat();
  const windows: Window[] = [];
  let open: number[] = [];
  let rows = 0;
  let start = 0;
  const close = () => {
    if (rows > 0) windows.push({ chunks: open, rows, start });
    start += rows;
    open = [];
    rows = 0;
  };
  for (const i of order) {
    if (counts[i] === 0) continue;
    if (shuffle === null || rows + counts[i]! > windowRows) close();
    open.push(i);
    rows += counts[i]!;
  }
  close();
  return windows;
}

function rowsIn(chunk: Chunk, roles: Uint8Array, role: Role): number {
  const wanted = ROLE[role];
  let count = 0;
  for (let row = chunk.firstRow; row < chunk.firstRow + chunk.rows; row++) if (roles[row] === wanted) count++;
  return count;
}
