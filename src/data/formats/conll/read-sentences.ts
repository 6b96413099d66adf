import { LineCursor } from "../text/line-cursor.ts";
import { inputError } from "../text/problems.ts";
import { isRemark, tokenLine } from "./token-line.ts";

/** A sentence: its tokens, and the last column of each. */
export interface TaggedSentence {
  readonly tokens: readonly string[];
  readonly tags: readonly string[];
}

/**
 * Reads a file of CoNLL's form: a token a line, its tag in the last of two or more columns, tabs or spaces between them, lines of nothing or
 * white space between sentences. Lines that begin a document or hold a remark are skipped.
 *
 * @throws KaaykoError (input), with the number of the line, where a line has one column only or its last is no tag
 */
export async function readSentences(path: string, keep: (sentence: TaggedSentence) => void): Promise<void> {
  const cursor = await LineCursor.open(path);
  let [tokens, tags]: [string[], string[]] = [[], []];
  const end = () => {
    if (tokens.length > 0) keep({ tokens, tags });
    [tokens, tags] = [[], []];
  };
  try {
    for (let number = 1; ; ) {
      const line = cursor.line();
      if (line === undefined) {
        if (!(await cursor.fill())) break;
        continue;
      }
      const text = number === 1 ? line.replace(/^\ufeff/, "") : line;
      if (text.trim() === "" || isRemark(text)) end();
      else {
        const { token, tag } = columnsOf(path, text, number);
        tokens.push(token);
        tags.push(tag);
      }
      number++;
    }
  } finally {
    await cursor.close();
  }
  end();
}

function columnsOf(path: string, line: string, number: number): { token: string; tag: string } {
  const found = tokenLine(line);
  if (found !== null) return found;
  const got = `${JSON.stringify(line.slice(0, 40))} in line ${number}`;
  throw inputError(path, "a line must be a token and, in its last column, O, B-type or I-type", got, "Mend that line.");
}
