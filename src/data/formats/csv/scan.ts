import { isUtf8 } from "node:buffer";
import { type FileHandle, open } from "node:fs/promises";
import { availableParallelism } from "node:os";
import type { ColumnKind } from "../../../core/index.ts";
import { SEEN } from "../../../kernels/csv/index.ts";
import { type BlockProblem, inputError, MAX_ROW_BYTES, problemError } from "../text/problems.ts";
import { type BlockRange, isProblem, type ParsePlan, RowBorders } from "./block-parser.ts";
import { type CsvOptions, type Head, readHead } from "./head.ts";
import { inOrder } from "./in-order.ts";
import { type BlockThreads, startBlockThreads } from "./parse-threads.ts";

const MIN_BLOCK_BYTES = 2 ** 20;
/** Smaller files are scanned before worker threads would have started. */
const PARALLEL_BYTES = 16 * 2 ** 20;

const TAB = 9;
/** What a stray quote can lead to. */
const QUOTE_PROBLEMS: ReadonlySet<string> = new Set(["ragged", "afterQuote", "unterminated", "longRow"]);

export interface ScannedColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  /** Numbers that float32 would merge. */
  readonly wide: boolean;
  readonly dayFirst: boolean;
  /** Times some of which have a zone and some have none. */
  readonly mixedZones: boolean;
}

/** What one pass over the file tells: everything but the values. Grows by some bytes for each megabyte of the file. */
export interface Scan {
  readonly head: Head;
  /** Cells of every row, in order; a last column without name and values is left out. */
  readonly columns: readonly ScannedColumn[];
  readonly rows: number;
  /** Whether there is any quote in it. */
  readonly quotes: boolean;
  /** Where the blocks start, and at last where they end. */
  readonly offsets: readonly number[];
  /** The first row of each block, and at last the number of rows. */
  readonly firstRows: readonly number[];
}

/**
 * Reads the whole file once: kinds, rows, block borders.
 *
 * Tab-separated files often hold quotes that are only text. There, quotes are taken as text where the file does not read otherwise,
 * or where every line by itself is a whole row although a quoted cell would span lines.
 *
 * @throws KaaykoError with the line number for anything that is no table
 */
export async function scanFile(path: string, options: CsvOptions): Promise<Scan> {
  const head = await readHead(path, options);
  const found = await scanWith(path, head, options);
  if (head.dialect.delimiter === TAB && ("what" in found ? QUOTE_PROBLEMS.has(found.what) : found.quotes)) {
    const plain = await scanWith(path, await readHead(path, options, false), options);
    if (!("what" in plain) && ("what" in found || (plain.rows > found.rows && plain.columns.length > 1))) return plain;
  }
  if ("what" in found) throw await problemError(path, found, head.names);
  return found;
}

async function scanWith(path: string, head: Head, options: CsvOptions): Promise<Scan | BlockProblem> {
  const plan: ParsePlan = { dialect: head.dialect, columns: head.names.length, read: [] };
  const threads = head.bytes < PARALLEL_BYTES ? 1 : Math.min(2, availableParallelism());
  const workers = startBlockThreads(path, plan, threads);
  const file = await open(path, "r");
  try {
    return await scanBlocks(path, head, options, workers, file);
  } finally {
    await file.close();
    await workers.close();
  }
}

async function scanBlocks(
  path: string,
  head: Head,
  options: CsvOptions,
  workers: BlockThreads,
  file: FileHandle,
): Promise<Scan | BlockProblem> {
  const borders = new RowBorders(head.dialect);
  const seen = new Uint32Array(head.names.length);
  const offsets = [head.start];
  const firstRows = [0];
  let rows = 0;
  for await (const { block, outcome } of inOrder(walkBlocks(file, head, borders), workers)) {
    if (isProblem(outcome)) return outcome;
    outcome.seen.forEach((flags, column) => {
      seen[column]! |= flags;
    });
    rows += outcome.rows;
    offsets.push(block.offset + block.length);
    firstRows.push(rows);
  }
  if (rows === 0)
    throw inputError(path, "a table must have at least one row", "only a header", "Check how it was written.");
  const columns = head.names.map((name, index) => columnOf(name, seen[index]!, options.dayFirst));
  if (head.unnamedLast && seen.at(-1) === 0) columns.pop();
  return { head, columns, rows, quotes: borders.quotes, offsets, firstRows };
}

