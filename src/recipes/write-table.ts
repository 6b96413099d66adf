import { existsSync } from "node:fs";
import {
  type Batch,
  type ColumnSchema,
  type GeneratedTable,
  type GenerateOptions,
  KaaykoError,
} from "../core/index.ts";
import { createWriter, openSource } from "../data/index.ts";

/** A synthetic table that is drawn at once, or piece by piece. */
export interface DrawnTable {
  readonly schema: readonly ColumnSchema[];
  readonly rows: number;
  readonly draw: () => Batch | Iterable<Batch>;
}

/**
 * Writes a synthetic table; a file of as many rows that is there is kept.
 *
 * @throws KaaykoError (usage) where the file is there and holds another table
 */
export async function writeTable(
  { path, onProgress, signal }: Pick<GenerateOptions, "path" | "onProgress" | "signal">,
  { schema, rows, draw }: DrawnTable,
): Promise<GeneratedTable> {
  if (existsSync(path)) {
    const known = (await (await openSource(path)).describe()).rows;
    if (known === rows) return { path, rows, generated: false };
    throw new KaaykoError({
      action: `generate ${path}`,
      rule: "the file is there and holds another table",
      got: `${known ?? "?"} rows`,
      remedy: "Choose another --out, or remove the file.",
      kind: "usage",
    });
  }
  const writer = await createWriter(path, schema);
  try {
    const drawn = draw();
    for (const batch of "columns" in drawn ? [drawn] : drawn) {
      signal?.throwIfAborted();
      await writer.write(batch);
      onProgress?.(Math.min(rows, batch.firstRow + batch.rows), rows);
    }
    await writer.finish();
  } catch (error) {
    await writer.abort();
    throw error;
  }
  return { path, rows, generated: true };
}
