import type { State } from "../../core/index.ts";
import { type EncodableRows, stringsAt } from "../encode.ts";
import type { ColumnFit, FittedColumn } from "../fitted-column.ts";
import { misfit } from "../misfit.ts";
import { NGRAMS } from "./ngrams.ts";
import { TermCounter } from "./vocabulary.ts";

/** Fits the vocabulary of a text column: what its words and characters are, and how rare each is. */
export class NgramFit implements ColumnFit {
  readonly #column: string;
  readonly #counter = new TermCounter(NGRAMS);

  constructor(column: string) {
    this.#column = column;
  }

  add(batch: EncodableRows): void {
    const { codes, dictionary } = stringsAt(batch, this.#column);
    for (let i = 0; i < batch.rows; i++) if (codes[i] !== 0) this.#counter.add(dictionary[codes[i]! - 1]!);
  }

  finish(): FittedColumn {
    const { options, terms, weights } = this.#counter.vocabulary();
    if (terms.length === 0)
      return { encoder: null, features: [], notices: [`${this.#column} has no word that recurs.`] };
    return { encoder: { form: "ngrams", column: this.#column, options, terms, weights }, features: [], notices: [] };
  }

  getState(): State {
    const { texts, terms, counts } = this.#counter.getState();
    return { json: { texts, terms: [...terms] }, arrays: { counts } };
  }

  setState({ json, arrays }: State): void {
    const { texts, terms } = json;
    const { counts } = arrays;
    const whole = typeof texts === "number" && Array.isArray(terms) && counts instanceof Float64Array;
    if (!whole || counts.length !== terms.length || !terms.every((term) => typeof term === "string")) throw misfit();
    this.#counter.setState({ texts, terms: terms as string[], counts });
  }
}
