import type { FileHandle } from "node:fs/promises";
import { extname } from "node:path";
import { type Dialect, firstRow, splitRows } from "../../../kernels/csv/index.ts";
import { openTextFile } from "../text/open-text-file.ts";
import { inputError, lineOf, MAX_ROW_BYTES } from "../text/problems.ts";
import { columnNames, detectHeader, sniffDelimiter } from "./dialect.ts";

const SAMPLE_BYTES = 65536;
const MAX_COLUMNS = 1_000_000;

export interface CsvOptions {
  /** One ASCII character. Default: tab for .tsv and .tab, else the one of comma, tab, semicolon and bar that fits best. */
  readonly delimiter?: string;
  /** Whether the first row holds the names. Default: decided by how the first row differs from the next hundred. */
  readonly header?: boolean;
  /**
   * What 04/05/2016 means: true, the 4th of May; false, April the 5th. Counts only where no row shows the order. Default: such a
   * column is no date.
   */
  readonly dayFirst?: boolean;
}

/** What the first rows of a file tell. */
export interface Head {
  readonly dialect: Dialect;
  readonly names: readonly string[];
  readonly header: boolean;
  /** Where the header, or without one the first row, starts. */
  readonly start: number;
  readonly bytes: number;
  readonly modified: number;
  /** Whether the header ends with an empty name, as a trailing delimiter leaves. */
  readonly unnamedLast: boolean;
  /** Bytes of the first row. */
  readonly rowBytes: number;
}

/** Reads the head of a CSV file: delimiter, header, names, and where the rows start. */
export async function readHead(path: string, options: CsvOptions, quoting = true): Promise<Head> {
  const { file, bytes, modified } = await openTextFile(path);
  try {
    const { sample, dialect, first } = await readSample(path, file, bytes, options, quoting);
    const whole = sample.length === bytes;
    const mark = markBytes(sample);
    const rows = splitRows(sample.subarray(mark), dialect, 100);
    if (rows.length === 0)
      throw inputError(path, "a table must have at least one row", "only blank lines", "Check how it was written.");
    const complete = whole || rows.length === 100 ? rows : rows.slice(0, Math.max(1, rows.length - 1));
    const header = options.header ?? detectHeader(complete);
    const names = header ? columnNames(rows[0]!) : rows[0]!.map((_, index) => `c${index}`);
    const start = mark + (header ? first.end : 0);
    const unnamedLast = header && rows[0]!.length > 1 && rows[0]!.at(-1)!.trim() === "";
    return { dialect, names, header, unnamedLast, start, bytes, modified, rowBytes: first.end };
  } finally {
    await file.close();
  }
}

function markBytes(sample: Uint8Array): number {
  return sample[0] === 0xef && sample[1] === 0xbb && sample[2] === 0xbf ? 3 : 0;
}

/** The first 64 KB, or more until the whole first row is in it. */
async function readSample(path: string, file: FileHandle, bytes: number, options: CsvOptions, quoting: boolean) {
  for (let size = SAMPLE_BYTES; ; size *= 4) {
    const buffer = Buffer.alloc(Math.min(size, bytes));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    const sample = buffer.subarray(0, bytesRead);
    if (sample.includes(0)) {
      const line = await lineOf(path, sample.indexOf(0));
      throw inputError(path, "it must be UTF-8 text", `a NUL byte in line ${line}`, "It is UTF-16 or no text file.");
    }
    const text = sample.subarray(markBytes(sample));
    const dialect = { delimiter: delimiterOf(path, options, text.subarray(0, SAMPLE_BYTES)), quoting };
    const first = firstRow(text, dialect);
    if (first.cells > MAX_COLUMNS)
      throw inputError(path, `a table may have ${MAX_COLUMNS} columns`, `${first.cells} cells or more`, "Check it.");
    if (bytesRead === bytes || bytesRead < buffer.length || first.end < text.length) return { sample, dialect, first };
    if (size >= MAX_ROW_BYTES)
      throw inputError(
        path,
        `a row may have ${MAX_ROW_BYTES / 2 ** 20} MB at most`,
        "a longer one at line 1",
        "Look for an unclosed quote or missing line ends there.",
      );
  }
}

function delimiterOf(path: string, options: CsvOptions, head: Uint8Array): number {
  if (options.delimiter !== undefined) {
    const code = options.delimiter.charCodeAt(0);
    if (options.delimiter.length !== 1 || code > 126 || code === 34 || code === 10 || code === 13)
      throw inputError(
        path,
        "the delimiter must be one ASCII character",
        JSON.stringify(options.delimiter),
        "Use , ; | or a tab.",
      );
    return code;
  }
  return [".tsv", ".tab"].includes(extname(path).toLowerCase()) ? 9 : sniffDelimiter(head);
}
