import type { GeneratedTable, GenerateOptions } from "../../core/index.ts";
import { writeTable } from "../write-table.ts";
import { drawTable, schemaOf } from "./draw-table.ts";

export const ROWS = 60_000;
/** Share of rows that are odd, in the table for anomalies. */
export const ODD_SHARE = 0.01;

/**
 * Makes what writes a synthetic table of transactions, month by month: the same bytes for the same seed and rows.
 *
 * @param odd share of rows that are odd; null for a table without such rows and without the columns that name them
 */
export function createGenerator(odd: number | null): (options: GenerateOptions) => Promise<GeneratedTable> {
  return async (options) => {
    const { rows = ROWS, seed = 42 } = options;
    return writeTable(options, { schema: schemaOf(odd), rows, draw: () => drawTable({ rows, seed, odd }) });
  };
}
