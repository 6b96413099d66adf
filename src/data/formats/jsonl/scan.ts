import { type SeenColumn, sightsOf, type ValueSights } from "../text/index.ts";
import { inputError } from "../text/problems.ts";
import { type ScannedFile, scanLines } from "../text/scan-lines.ts";
import { parseRow } from "./parse-row.ts";

const MAX_COLUMNS = 100_000;

/** What one pass over the file tells. */
export interface JsonLinesScan extends ScannedFile {
  readonly rows: number;
  /** In order of first appearance. */
  readonly columns: readonly SeenColumn[];
}

/** Reads the whole file once: keys, kinds, rows. */
export async function scanJsonLines(path: string): Promise<JsonLinesScan> {
  const seen = new Map<string, ValueSights>();
  const rule = { rule: "every line must be a JSON object", remedy: "Mend that line." };
  const scanned = await scanLines(path, rule, (line) => {
    const row = parseRow(line);
    if (row === "blank") return false;
    if (typeof row === "string") return row;
    for (const [name, value] of row) sightsOf(seen, name).note(value);
    if (seen.size > MAX_COLUMNS)
      throw inputError(path, `a table may have ${MAX_COLUMNS} columns`, "more", "Check the keys of the objects.");
    return true;
  });
  const columns = [...seen].map(([name, sights]) => sights.column(name));
  return { ...scanned, columns };
}
