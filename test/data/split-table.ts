import type { Task } from "../../src/core/index.ts";
import { type LoadedTable, readLabels, splitRows } from "../../src/data/index.ts";

/** Roles of a loaded table's rows, by class where there are classes. */
export async function splitTable(
  loaded: LoadedTable,
  task: Task,
  shares: { readonly validationSize: number; readonly testSize: number },
): Promise<Uint8Array> {
  const { usable, classes } = await readLabels(loaded, task);
  const kind = classes === null ? "random" : "stratified";
  const { places: rows, rowNumbers } = loaded;
  return splitRows({ kind, rows, rowNumbers, usable, seed: 42, ...shares, ...(classes && { classes }) }).roles;
}
