import type { State } from "../../core/index.ts";
import { type EncodableRows, stringsAt } from "../encode.ts";
import type { ColumnFit, FittedColumn } from "../fitted-column.ts";
import { misfit } from "../misfit.ts";
import { TokenAttributes, tokenWords } from "./token-attributes.ts";

/** Tokens that must have an attribute: one that is had once says nothing about other texts. */
const LEAST_TOKENS = 2;
/** Attributes that are kept at most, the most frequent first. */
const MOST_ATTRIBUTES = 1_000_000;

/** Fits the vocabulary of attributes of the tokens of a text column. */
export class AttributeFit implements ColumnFit {
  readonly #column: string;
  readonly #attributes = new TokenAttributes();
  #counts = new Map<string, number>();

  constructor(column: string) {
    this.#column = column;
  }

  add(batch: EncodableRows): void {
    const { codes, dictionary } = stringsAt(batch, this.#column);
    const counts = this.#counts;
    for (let i = 0; i < batch.rows; i++)
      if (codes[i] !== 0)
        for (const attribute of this.#attributes.of(tokenWords(dictionary[codes[i]! - 1]!)).flat())
          counts.set(attribute, (counts.get(attribute) ?? 0) + 1);
  }

  finish(): FittedColumn {
    const kept = [...this.#counts].filter(([, count]) => count >= LEAST_TOKENS);
    kept.sort(([a, i], [b, k]) => k - i || (a < b ? -1 : 1));
    const attributes = kept
      .slice(0, MOST_ATTRIBUTES)
      .map(([attribute]) => attribute)
      .sort();
    if (attributes.length === 0)
      return { encoder: null, features: [], notices: [`${this.#column} has no word that recurs.`] };
    return { encoder: { form: "attributes", column: this.#column, attributes }, features: [], notices: [] };
  }

  getState(): State {
    return {
      json: { attributes: [...this.#counts.keys()] },
      arrays: { counts: Float64Array.from(this.#counts.values()) },
    };
  }

  setState({ json, arrays }: State): void {
    const { attributes } = json;
    const { counts } = arrays;
    if (!Array.isArray(attributes) || !(counts instanceof Float64Array) || counts.length !== attributes.length)
      throw misfit();
    this.#counts = new Map(attributes.map((attribute, i) => [String(attribute), counts[i]!]));
  }
}
