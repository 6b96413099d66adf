import { type ColumnSchema, KaaykoError, type TableSource, type TableWriter } from "../../../core/index.ts";

/** Reading parquet is not part of this build. */
export async function openParquet(path: string): Promise<TableSource> {
  throw new KaaykoError({ action: `read ${path}`, rule: "this build must have the parquet format", kind: "input" });
}

/** Writing parquet is not part of this build. */
export async function createParquetWriter(path: string, _columns: readonly ColumnSchema[]): Promise<TableWriter> {
  throw new KaaykoError({ action: `write ${path}`, rule: "this build must have the parquet format", kind: "input" });
}
