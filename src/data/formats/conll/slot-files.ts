import type { SlotFiles } from "../slot-folder.ts";
import { inputError } from "../text/problems.ts";
import { readLines } from "../text/read-lines.ts";
import type { TaggedSentence } from "./token-line.ts";

/**
 * Reads slot filling's files together.
 *
 * @throws KaaykoError (input), with the number of the line, where they do not agree
 */
export async function readSlotFiles(files: SlotFiles, keep: (sentence: TaggedSentence) => void): Promise<void> {
  const [words, tags, intents] = await Promise.all([
    linesOf(files.words),
    linesOf(files.tags),
    files.intents === undefined ? null : linesOf(files.intents),
  ]);
  for (const [path, lines] of [[files.tags, tags] as const, [files.intents!, intents] as const])
    if (lines !== null && lines.length !== words.length)
      throw inputError(path, `it must have a line for each of its words, ${words.length}`, `${lines.length}`, MEND);
  words.forEach((line, i) => {
    const sentence = { tokens: parts(line), tags: parts(tags[i]!), intent: intents?.[i]?.trim() || null };
    if (sentence.tokens.length !== sentence.tags.length) {
      const got = `${sentence.tags.length} in line ${i + 1}`;
      throw inputError(files.tags, `a line must have a tag for each word, ${sentence.tokens.length}`, got, MEND);
    }
    if (sentence.tokens.length > 0) keep(sentence);
  });
}

const MEND = "Mend that line in both files.";

function parts(line: string): string[] {
  return line.split(/\s+/).filter((part) => part !== "");
}

/** The lines of a file, without the empty ones at its end. */
async function linesOf(path: string): Promise<string[]> {
  const lines: string[] = [];
  await readLines(path, (line) => void lines.push(line));
  while (lines.at(-1)?.trim() === "") lines.pop();
  return lines;
}
