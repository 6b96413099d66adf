import { basename } from "node:path";
import { KaaykoError, type OpenOptions } from "../../../core/index.ts";

const DEFAULT_BATCH_ROWS = 65536;
/** A batch holds no more values than this: tables of 100,000 columns come in batches of a few hundred rows. */
const MAX_BATCH_VALUES = 2 ** 24;

/**
 * Rows of a batch: what was asked for, fewer for very wide tables.
 *
 * @throws KaaykoError where a number among the options is no whole number over 0
 */
export function batchRowsOf(path: string, options: OpenOptions, columns: number): number {
  const { batchRows = DEFAULT_BATCH_ROWS, threads = 1 } = options;
  for (const [name, value] of Object.entries({ batchRows, threads }))
    if (!Number.isInteger(value) || value < 1)
      throw new KaaykoError({
        action: `read ${basename(path)}`,
        rule: `${name} must be a whole number over 0`,
        got: String(value),
        kind: "usage",
      });
  return Math.min(batchRows, Math.max(1, Math.floor(MAX_BATCH_VALUES / Math.max(1, columns))));
}
