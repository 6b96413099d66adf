import { normaliseText, tokensOf } from "./tokens.ts";

/** Which pieces of a text are counted. Lengths are inclusive; a pair of zeros counts none. */
export interface NgramOptions {
  /** Tokens in a row. */
  readonly words: readonly [least: number, most: number];
  /** Characters in a row, inside words with a blank on either side. */
  readonly characters: readonly [least: number, most: number];
}

/** Single words and pairs; two to five characters. Together they did best on topics, questions and comments of all lengths. */
export const NGRAMS: NgramOptions = { words: [1, 2], characters: [2, 5] };

/** The two kinds of pieces, told apart by their first character. */
export const WORD_MARK = "w";
export const CHARACTER_MARK = "c";

/** Calls `visit` with every piece of a text, as often as it occurs: runs of words first, then runs of characters. */
export function visitNgrams(text: string, { words, characters }: NgramOptions, visit: (term: string) => void): void {
  if (words[1] > 0) visitWords(tokensOf(text), words, visit);
  if (characters[1] > 0)
    for (const word of normaliseText(text).toLowerCase().split(/\s+/u))
      if (word !== "") visitCharacters(` ${word} `, characters, visit);
}

function visitWords(
  tokens: readonly string[],
  [least, most]: readonly [number, number],
  visit: (term: string) => void,
) {
  for (let i = 0; i < tokens.length; i++) {
    let term = WORD_MARK;
    for (let length = 1; length <= most && i + length <= tokens.length; length++) {
      term += length === 1 ? tokens[i]! : ` ${tokens[i + length - 1]!}`;
      if (length >= least) visit(term);
    }
  }
}

function visitCharacters(word: string, [least, most]: readonly [number, number], visit: (term: string) => void) {
  // By code points, so that no emoji is cut in two; most words have none and are cut by index.
  const points = /[\ud800-\udfff]/.test(word) ? [...word] : null;
  const size = points?.length ?? word.length;
  for (let length = least; length <= most; length++) {
    if (length > size) return;
    for (let i = 0; i + length <= size; i++)
      visit(CHARACTER_MARK + (points === null ? word.slice(i, i + length) : points.slice(i, i + length).join("")));
  }
}
