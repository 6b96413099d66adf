import type { ColumnKind, JsonValue } from "../../../core/index.ts";
import { readDate } from "../../../kernels/csv/index.ts";
import { LineCursor, needsDouble } from "../text/index.ts";
import { openTextFile } from "../text/open-text-file.ts";
import { inputError, lineOf } from "../text/problems.ts";
import { parseRow } from "./parse-row.ts";

const MAX_COLUMNS = 100_000;

export interface JsonLinesColumn {
  readonly name: string;
  /** Undefined where values are nested: no column of a table. */
  readonly kind: ColumnKind | undefined;
  /** Numbers that float32 would merge. */
  readonly wide: boolean;
  readonly dayFirst: boolean;
}

/** What one pass over the file tells. */
export interface JsonLinesScan {
  readonly bytes: number;
  readonly modified: number;
  /** Byte of the first line, after a byte-order mark. */
  readonly start: number;
  readonly rows: number;
  /** In order of first appearance. */
  readonly columns: readonly JsonLinesColumn[];
}

type Sight = "number" | "wide" | "boolean" | "year" | "month" | "day" | "either" | "string" | "nested";

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
    kind: kindOf(sights),
    wide: sights.has("wide"),
    dayFirst: sights.has("day"),
  }));
  return { bytes, modified, start, rows, columns };
}

async function scanLines(path: string, start: number) {
  const seen = new Map<string, Set<Sight>>();
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
        for (const [name, value] of row) note(seen, name, value);
        if (seen.size > MAX_COLUMNS)
          throw inputError(path, `a table may have ${MAX_COLUMNS} columns`, "more", "Check the keys of the objects.");
      }
    }
  } finally {
    await cursor.close();
  }
  return { rows, seen };
}

function note(seen: Map<string, Set<Sight>>, name: string, value: JsonValue): void {
  let sights = seen.get(name);
  if (sights === undefined) {
    sights = new Set();
    seen.set(name, sights);
  }
  if (value === null) return;
  if (typeof value === "number") sights.add("number");
  else if (typeof value === "boolean") sights.add("boolean");
  else if (typeof value === "object") sights.add("nested");
  // One string that is no date settles the matter.
  else if (!sights.has("string")) sights.add(readDate(value)?.order ?? "string");
  if (typeof value === "number" && needsDouble(value)) sights.add("wide");
}

function kindOf(sights: ReadonlySet<Sight>): ColumnKind | undefined {
  if (sights.has("nested")) return undefined;
  const dates = (["year", "month", "day", "either"] as const).some((order) => sights.has(order));
  const sorts = [dates, sights.has("number"), sights.has("boolean")].filter(Boolean).length;
  if (sights.has("string") || sorts > 1) return "categorical";
  if (sights.has("boolean")) return "boolean";
  if (!dates) return "numeric";
  const bothOrders = sights.has("month") && sights.has("day");
  const unclear = sights.has("either") && !sights.has("month") && !sights.has("day");
  return bothOrders || unclear ? "categorical" : "date";
}
