/** How a file writes its cells. */
export interface Dialect {
  /** One byte. */
  readonly delimiter: number;
  /** Whether a quote at a cell's start opens a quoted cell. */
  readonly quoting: boolean;
}

export const MISSING_WORDS: ReadonlySet<string> = new Set([
  "",
  "?",
  "-",
  "NA",
  "N/A",
  "n/a",
  "NaN",
  "nan",
  "NAN",
  "NaT",
  "null",
  "NULL",
  "Null",
  "None",
  "<NA>",
  "#N/A",
]);

const CANDIDATES = [",", "\t", ";", "|"].map((character) => character.charCodeAt(0));
const LF = 10;
const CR = 13;
const QUOTE = 34;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$|^[+-]?inf(inity)?$/i;
const DATE = /^\d{1,4}[-/]\d{1,2}[-/]\d{1,4}([ T].*)?$/;
const BOOLEAN = /^(t|f|true|false|yes|no)$/i;

/**
 * Splits text into rows of cells, naively: the reader's head, and the twin of the kernel's `tokenize`. Blank lines are skipped.
 * A row that the text cuts off is given as it is.
 *
 * @param bytes UTF-8
 * @param mostRows stop after that many
 */
export function splitRows(bytes: Uint8Array, dialect: Dialect, mostRows = Number.POSITIVE_INFINITY): string[][] {
  const rows: string[][] = [];
  let at = 0;
  while (at < bytes.length && rows.length < mostRows) {
    if (bytes[at] === LF || bytes[at] === CR) {
      at++;
      continue;
    }
    const row: string[] = [];
    at = readRow(bytes, at, dialect, row);
    if (row.length > 1 || row[0]!.trim() !== "" || bytes[at - 2] === QUOTE) rows.push(row);
  }
  return rows;
}

/** Where the first row that is not blank ends, after its line end, and how many cells it has. Keeps nothing. */
export function firstRow(bytes: Uint8Array, { delimiter, quoting }: Dialect): { end: number; cells: number } {
  let at = 0;
  while (bytes[at] === LF || bytes[at] === CR) at++;
  for (let cells = 1; ; cells++) {
    if (quoting && bytes[at] === QUOTE) {
      at++;
      while (at < bytes.length && (bytes[at] !== QUOTE || bytes[at + 1] === QUOTE)) at += bytes[at] === QUOTE ? 2 : 1;
      at++;
    }
    while (at < bytes.length && bytes[at] !== delimiter && bytes[at] !== LF && bytes[at] !== CR) at++;
    if (at >= bytes.length || bytes[at++] !== delimiter) return { end: Math.min(at, bytes.length), cells };
  }
}

/** Appends the cells of the row at `from`; returns where the next row starts. */
function readRow(bytes: Uint8Array, from: number, { delimiter, quoting }: Dialect, row: string[]): number {
  const text = (start: number, end: number) => Buffer.from(bytes.subarray(start, end)).toString("utf8");
  let at = from;
  for (;;) {
    let start = at;
    let cell: string | undefined;
    if (quoting && bytes[at] === QUOTE) {
      start = ++at;
      while (at < bytes.length && (bytes[at] !== QUOTE || bytes[at + 1] === QUOTE)) at += bytes[at] === QUOTE ? 2 : 1;
      cell = text(start, at).replaceAll('""', '"');
      start = ++at;
    }
    while (at < bytes.length && bytes[at] !== delimiter && bytes[at] !== LF && bytes[at] !== CR) at++;
    row.push((cell ?? "") + text(start, at));
    if (at >= bytes.length) return at;
    if (bytes[at++] !== delimiter) return at;
  }
}

/** The delimiter that splits the most rows into the same number of cells, more than one; comma where none does. */
export function sniffDelimiter(head: Uint8Array): number {
  let best = CANDIDATES[0]!;
  let bestScore = 0;
  for (const delimiter of CANDIDATES) {
    const rows = splitRows(head, { delimiter, quoting: true }, 100);
    const counts = new Map<number, number>();
    for (const row of rows) counts.set(row.length, (counts.get(row.length) ?? 0) + 1);
    for (const [cells, agreeing] of counts) {
      // Agreement first; among equals the finer split. The first row decides between two that agree as often.
      const score = cells < 2 ? 0 : agreeing * 1e6 + Math.min(cells, 999_999) + (rows[0]?.length === cells ? 0.5 : 0);
      if (score > bestScore) [best, bestScore] = [delimiter, score];
    }
  }
  return best;
}

type Look = "missing" | "number" | "date" | "boolean" | "text";

function lookOf(cell: string): Look {
  const word = cell.trim();
  if (MISSING_WORDS.has(word)) return "missing";
  if (NUMBER.test(word)) return "number";
  if (DATE.test(word)) return "date";
  return BOOLEAN.test(word) ? "boolean" : "text";
}

/**
 * Whether the first row holds names. A column of numbers, dates or booleans votes: its first cell looks like the others, or like a
 * name. Where no column votes (all text), a first row without any number is one of names.
 */
export function detectHeader(rows: readonly (readonly string[])[]): boolean {
  const first = rows[0] ?? [];
  const looks = first.map(lookOf);
  if (looks.every((look) => look === "number" || look === "missing")) return false;
  const votes = first.map((_, column) => vote(looks[column]!, rows, column));
  if (votes.includes("header")) return true;
  if (votes.includes("data")) return false;
  return !looks.includes("number") && !looks.includes("date");
}

function vote(first: Look, rows: readonly (readonly string[])[], column: number): "header" | "data" | undefined {
  const looks = new Set(rows.slice(1).map((row) => lookOf(row[column] ?? "")));
  looks.delete("missing");
  if (looks.size !== 1 || looks.has("text") || first === "missing") return undefined;
  return looks.has(first) ? "data" : "header";
}

/** Names for columns: cells of the header without blanks, `c3` where empty, `name_2` for the second `name`. */
export function columnNames(header: readonly string[]): string[] {
  const wanted = header.map((cell, index) => cell.trim() || `c${index}`);
  const taken = new Set(wanted);
  const seen = new Set<string>();
  return wanted.map((name) => {
    let unique = name;
    for (let number = 2; seen.has(unique) || (unique !== name && taken.has(unique)); number++)
      unique = `${name}_${number}`;
    seen.add(unique);
    return unique;
  });
}
