import { LineCursor, type SeenColumn, sightsOf, type ValueSights } from "../text/index.ts";
import { openTextFile } from "../text/open-text-file.ts";
import { inputError, lineOf } from "../text/problems.ts";
import { parseRow } from "./parse-row.ts";

const MAX_COLUMNS = 100_000;

/** What one pass over the file tells. */
export interface JsonLinesScan {
  readonly bytes: number;
  readonly modified: number;
  /** Byte of the first line, after a byte-order mark. */
  readonly start: number;
  readonly rows: number;
  /** In order of first appearance. */
  readonly columns: readonly SeenColumn[];
}

/** Reads the whole file once: keys, kinds, rows. */
export async function scanJsonLines(path: string): Promise<JsonLinesScan> {
  const { file, bytes, modified } = await openTextFile(path);
  const mark = Buffer.alloc(3);
  await file.read(mark, 0, 3, 0);
  await file.close();
  const start = mark.toString("hex") === "efbbbf" ? 3 : 0;
  const { rows, seen } = await scanLines(path, start);
  if (rows === 0)
    throw inputError(path, "a table must have at least one row", "only blank lines", "Check how it was written.");
  const columns = [...seen].map(([name, sights]) => ({
    name,
    kind: sights.kind(),
    wide: sights.wide,
    dayFirst: sights.dayFirst,
  }));
  return { bytes, modified, start, rows, columns };
}

async function scanLines(path: string, start: number) {
  const seen = new Map<string, ValueSights>();
  let rows = 0;
  const cursor = await LineCursor.open(path, start);
  try {
    while (await cursor.fill()) {
      for (;;) {
        const offset = cursor.offset;
        const line = cursor.line();
        if (line === undefined) break;
        const row = parseRow(line);
        if (row === "blank") continue;
        if (typeof row === "string") {
          const got = `${row} in line ${await lineOf(path, offset)}`;
          throw inputError(path, "every line must be a JSON object", got, "Mend that line.");
        }
        rows++;
        for (const [name, value] of row) sightsOf(seen, name).note(value);
        if (seen.size > MAX_COLUMNS)
          throw inputError(path, `a table may have ${MAX_COLUMNS} columns`, "more", "Check the keys of the objects.");
      }
    }
  } finally {
    await cursor.close();
  }
  return { rows, seen };
}
