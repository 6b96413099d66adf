import { log } from "../../core/index.ts";
import { type NgramOptions, NgramWalker, WORD_MARK } from "./ngrams.ts";

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
  readonly #walker: NgramWalker;

  constructor(options: NgramOptions) {
    this.#options = options;
    this.#walker = new NgramWalker(options, (term) => this.#placeOf(term));
  }

  add(text: string): void {
    const number = ++this.#texts;
    this.#walker.visit(text, (place) => {
      if (this.#last[place] === number) return;
      this.#counts[place]!++;
      this.#last[place] = number;
    });
    if (this.#places.size > MAX_COUNTED) this.#forgetRare();
  }

  #placeOf(term: string): number {
    const known = this.#places.get(term);
    if (known !== undefined) return known;
    const place = this.#counts.length;
    this.#places.set(term, place);
    this.#counts.push(0);
    this.#last.push(0);
    return place;
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
    this.#walker.forget();
  }

  /** The vocabulary of the texts so far; ties in frequency go to the term that sorts first. */
  vocabulary(): Vocabulary {
    const least = (term: string) =>
      term.startsWith(WORD_MARK) ? (this.#texts < FEW_TEXTS ? 1 : MIN_TEXTS.words) : this.#leastCharacters();
    const countOf = (term: string) => this.#counts[this.#places.get(term)!]!;
    const kept: string[] = [];
    for (const [term, place] of this.#places) if (this.#counts[place]! >= least(term)) kept.push(term);
    // By UTF-16 units, which the engine sorts by without being asked about pairs.
    const terms = mostFrequent(kept, countOf).sort();
    return {
      options: this.#options,
      terms,
      weights: terms.map((term) => log((1 + this.#texts) / (1 + countOf(term))) + 1),
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
    this.#walker.forget();
    // No text is open between two of them.
    this.#last = new Array<number>(counts.length).fill(0);
  }
}

/** The most frequent terms, `MAX_TERMS` at most; ties go to the term that sorts first. */
function mostFrequent(terms: string[], countOf: (term: string) => number): string[] {
  if (terms.length <= MAX_TERMS) return terms;
  const counts = Float64Array.from(terms, countOf);
  const last = counts.slice().sort().at(-MAX_TERMS)!;
  const above = terms.filter((_, i) => counts[i]! > last);
  const ties = terms.filter((_, i) => counts[i] === last).sort();
  return [...above, ...ties.slice(0, MAX_TERMS - above.length)];
}
