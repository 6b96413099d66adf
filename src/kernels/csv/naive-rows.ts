const LF = 10;
const CR = 13;
const QUOTE = 34;

/** How a file writes its cells. */
export interface Dialect {
  /** One byte. */
  readonly delimiter: number;
  /** Whether a quote at a cell's start opens a quoted cell. */
  readonly quoting: boolean;
}

/** Words for a missing value. */
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

/**
 * Splits text into rows of cells, naively: for the head of a file, and as the twin of the kernel's `tokenize`. Blank lines are skipped.
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
    const quoted = dialect.quoting && bytes[at] === QUOTE;
    at = readRow(bytes, at, dialect, row);
    if (row.length > 1 || quoted || !/^[ \t]*$/.test(row[0]!)) rows.push(row);
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
