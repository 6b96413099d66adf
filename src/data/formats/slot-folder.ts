import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** The files of a folder of slot filling, line by line of the same sentences: words, their tags, and what each sentence wants. */
export interface SlotFiles {
  readonly words: string;
  readonly tags: string;
  readonly intents?: string;
}

const WORDS = "seq.in";
const TAGS = "seq.out";
const INTENTS = ["label", "intent"];

/**
 * The files `seq.in`, `seq.out` and, where there is one, `label` of a folder, or beside a file called `seq.in`; null where there
 * are none.
 */
export function slotFiles(path: string): SlotFiles | null {
  const folder = basename(path) === WORDS ? dirname(path) : path;
  const [words, tags] = [join(folder, WORDS), join(folder, TAGS)];
  if (!existsSync(words) || !existsSync(tags)) return null;
  const intents = INTENTS.map((name) => join(folder, name)).find((file) => existsSync(file));
  return intents === undefined ? { words, tags } : { words, tags, intents };
}
