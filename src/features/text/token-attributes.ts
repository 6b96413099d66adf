import { tokensIn } from "../../data/index.ts";
import { type WordAttributes, wordAttributes } from "./word-attributes.ts";

/** Neighbours on either side that are looked at. */
const WINDOW = 2;
/** Words that are remembered at most. */
const MOST_WORDS = 100_000;
const BEFORE = wordAttributes("\u0002");
const BEHIND = wordAttributes("\u0003");

/** The tokens of a text as strings. */
export function tokenWords(text: string): string[] {
  const { starts, ends } = tokensIn(text);
  return starts.map((start, i) => text.slice(start, ends[i]!));
}

/**
 * Attributes of tokens, as strings: of each token, of its neighbours (with their distance), and of pairs of them. Remembers words
 * that it met.
 */
export class TokenAttributes {
  #known = new Map<string, WordAttributes>();

  /** The attributes of each token of a text. */
  of(words: readonly string[]): string[][] {
    const found = words.map((word) => this.#of(word));
    const at = (token: number) => (token < 0 ? BEFORE : (found[token] ?? BEHIND));
    return found.map((own, token) => {
      const attributes = [...own.own];
      for (let distance = -WINDOW; distance <= WINDOW; distance++)
        if (distance !== 0)
          for (const attribute of at(token + distance).neighbour) attributes.push(`${distance}${attribute}`);
      const [left, right] = [at(token - 1), at(token + 1)];
      attributes.push(`lw=${left.lower} ${own.lower}`, `rw=${own.lower} ${right.lower}`);
      attributes.push(`cs=${left.shape} ${own.shape} ${right.shape}`, `cw=${left.lower} ${right.lower}`);
      return attributes;
    });
  }

  #of(word: string): WordAttributes {
    let known = this.#known.get(word);
    if (known === undefined) {
      if (this.#known.size >= MOST_WORDS) this.#known = new Map();
      known = wordAttributes(word);
      this.#known.set(word, known);
    }
    return known;
  }
}
