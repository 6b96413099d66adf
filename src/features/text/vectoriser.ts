import { log } from "../../core/index.ts";
import { CHARACTER_MARK, NgramWalker } from "./ngrams.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** The entries of a text's row. */
export interface TextRow {
  /** Ascending. */
  readonly columns: Uint32Array;
  readonly values: Float32Array;
}

/**
 * Turns texts into rows of a sparse matrix: (1 + ln count) times the term's weight; runs of words and runs of characters are
 * each scaled to length 1 (Salton and Buckley, "Term-weighting approaches in automatic text retrieval", 1988). Terms that the
 * vocabulary does not know are left out; a text without any gives an empty row.
 */
export class TextVectoriser {
  readonly #vocabulary: Vocabulary;
  readonly #walker: NgramWalker;
  readonly #counts: Uint32Array;
  /** The first column of words: characters' terms sort before them. */
  readonly #words: number;

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
    const places = new Map(vocabulary.terms.map((term, place) => [term, place]));
    this.#walker = new NgramWalker(vocabulary.options, (term) => places.get(term) ?? -1);
    const first = vocabulary.terms.findIndex((term) => !term.startsWith(CHARACTER_MARK));
    this.#words = first < 0 ? vocabulary.terms.length : first;
    this.#counts = new Uint32Array(vocabulary.terms.length);
  }

  row(text: string): TextRow {
    const touched: number[] = [];
    const counts = this.#counts;
    this.#walker.visit(text, (place) => {
      if (counts[place]!++ === 0) touched.push(place);
    });
    const columns = Uint32Array.from(touched).sort();
    const values = new Float32Array(columns.length);
    // Sorted terms begin with their mark, so each kind is one run of columns.
    const firstWord = columns.findIndex((column) => column >= this.#words);
    const border = firstWord < 0 ? columns.length : firstWord;
    this.#weigh(columns, values, 0, border);
    this.#weigh(columns, values, border, columns.length);
    for (const place of touched) counts[place] = 0;
    return { columns, values };
  }

  #weigh(columns: Uint32Array, values: Float32Array, start: number, end: number): void {
    let squares = 0;
    for (let i = start; i < end; i++) {
      const value = (1 + log(this.#counts[columns[i]!]!)) * this.#vocabulary.weights[columns[i]!]!;
      values[i] = value;
      squares += value * value;
    }
    const length = Math.sqrt(squares);
    for (let i = start; i < end; i++) values[i] = values[i]! / length;
  }
}
