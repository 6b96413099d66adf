import { type ColumnSchema, KaaykoError, type TableSource, type TableWriter } from "../../../core/index.ts";

/** Reading csv is not part of this build. */
export async function openCsv(path: string): Promise<TableSource> {
  throw new KaaykoError({ action: `read ${path}`, rule: "this build must have the csv format", kind: "input" });
}

/** Writing csv is not part of this build. */
export async function createCsvWriter(path: string, _columns: readonly ColumnSchema[]): Promise<TableWriter> {
  throw new KaaykoError({ action: `write ${path}`, rule: "this build must have the csv format", kind: "input" });
}
