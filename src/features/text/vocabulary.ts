import { log } from "../../core/index.ts";
import { type NgramOptions, visitNgrams, WORD_MARK } from "./ngrams.ts";

/** Texts in which a run of words, or of characters, must occur: what occurs in fewer says nothing about new texts. */
const MIN_TEXTS = { words: 2, characters: 3 };
/** With fewer texts than this, a run of words that occurs once is kept. */
const FEW_TEXTS = 20_000;
/** Terms that are kept at most, the most frequent first. */
export const MAX_TERMS = 400_000;
/** Terms that are counted at once; where there are more, those that were seen once are forgotten. */
const MAX_COUNTED = 4_000_000;

/** The terms that are columns of a matrix, and how much an occurrence of each weighs. Plain data: part of the model. */
export interface Vocabulary {
  readonly options: NgramOptions;
  /** Sorted; the column is the place. */
  readonly terms: readonly string[];
  /** Inverse document frequency of each: ln((1 + texts) / (1 + texts with the term)) + 1. */
  readonly weights: readonly number[];
}

/** Counts in how many texts each term occurs. */
export class TermCounter {
  readonly #options: NgramOptions;
  #places = new Map<string, number>();
  #counts: number[] = [];
  /** The last text that each term was seen in. */
  #last: number[] = [];
  #texts = 0;

  constructor(options: NgramOptions) {
    this.#options = options;
  }

  add(text: string): void {
    const number = ++this.#texts;
    visitNgrams(text, this.#options, (term) => {
      const place = this.#places.get(term);
      if (place === undefined) {
        this.#places.set(term, this.#counts.length);
        this.#counts.push(1);
        this.#last.push(number);
      } else if (this.#last[place] !== number) {
        this.#counts[place]!++;
        this.#last[place] = number;
      }
    });
    if (this.#places.size > MAX_COUNTED) this.#forgetRare();
  }

  #forgetRare(): void {
    const places = new Map<string, number>();
    const counts: number[] = [];
    const last: number[] = [];
    for (const [term, place] of this.#places) {
      if (this.#counts[place]! < 2) continue;
      places.set(term, counts.length);
      counts.push(this.#counts[place]!);
      last.push(this.#last[place]!);
    }
    [this.#places, this.#counts, this.#last] = [places, counts, last];
  }

  /** The vocabulary of the texts so far; ties in frequency go to the term that sorts first. */
  vocabulary(): Vocabulary {
    const least = (term: string) =>
      term.startsWith(WORD_MARK) ? (this.#texts < FEW_TEXTS ? 1 : MIN_TEXTS.words) : this.#leastCharacters();
    const kept = [...this.#places].filter(([term, place]) => this.#counts[place]! >= least(term));
    kept.sort(([a, i], [b, k]) => this.#counts[k]! - this.#counts[i]! || (a < b ? -1 : 1));
    const chosen = kept.slice(0, MAX_TERMS).sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      options: this.#options,
      terms: chosen.map(([term]) => term),
      weights: chosen.map(([, place]) => log((1 + this.#texts) / (1 + this.#counts[place]!)) + 1),
    };
  }

  #leastCharacters(): number {
    return this.#texts < FEW_TEXTS ? 2 : MIN_TEXTS.characters;
  }

  getState(): { readonly texts: number; readonly terms: readonly string[]; readonly counts: Float64Array } {
    return { texts: this.#texts, terms: [...this.#places.keys()], counts: Float64Array.from(this.#counts) };
  }

  setState({ texts, terms, counts }: ReturnType<TermCounter["getState"]>): void {
    this.#texts = texts;
    this.#places = new Map(terms.map((term, place) => [term, place]));
    this.#counts = [...counts];
    // No text is open between two of them.
    this.#last = new Array<number>(counts.length).fill(0);
  }
}
