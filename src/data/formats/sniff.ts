import { open, stat } from "node:fs/promises";
import { hasCode, KaaykoError } from "../../core/index.ts";
import { columnOrder, endLine, isRemark, sentenceLine, tokenLine } from "./conll/token-line.ts";

export type FormatName = "parquet" | "arrow" | "csv" | "jsonl" | "json" | "sqlite" | "libsvm" | "conll" | "fasttext";

const WRITE_AGAIN = "Check what wrote it, and write it again.";
/** Bytes of the head that are looked at. */
const HEAD_BYTES = 65_536;
/** "SQLite format 3" and a zero byte. */
const SQLITE = [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65, 0x20, 0x66, 0x6f, 0x72, 0x6d, 0x61, 0x74, 0x20, 0x33, 0x00];
/** Files that are often handed in and are no table here. */
const FOREIGN: readonly { readonly magic: readonly number[]; readonly what: string; readonly remedy: string }[] = [
  { magic: [0x1f, 0x8b], what: "a gzip file", remedy: "Unpack it first: gunzip." },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], what: "a zstd file", remedy: "Unpack it first: unzstd." },
  { magic: [0x42, 0x5a, 0x68], what: "a bzip2 file", remedy: "Unpack it first: bunzip2." },
  { magic: [0x50, 0x4b, 0x03, 0x04], what: "a zip or Excel file", remedy: "Unpack it, or save the sheet as CSV." },
  { magic: [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59], what: "a NumPy file", remedy: "Save the table as Parquet or CSV." },
  { magic: [0x89, 0x48, 0x44, 0x46], what: "an HDF5 file", remedy: "Save the table as Parquet or CSV." },
  { magic: [0x4f, 0x52, 0x43], what: "an ORC file", remedy: "Save the table as Parquet." },
  { magic: [0x25, 0x50, 0x44, 0x46], what: "a PDF", remedy: "Save the table as CSV." },
];

/**
 * What a file's first bytes say: the format of binary files for certain; of text files JSON Lines and libsvm where their
 * first line is of that form, CoNLL where all lines are; null where they say nothing.
 *
 * @throws KaaykoError (input) where the file is missing, no file, empty, or of a known other kind
 */
export async function sniffFormat(path: string): Promise<FormatName | null> {
  const head = await readHead(path);
  if (startsWith(head, [0x50, 0x41, 0x52])) return "parquet"; // "PAR1", and "PARE" where the footer is encrypted.
  if (startsWith(head, [0x41, 0x52, 0x52, 0x4f, 0x57, 0x31])) return "arrow";
  if (startsWith(head, [0xff, 0xff, 0xff, 0xff])) return "arrow";
  if (startsWith(head, SQLITE)) return "sqlite";
  const foreign = FOREIGN.find(({ magic }) => startsWith(head, magic));
  if (foreign !== undefined) throw unreadable(path, "it must be a table", foreign.what, foreign.remedy);
  return sniffText(head);
}

function sniffText(head: Uint8Array): FormatName | null {
  const text = new TextDecoder("utf-8").decode(head);
  const line = /[^\s][^\r\n]*/.exec(text)?.[0] ?? "";
  if (/^(?:\ufeff)?__label__\S+(?:\s|$)/.test(line)) return "fasttext";
  if (/^\{\s*(?:"|\})/.test(line)) return "jsonl";
  if (/^\{\s*$/.test(line)) return "json";
  if (/^\[\s*(?:\{|$)/.test(line)) return "json";
  if (/^[+-]?\d+(?:\.\d*)?(?:e[+-]?\d+)?(?:\s+qid:\d+)?(?:\s+\d+:[^\s:,;]+)+\s*(?:#.*)?$/i.test(cutLast(line, head)))
    return "libsvm";
  return looksTagged(text) ? "conll" : null;
}

/** Lines of a token and a tag throughout, several sentences of them: no table of two columns has empty lines and such values. */
function looksTagged(text: string): boolean {
  const lines = text.replace(/^\ufeff/, "").split(/\r?\n/);
  const whole = text.length < HEAD_BYTES ? lines : lines.slice(0, -1);
  const said = whole.filter((line) => line.trim() !== "" && !isRemark(line));
  if (said.length >= 2 && said.every((line) => sentenceLine(line) !== null)) return true;
  const apart = whole.slice(0, -1).some((line) => line.trim() === "");
  if (said.length < 2 || !apart) return false;
  const order = columnOrder(said);
  return said.every((line, i) => tokenLine(line, order) !== null || endLine(line) !== null || isIntent(line, i));
}

/** A word alone, behind a token at least. */
function isIntent(line: string, place: number): boolean {
  return place > 0 && /^\S+$/.test(line.trim());
}

/** A line that the head cuts off ends in half a number: without it. */
function cutLast(line: string, head: Uint8Array): string {
  return head.length < HEAD_BYTES ? line : line.replace(/\s+\S*$/, "");
}

async function readHead(path: string): Promise<Uint8Array> {
  try {
    // Opening a pipe that nobody writes to would wait for ever.
    const found = await stat(path);
    if (!found.isFile() && !found.isDirectory() && !found.isCharacterDevice())
      throw unreadable(path, "it must be a regular file", "a pipe or device", "Write it to a file first.");
    const file = await open(path, "r");
    try {
      if ((await file.stat()).isDirectory())
        throw unreadable(
          path,
          "it must be a file",
          "a folder",
          "Name one file of it, or one that holds seq.in and seq.out, or texts in pieces (Snips).",
        );
      const { bytesRead, buffer } = await file.read(new Uint8Array(HEAD_BYTES), 0, HEAD_BYTES, 0);
      if (bytesRead === 0) throw unreadable(path, "it must hold a table", "an empty file", WRITE_AGAIN);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof KaaykoError) throw error;
    const got = hasCode(error, "ENOENT")
      ? "no such file"
      : hasCode(error, "EISDIR")
        ? "a folder"
        : String((error as Error).message);
    throw unreadable(path, "the file must exist and be readable", got, "Check the path and who may read it.", error);
  }
}

function startsWith(head: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => head[i] === byte);
}

export function unreadable(path: string, rule: string, got: string, remedy?: string, cause?: unknown): KaaykoError {
  return new KaaykoError({
    action: `read ${path}`,
    rule,
    got,
    kind: "input",
    cause,
    ...(remedy === undefined ? {} : { remedy }),
  });
}
