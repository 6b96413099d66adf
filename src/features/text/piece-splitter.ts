import { INSIDE } from "./pieces.ts";
import { tokensOf } from "./tokens.ts";

/** Words that are longer, in code points, are one unknown token. */
const MAX_POINTS = 100;
/** Words whose pieces are remembered. */
const MAX_KNOWN = 500_000;

/**
 * Cuts words into pieces, the longest that fits first (Wu et al., "Google's neural machine translation system", 2016). Words are
 * those of `tokensOf`: in lower case, emoji whole, marks apart.
 */
export class PieceSplitter {
  readonly #ids: Map<string, number>;
  readonly #known = new Map<string, readonly number[]>();

  constructor(pieces: readonly string[]) {
    this.#ids = new Map(pieces.map((piece, place) => [piece, place + 1]));
  }

  /** The numbers of the pieces of a text, in order; 0 for a word that has a part which no piece fits. */
  split(text: string): number[] {
    return tokensOf(text).flatMap((word) => this.#splitWord(word));
  }

  #splitWord(word: string): readonly number[] {
    const known = this.#known.get(word);
    if (known !== undefined) return known;
    const found = this.#search(word);
    if (this.#known.size < MAX_KNOWN) this.#known.set(word, found);
    return found;
  }

  #search(word: string): readonly number[] {
    const points = [...word];
    if (points.length > MAX_POINTS) return [0];
    const ids: number[] = [];
    for (let start = 0; start < points.length; ) {
      const mark = start === 0 ? "" : INSIDE;
      let end = points.length;
      while (end > start && !this.#ids.has(mark + points.slice(start, end).join(""))) end--;
      if (end === start) return [0];
      ids.push(this.#ids.get(mark + points.slice(start, end).join(""))!);
      start = end;
    }
    return ids;
  }
}
