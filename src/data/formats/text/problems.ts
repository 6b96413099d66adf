import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { type JsonObject, KaaykoError } from "../../../core/index.ts";

/** What a block cannot be read for, at a byte of the file. */
export type BlockProblem = { readonly offset: number } & (
  | { readonly what: "ragged"; readonly cells: number }
  | { readonly what: "afterQuote" }
  | { readonly what: "unterminated" }
  | { readonly what: "longRow" }
  | { readonly what: "encoding" }
  | { readonly what: "nul" }
  | { readonly what: "cell"; readonly column: number; readonly kind: string; readonly text: string }
  | { readonly what: "changed" }
);

/** Longest row in bytes. Everything else about memory follows from it. */
export const MAX_ROW_BYTES = 16 * 2 ** 20;

export function inputError(path: string, rule: string, got: string | undefined, remedy: string): KaaykoError {
  const parts = { action: `read ${basename(path)}`, rule, remedy, kind: "input" as const };
  return new KaaykoError(got === undefined ? parts : { ...parts, got });
}

/** Text that is not UTF-8. */
export class EncodingError extends KaaykoError {
  constructor(path: string, line: string) {
    super({
      action: `read ${basename(path)}`,
      rule: "text must be UTF-8",
      got: `other bytes in ${line}`,
      remedy: "Convert it, for example with: iconv -f WINDOWS-1252 -t UTF-8",
      kind: "input",
    });
  }
}

/** The error for a problem, with the number of the line that its byte is in. */
export async function problemError(
  path: string,
  problem: BlockProblem,
  names: readonly string[],
): Promise<KaaykoError> {
  if (problem.what === "changed")
    return inputError(path, "the file must stay as it is while it is read", "other contents", "Read it again.");
  const line = `line ${await lineOf(path, problem.offset)}`;
  switch (problem.what) {
    case "ragged":
      return inputError(
        path,
        `every row must have ${names.length} cells`,
        `${problem.cells} in ${line}`,
        "Mend that row, or name the delimiter if it was guessed wrong.",
      );
    case "afterQuote":
      return inputError(
        path,
        "a quoted cell must end at its closing quote",
        `more text after it in the row at ${line}`,
        "Write a quote inside a quoted cell twice.",
      );
    case "unterminated":
      return inputError(
        path,
        "every quote must be closed",
        `one opened in the row at ${line} that is not`,
        "Close it.",
      );
    case "longRow":
      return inputError(
        path,
        `a row may have ${MAX_ROW_BYTES / 2 ** 20} MB at most`,
        `a longer one at ${line}`,
        "Look for an unclosed quote or missing line ends there.",
      );
    case "encoding":
      return new EncodingError(path, line);
    case "nul":
      return inputError(
        path,
        "text must not hold NUL bytes",
        `one in ${line}`,
        "It is UTF-16 (convert it with iconv) or no text file.",
      );
    case "cell":
      return inputError(
        path,
        `column ${names[problem.column]} is read as ${problem.kind}`,
        `${JSON.stringify(problem.text)} in ${line}`,
        "Read the column as categorical, or mend the cell.",
      );
  }
}

/** The number of the line that holds a byte, from 1. A line ends with LF, CR LF or CR. */
export async function lineOf(path: string, offset: number): Promise<number> {
  if (offset <= 0) return 1;
  let line = 1;
  let lastWasReturn = false;
  for await (const chunk of createReadStream(path, { end: offset - 1 })) {
    for (const byte of chunk as Buffer) {
      if (byte === 13 || (byte === 10 && !lastWasReturn)) line++;
      lastWasReturn = byte === 13;
    }
  }
  return line;
}

/** The error of a position that this file did not give, or not under these options. */
export function foreignPosition(path: string, position: JsonObject): KaaykoError {
  return new KaaykoError({
    action: `continue reading ${path}`,
    rule: "the position must be one that this file gave under the same options",
    got: JSON.stringify(position).slice(0, 100),
    remedy: "The file has changed; start from its first row.",
    kind: "input",
  });
}
