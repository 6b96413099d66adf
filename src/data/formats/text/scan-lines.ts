import { LineCursor } from "./line-cursor.ts";
import { openTextFile } from "./open-text-file.ts";
import { inputError, lineOf } from "./problems.ts";

/** A text file as it was when its lines were scanned. */
export interface ScannedFile {
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  /** Byte of the first line, after a byte-order mark. */
  readonly start: number;
}

/** What a line must be, and what to do where one is not. */
export interface LineRule {
  readonly rule: string;
  readonly remedy: string;
}

/**
 * Reads all lines of a file once.
 *
 * @param take is given each line; returns what is wrong with it, or whether it is a row
 * @throws KaaykoError (input) where a line is wrong (it is named) or none is a row, and as `openTextFile` and `LineCursor.fill`
 */
export async function scanLines(
  path: string,
  { rule, remedy }: LineRule,
  take: (line: string) => string | boolean,
): Promise<ScannedFile & { readonly rows: number }> {
  const scanned = await measure(path);
  const cursor = await LineCursor.open(path, scanned.start);
  let rows = 0;
  try {
    while (await cursor.fill()) {
      for (;;) {
        const offset = cursor.offset;
        const line = cursor.line();
        if (line === undefined) break;
        const outcome = take(line);
        if (typeof outcome === "string")
          throw inputError(path, rule, `${outcome} in line ${await lineOf(path, offset)}`, remedy);
        if (outcome) rows++;
      }
    }
  } finally {
    await cursor.close();
  }
  if (rows === 0)
    throw inputError(path, "a table must have at least one row", "only blank lines", "Check how it was written.");
  return { ...scanned, rows };
}

async function measure(path: string): Promise<ScannedFile> {
  const { file, bytes, modified } = await openTextFile(path);
  try {
    const mark = Buffer.alloc(3);
    await file.read(mark, 0, 3, 0);
    return { bytes, modified, start: mark.toString("hex") === "efbbbf" ? 3 : 0 };
  } finally {
    await file.close();
  }
}
