import { readFile, stat } from "node:fs/promises";
import type { JsonObject, JsonValue, SourceDescription, TableSource } from "../../../core/index.ts";
import { isObject } from "../../../core/json.ts";
import { memorySource } from "../memory/index.ts";
import { planValues, type SeenColumn, sightsOf, ValueColumns, type ValueSights, zoneRemarks } from "../text/index.ts";
import { inputError } from "../text/problems.ts";

/** Bytes of a file that is read as one value. */
const MOST_BYTES = 256 * 2 ** 20;

/**
 * A table in JSON: an array of objects, alone or as the only one within an object, UTF-8. Columns and kinds are those of JSON
 * Lines. The file is read whole: larger ones belong into JSON Lines.
 *
 * @throws KaaykoError (input) where it is no such array, or larger than 256 MB
 */
export async function openJson(path: string): Promise<TableSource> {
  const { size } = await stat(path);
  if (size > MOST_BYTES) throw inputError(path, `JSON may have ${MOST_BYTES / 2 ** 20} MB`, `${size} bytes`, AS_LINES);
  const bytes = await readFile(path);
  const rows = parseRows(path, bytes);
  const columns = seenColumns(rows);
  return {
    format: "json",
    path,
    describe: async () => describe(columns, rows.length, bytes.length),
    open: async (options = {}) => {
      const values = new ValueColumns(planValues(path, columns, options), rows.length, path);
      values.start(rows.length);
      rows.forEach((row, i) => {
        values.put(i, (name) => (Object.hasOwn(row, name) ? row[name] : undefined));
      });
      return memorySource({ rows: rows.length, columns: values.whole() }, path).open(options);
    },
  };
}

const AS_LINES = "Write one object a line: jq -c '.[]' table.json > table.jsonl.";

function parseRows(path: string, bytes: Buffer): JsonObject[] {
  let parsed: JsonValue;
  try {
    // A decoder drops the byte-order mark, and refuses what is no UTF-8.
    parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as JsonValue;
  } catch (error) {
    const got = (error as Error).message.split("\n")[0]!;
    throw inputError(path, "it must be JSON in UTF-8", got, "Check how it was written.");
  }
  const rows = Array.isArray(parsed) ? parsed : onlyArray(parsed);
  if (rows === undefined || rows.length === 0)
    throw inputError(
      path,
      "it must be an array of objects",
      rows === undefined ? "another value" : "an empty one",
      AS_LINES,
    );
  const wrong = rows.findIndex((row) => !isObject(row));
  if (wrong < 0) return rows as JsonObject[];
  const got = `${JSON.stringify(rows[wrong]).slice(0, 40)} as number ${wrong + 1}`;
  throw inputError(path, "every element must be an object", got, "Mend it: a row is an object of columns.");
}

/** Objects within objects that are looked into for rows. */
const DEEPEST = 3;

/** The array of objects within an object, where there is one only. */
function onlyArray(value: JsonValue, depth = 0): readonly JsonValue[] | undefined {
  if (!isObject(value) || depth === DEEPEST) return undefined;
  const found = Object.values(value).flatMap((own) => {
    const rows = Array.isArray(own) ? (isObject(own[0]) ? own : undefined) : onlyArray(own, depth + 1);
    return rows === undefined ? [] : [rows];
  });
  return found.length === 1 ? found[0] : undefined;
}

function seenColumns(rows: readonly JsonObject[]): SeenColumn[] {
  const seen = new Map<string, ValueSights>();
  for (const row of rows) for (const [name, value] of Object.entries(row)) sightsOf(seen, name).note(value);
  return [...seen].map(([name, sights]) => sights.column(name));
}

function describe(columns: readonly SeenColumn[], rows: number, bytes: number): SourceDescription {
  return {
    columns: columns.flatMap(({ name, kind }) => (kind ? [{ name, kind, physical: "JSON" }] : [])),
    rows,
    bytes,
    unreadable: columns.flatMap(({ name, kind }) => (kind ? [] : [{ name, reason: "nested values" }])),
    ...zoneRemarks(columns),
  };
}
