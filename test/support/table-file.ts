import { writeFileSync } from "node:fs";
import { isStringColumn } from "../../src/core/index.ts";
import { createLakes } from "../../src/recipes/paddle-safety/create-lakes.ts";
import { BLOCK_ROWS, drawBlock } from "../../src/recipes/paddle-safety/draw-rows.ts";

/**
 * Writes some rows of the paddle-safety table as CSV: numbers, categories, booleans and missing values.
 * `label` adds a column with classes made from the score: "unsafe", "caution", "good".
 */
export function writeTableFile(path: string, rows: number, seed = 7): void {
  const lakes = createLakes(seed);
  const lines: string[] = [];
  for (let first = 0; first < rows; first += BLOCK_ROWS) {
    const batch = drawBlock(seed, lakes, first / BLOCK_ROWS, Math.min(BLOCK_ROWS, rows - first));
    if (first === 0) lines.push([...batch.columns.map((column) => column.name), "label"].join(","));
    for (let row = 0; row < batch.rows; row++) {
      const cells = batch.columns.map((column) => {
        if (isStringColumn(column)) return column.dictionary[column.codes[row]! - 1] ?? "";
        const value = column.values[row]!;
        return Number.isNaN(value) ? "" : String(value);
      });
      const score = Number(cells.at(-1));
      lines.push([...cells, score < 2.5 ? "unsafe" : score < 3.75 ? "caution" : "good"].join(","));
    }
  }
  writeFileSync(path, `${lines.join("\n")}\n`);
}
