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

/** Pieces of characters that are remembered by the word that they lie in, at most. */
const MOST_REMEMBERED = 4_000_000;

/** Walks the pieces of texts as numbers. Few words make up most of any language, so what a word is made of is looked up once. */
export class NgramWalker {
  readonly #options: NgramOptions;
  readonly #placeOf: (term: string) => number;
  #known = new Map<string, Uint32Array>();
  #remembered = 0;

  /** @param placeOf the number of a piece; below 0 for one that does not count. Must not change unless `forget` is called. */
  constructor(options: NgramOptions, placeOf: (term: string) => number) {
    this.#options = options;
    this.#placeOf = placeOf;
  }

  /** Calls `visit` with the number of every piece of a text, as often as it occurs: runs of words first, then runs of characters. */
  visit(text: string, visit: (place: number) => void): void {
    const { words, characters } = this.#options;
    const seen = (term: string) => {
      const place = this.#placeOf(term);
      if (place >= 0) visit(place);
    };
    if (words[1] > 0) visitWords(tokensOf(text), words, seen);
    if (characters[1] === 0) return;
    for (const word of normaliseText(text).toLowerCase().split(/\s+/u)) {
      if (word === "") continue;
      for (const place of this.#known.get(word) ?? this.#learn(word)) visit(place);
    }
  }

  /** Numbers have changed. */
  forget(): void {
    this.#known = new Map();
    this.#remembered = 0;
  }

  #learn(word: string): Uint32Array {
    const places: number[] = [];
    visitCharacters(` ${word} `, this.#options.characters, (term) => {
      const place = this.#placeOf(term);
      if (place >= 0) places.push(place);
    });
    if (this.#remembered + places.length > MOST_REMEMBERED) this.forget();
    const kept = Uint32Array.from(places);
    this.#known.set(word, kept);
    this.#remembered += places.length;
    return kept;
  }
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
