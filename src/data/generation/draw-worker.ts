import type { Batch } from "../../core/columns.ts";
import type { JsonObject } from "../../core/json.ts";
import { Transferred } from "../../parallel/index.ts";
import { encodeRowGroup } from "../formats/parquet/index.ts";

/** What a thread is asked for: one row group of a table. */
export interface DrawTask {
  /** The module that draws. */
  readonly module: string;
  readonly configuration: JsonObject;
  readonly group: number;
  readonly rows: number;
}

/** What the module of a generated table exports. Any group can be drawn without the ones before it. */
export interface GroupDrawer {
  drawGroup(configuration: JsonObject, group: number, rows: number): Batch;
}

/** Draws a row group and encodes it. */
export async function drawEncoded({ module, configuration, group, rows }: DrawTask): Promise<Transferred> {
  const { drawGroup } = (await import(module)) as GroupDrawer;
  const encoded = encodeRowGroup(drawGroup(configuration, group, rows).columns, rows);
  return new Transferred(encoded, [encoded.bytes.buffer]);
}
