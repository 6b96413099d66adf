import type { GeneratedTable, GenerateOptions } from "../../core/index.ts";
import { builtModule, generateTable } from "../../data/index.ts";
import { SCHEMA } from "./columns.ts";

/** Rows of the full table. */
export const ROWS = 2_434_601;
/** Raised where the same seed draws other rows than before. */
const VERSION = 2;

/**
 * Writes the synthetic table: 35 features and the score, the same bytes for the same seed and rows. Memory does not grow
 * with the rows. A file that is already there and has these columns and rows is kept; one that was begun is gone on with.
 *
 * @throws KaaykoError (failed) where generation was stopped by the signal
 */
export async function generate({ path, rows = ROWS, seed = 42, ...watch }: GenerateOptions): Promise<GeneratedTable> {
  const module = builtModule(import.meta.url, "./draw-group.js");
  const { generated } = await generateTable({
    path,
    rows,
    schema: SCHEMA,
    module,
    configuration: { seed },
    version: VERSION,
    ...watch,
  });
  return { path, rows, generated };
}
