import { type JsonObject, type JsonValue, KaaykoError, parseJson } from "../core/index.ts";

/** Columns may have any name. */
const ROWS = { anyKeys: true };
const MAX_BYTES = 64 * 1024 * 1024;

/** What was piped in. CSV stays text: it is read by the same reader as a file. */
export type StdinRows =
  | { readonly kind: "rows"; readonly rows: readonly JsonObject[] }
  | { readonly kind: "csv"; readonly text: string };

/**
 * Reads rows from a pipe: a JSON array of objects, one object, JSON Lines, or CSV with a header.
 *
 * @throws KaaykoError (input) where it is none of these, is empty, or exceeds 64 MiB
 */
export async function readStdinRows(stream: AsyncIterable<Buffer | string>): Promise<StdinRows> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    const buffer = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    bytes += buffer.length;
    if (bytes > MAX_BYTES)
      throw stdinError("at most 64 MiB may be piped in", "Put them into a file and use --data FILE.");
    chunks.push(buffer);
  }
  return parseRows(Buffer.concat(chunks).toString("utf8"));
}

/** Tells the format by the first character that is not white space. */
export function parseRows(given: string): StdinRows {
  const text = given.replace(/^\uFEFF/, "").trim();
  if (text === "")
    throw stdinError("there must be rows", "For example: echo '{\"rooms\": 3}' | kaayko predict --model houses");
  if (text.startsWith("["))
    return {
      kind: "rows",
      rows: (parseJson(text, "stdin", ROWS) as JsonValue[]).map((row, index) => rowOf(row, index)),
    };
  if (!text.startsWith("{")) return { kind: "csv", text: `${text}\n` };
  return { kind: "rows", rows: isOneObject(text) ? [rowOf(parseJson(text, "stdin", ROWS), 0)] : jsonLines(text) };
}

function isOneObject(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function jsonLines(text: string): JsonObject[] {
  return text
    .split("\n")
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== "")
    .map(({ line, number }) => rowOf(parseJson(line, `line ${number} of stdin`, ROWS), number - 1));
}

function rowOf(value: JsonValue, index: number): JsonObject {
  if (value !== null && typeof value === "object" && !Array.isArray(value)) return value;
  throw stdinError(`row ${index + 1} must be an object of column names and values`, 'For example {"rooms": 3}.');
}

function stdinError(rule: string, remedy: string): KaaykoError {
  return new KaaykoError({ action: "read rows from stdin", rule, remedy, kind: "input" });
}
