import { stat } from "node:fs/promises";
import { type GeneratedTable, type GenerateOptions, hasCode, KaaykoError, type TableWriter } from "../../core/index.ts";
import { createWriter, openSource } from "../../data/index.ts";
import { SCHEMA } from "./columns.ts";
import { createLakes } from "./create-lakes.ts";
import { BLOCK_ROWS, drawBlock } from "./draw-rows.ts";

/** Rows of the full table. */
export const ROWS = 2_434_601;

/**
 * Writes the synthetic table: 35 features and the score, the same bytes for the same seed and rows. Memory does not grow
 * with the rows. A file that is already there and has these columns and rows is kept.
 *
 * @throws KaaykoError (failed) where generation was stopped by the signal; nothing is left under the file's name then
 */
export async function generate(options: GenerateOptions): Promise<GeneratedTable> {
  const { path, rows = ROWS, seed = 42, onProgress, signal } = options;
  if (await isThere(path, rows)) return { path, rows, generated: false };
  const lakes = createLakes(seed);
  const writer = await createWriter(path, SCHEMA);
  try {
    await writeBlocks(writer, rows, (block, count) => drawBlock(seed, lakes, block, count), onProgress, signal);
    await writer.finish();
  } catch (error) {
    await writer.abort();
    throw error;
  }
  return { path, rows, generated: true };
}

async function writeBlocks(
  writer: TableWriter,
  rows: number,
  draw: (block: number, rows: number) => Parameters<TableWriter["write"]>[0],
  onProgress: GenerateOptions["onProgress"],
  signal: AbortSignal | undefined,
): Promise<void> {
  for (let first = 0; first < rows; first += BLOCK_ROWS) {
    if (signal?.aborted)
      throw new KaaykoError({
        action: "generate the table",
        rule: "it was stopped",
        remedy: "Start it again; it begins anew.",
      });
    await writer.write(draw(first / BLOCK_ROWS, Math.min(BLOCK_ROWS, rows - first)));
    onProgress?.(Math.min(rows, first + BLOCK_ROWS), rows);
    // Drawing is synchronous: give signals and timers their turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function isThere(path: string, rows: number): Promise<boolean> {
  try {
    await stat(path);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return false;
    throw error;
  }
  const description = await (await openSource(path)).describe();
  const same = description.rows === rows && SCHEMA.every(({ name }, i) => description.columns[i]?.name === name);
  if (same) return true;
  throw new KaaykoError({
    action: `generate ${path}`,
    rule: "the file is there and holds another table",
    got: `${description.rows ?? "?"} rows`,
    remedy: "Choose another --out, or remove the file.",
    kind: "usage",
  });
}
