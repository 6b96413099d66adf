import { stat } from "node:fs/promises";
import type { SourceDescription, TableSource } from "../../../core/index.ts";
import { LineTableReader, planValues, zoneRemarks } from "../text/index.ts";
import { openTextFile } from "../text/open-text-file.ts";
import { JsonColumns } from "./json-columns.ts";
import { type JsonLinesScan, scanJsonLines } from "./scan.ts";

/**
 * A table in JSON Lines: one object a line, UTF-8. Columns are the keys, in order of first appearance; a key that a line lacks, or
 * `null`, is missing. Numbers are `numeric`, booleans `boolean`, strings `date` where all of them are dates (as in `openCsv`), else
 * `categorical`; so is a mixture, by its text. Keys with nested values are no columns and named in `unreadable`.
 *
 * @throws KaaykoError of kind `input`, with the line number, from `describe` and `open`
 */
export async function openJsonLines(path: string): Promise<TableSource> {
  const { file } = await openTextFile(path);
  await file.close();
  let known: JsonLinesScan | undefined;
  const scan = async (): Promise<JsonLinesScan> => {
    const now = await stat(path);
    if (known?.bytes !== now.size || known.modified !== now.mtimeMs) known = await scanJsonLines(path);
    return known;
  };
  return {
    format: "jsonl",
    path,
    describe: async () => describeScan(await scan()),
    open: async (options = {}) => {
      const scanned = await scan();
      const plans = planValues(path, scanned.columns, options);
      const keepRows = options.retain ? scanned.rows : undefined;
      const makeParser = () => new JsonColumns(plans, keepRows, path);
      return new LineTableReader(path, scanned.rows, scanned.start, makeParser, options);
    },
  };
}

function describeScan(scan: JsonLinesScan): SourceDescription {
  const columns = scan.columns.flatMap(({ name, kind }) => (kind ? [{ name, kind, physical: "JSON" }] : []));
  const unreadable = scan.columns.flatMap(({ name, kind }) => (kind ? [] : [{ name, reason: "nested values" }]));
  return { columns, rows: scan.rows, bytes: scan.bytes, unreadable, ...zoneRemarks(scan.columns) };
}
