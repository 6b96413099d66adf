import { rowHash } from "./random.ts";

/** Rows that quantiles are taken from at most; 255 bins of 200 values each are as good as exact ones. */
const MOST_ROWS = 51_200;
const KEY: readonly [number, number] = [0x7a11, 0xb125];

/** Rows of so many that a spread sample takes. */
export function spreadCount(rows: number): number {
  return Math.min(rows, MOST_ROWS);
}

/** Which of `rows` rows is the i-th of a spread sample: all of them, or one drawn from each of as many equal stretches. They ascend. */
export function spreadRow(i: number, rows: number): number {
  const size = spreadCount(rows);
  if (size === rows) return i;
  const stretch = rows / size;
  return Math.min(rows - 1, Math.floor(i * stretch + (rowHash(KEY, i) / 4294967296) * stretch));
}
