import { describe, expect, it } from "vitest";
import {
  BLOCK_ROWS,
  orderRows,
  planWindows,
  rowsOfBlock,
  type Shuffle,
  WINDOW_ROWS,
} from "../../../../src/algorithms/neural/rows/pass-order.ts";

/** The numbers of all rows in the order of a pass. */
function passOf(rows: number, shuffle: Shuffle): number[] {
  return planWindows(rows, shuffle).flatMap((window, number) => {
    const own = window.blocks.flatMap((block) =>
      Array.from({ length: rowsOfBlock(block, rows) }, (_, i) => block * BLOCK_ROWS + i),
    );
    expect(own).toHaveLength(window.rows);
    const order = new Uint32Array(window.rows);
    orderRows(order, shuffle, number);
    return Array.from(order, (place) => own[place]!);
  });
}

const ROWS = WINDOW_ROWS + 3 * BLOCK_ROWS + 17;

describe("the order of a pass", () => {
  it("is that of the rows where nothing is shuffled", () => {
    expect(passOf(ROWS, null).every((row, i) => row === i)).toBe(true);
    expect(passOf(0, null)).toEqual([]);
  });

  it("names every row once, differently in every epoch and in no other way twice", () => {
    const first = passOf(ROWS, { seed: 3, epoch: 0 });
    expect(new Set(first).size).toBe(ROWS);
    expect(passOf(ROWS, { seed: 3, epoch: 0 })).toEqual(first);
    const second = passOf(ROWS, { seed: 3, epoch: 1 });
    expect(new Set(second).size).toBe(ROWS);
    expect(second.filter((row, i) => row === first[i]).length).toBeLessThan(ROWS / 100);
  });

  it("mixes rows that lay far from each other", () => {
    const batch = passOf(ROWS, { seed: 3, epoch: 0 }).slice(0, 1000);
    const mean = batch.reduce((sum, row) => sum + row, 0) / batch.length / ROWS;
    expect(mean).toBeGreaterThan(0.45);
    expect(mean).toBeLessThan(0.55);
  });
});
