import { inputError } from "../text/problems.ts";
import { readLines } from "../text/read-lines.ts";
import {
  BEGIN,
  type ColumnOrder,
  columnOrder,
  endLine,
  isRemark,
  sentenceLine,
  type TaggedSentence,
  tokenLine,
} from "./token-line.ts";

/**
 * Reads a file of CoNLL's form: a token a line, its tag in the last of two or more columns (or in the first), tabs or spaces between them,
 * lines of nothing or white space between sentences. Lines that begin a document or hold a remark are skipped; a line of one word
 * behind a sentence, or of EOS and a word, is its intent. Sentences may also stand on a line each (`sentenceLine`).
 *
 * @throws KaaykoError (input), with the number of the line, where a line is nothing of this
 */
export async function readSentences(path: string, keep: (sentence: TaggedSentence) => void): Promise<void> {
  const open = new OpenSentence(path, await orderIn(path), keep);
  let number = 0;
  await readLines(path, (line) => open.add(line, ++number));
  open.end();
}

/** Lines of a file that say which column holds the tags. */
const TOLD_BY = 1000;

async function orderIn(path: string): Promise<ColumnOrder> {
  const lines: string[] = [];
  await readLines(path, (line) => lines.push(line) < TOLD_BY);
  return columnOrder(lines);
}

/** The sentence that lines are added to until one ends it. */
class OpenSentence {
  readonly #path: string;
  readonly #order: ColumnOrder;
  readonly #keep: (sentence: TaggedSentence) => void;
  #tokens: string[] = [];
  #tags: string[] = [];
  #intent: string | null = null;

  constructor(path: string, order: ColumnOrder, keep: (sentence: TaggedSentence) => void) {
    this.#path = path;
    this.#order = order;
    this.#keep = keep;
  }

  add(line: string, number: number): void {
    if (line.trim() === "" || isRemark(line)) this.end();
    else this.#addWords(line, number);
  }

  #addWords(line: string, number: number): void {
    const found = this.#intent === null ? tokenLine(line, this.#order) : null;
    if (found !== null) {
      // A word that only marks where a sentence begins.
      if (found.token === BEGIN && this.#tokens.length === 0) return;
      this.#tokens.push(found.token);
      this.#tags.push(found.tag);
      return;
    }
    const intent = this.#tokens.length > 0 && this.#intent === null ? endLine(line) : null;
    if (intent !== null) {
      this.#intent = intent;
      return;
    }
    const whole = sentenceLine(line);
    if (whole !== null) {
      this.end();
      this.#keep(whole);
    } else if (this.#tokens.length > 0 && this.#intent === null && /^\S+$/.test(line.trim()))
      this.#intent = line.trim();
    else this.#refuse(line, number);
  }

  end(): void {
    if (this.#tokens.length > 0) this.#keep({ tokens: this.#tokens, tags: this.#tags, intent: this.#intent });
    [this.#tokens, this.#tags, this.#intent] = [[], [], null];
  }

  #refuse(line: string, number: number): never {
    const got = `${JSON.stringify(line.slice(0, 40))} in line ${number}`;
    const rule = "a line must be a token and, in its last column or its first, O, B-type or I-type";
    throw inputError(this.#path, rule, got, "Mend that line.");
  }
}