/** The blocks of the file, whole rows each, or the problem that ends the walk. Borders follow from the file alone. */
async function* walkBlocks(
  file: FileHandle,
  head: Head,
  borders: RowBorders,
): AsyncGenerator<BlockRange | BlockProblem> {
  const size = Math.min(Math.max(MIN_BLOCK_BYTES, head.rowBytes * 256), MAX_ROW_BYTES);
  let buffer = Buffer.allocUnsafeSlow(size);
  for (let offset = head.start; offset < head.bytes; ) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, head.bytes - offset), offset);
    const bytes = buffer.subarray(0, bytesRead);
    const last = offset + bytesRead >= head.bytes;
    const length = borders.lastRowEnd(bytes, last);
    if (length === 0) {
      if (buffer.length > MAX_ROW_BYTES || bytesRead === 0) {
        yield { what: bytesRead === 0 ? "changed" : "longRow", offset };
        return;
      }
      buffer = Buffer.allocUnsafeSlow(Math.min(buffer.length * 2, MAX_ROW_BYTES + 1));
      continue;
    }
    const problem = textProblem(bytes.subarray(0, length), offset);
    if (problem !== undefined) {
      yield problem;
      return;
    }
    yield { offset, length };
    offset += length;
    if (buffer.length > size) buffer = Buffer.allocUnsafeSlow(size);
  }
}

function textProblem(bytes: Buffer, offset: number): BlockProblem | undefined {
  const nul = bytes.indexOf(0);
  if (nul >= 0) return { what: "nul", offset: offset + nul };
  if (isUtf8(bytes)) return undefined;
  // The longest valid start, by halving: valid starts are valid up to a cut within one character.
  let good = 0;
  for (let bad = bytes.length; bad - good > 4; ) {
    let middle = (good + bad) >>> 1;
    while (middle > good && (bytes[middle]! & 0xc0) === 0x80) middle--;
    if (middle === good) break;
    if (isUtf8(bytes.subarray(good, middle))) good = middle;
    else bad = middle;
  }
  return { what: "encoding", offset: offset + good };
}

/** The kind that fits all cells: one sort of value, else categorical; numeric where all are missing. */
function columnOf(name: string, seen: number, dayFirst: boolean | undefined): ScannedColumn {
  const dates = SEEN.yearDate | SEEN.monthDate | SEEN.dayDate | SEEN.eitherDate;
  const sorts = [SEEN.number, SEEN.boolean, dates].filter((sort) => seen & sort);
  // What the rows show weighs more than what was said: an order per cell would be a mixture.
  const shownDayFirst = seen & SEEN.dayDate ? true : seen & SEEN.monthDate ? false : undefined;
  const mixedZones = (seen & SEEN.zonedTime) !== 0 && (seen & SEEN.timeWithoutZone) !== 0;
  const column = { name, wide: (seen & SEEN.wide) !== 0, dayFirst: shownDayFirst ?? dayFirst ?? false, mixedZones };
  if (seen & SEEN.text || sorts.length > 1) return { ...column, kind: "categorical" };
  if (seen & SEEN.boolean) return { ...column, kind: "boolean" };
  if (!(seen & dates)) return { ...column, kind: "numeric" };
  const bothOrders = seen & SEEN.monthDate && seen & SEEN.dayDate;
  const unclear = seen & SEEN.eitherDate && shownDayFirst === undefined && dayFirst === undefined;
  return { ...column, kind: bothOrders || unclear ? "categorical" : "date" };
}
