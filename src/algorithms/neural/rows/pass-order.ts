import { randomStream } from "../../../core/index.ts";

/** Rows that are read together. */
export const BLOCK_ROWS = 512;
/** Blocks that are shuffled together: what a pass holds in memory. */
export const WINDOW_BLOCKS = 256;
export const WINDOW_ROWS = BLOCK_ROWS * WINDOW_BLOCKS;

/** Decides the order of a pass; null keeps the rows' own. */
export type Shuffle = { readonly seed: number; readonly epoch: number } | null;

/** Blocks that are held together, in the order in which they are read. */
export interface Window {
  readonly blocks: readonly number[];
  readonly rows: number;
  /** Rows in the windows before. */
  readonly start: number;
}

/** The windows of a pass. A pure function of its arguments, so that any place of any pass can be found again. */
export function planWindows(rows: number, shuffle: Shuffle): Window[] {
  const blocks = Uint32Array.from({ length: Math.ceil(rows / BLOCK_ROWS) }, (_, i) => i);
  if (shuffle !== null) randomStream(shuffle.seed, "blocks", shuffle.epoch).shuffle(blocks);
  const windows: Window[] = [];
  let start = 0;
  for (let at = 0; at < blocks.length; at += WINDOW_BLOCKS) {
    const own = [...blocks.subarray(at, at + WINDOW_BLOCKS)];
    const count = own.reduce((sum, block) => sum + rowsOfBlock(block, rows), 0);
    windows.push({ blocks: own, rows: count, start });
    start += count;
  }
  return windows;
}

export function rowsOfBlock(block: number, rows: number): number {
  return Math.min(BLOCK_ROWS, rows - block * BLOCK_ROWS);
}

/** Fills in the order of a window's rows. */
export function orderRows(order: Uint32Array, shuffle: Shuffle, window: number): void {
  for (let i = 0; i < order.length; i++) order[i] = i;
  if (shuffle !== null) randomStream(shuffle.seed, "window", shuffle.epoch, window).shuffle(order);
}
