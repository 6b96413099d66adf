import { type ColumnSchema, KaaykoError, type TableSource, type TableWriter } from "../../../core/index.ts";

/** Reading jsonl is not part of this build. */
export async function openJsonLines(path: string): Promise<TableSource> {
  throw new KaaykoError({ action: `read ${path}`, rule: "this build must have the jsonl format", kind: "input" });
}

/** Writing jsonl is not part of this build. */
export async function createJsonLinesWriter(path: string, _columns: readonly ColumnSchema[]): Promise<TableWriter> {
  throw new KaaykoError({ action: `write ${path}`, rule: "this build must have the jsonl format", kind: "input" });
}
