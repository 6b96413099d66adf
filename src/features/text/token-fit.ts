import type { State } from "../../core/index.ts";
import { type EncodableRows, stringsAt } from "../encode.ts";
import type { ColumnFit, FittedColumn } from "../fitted-column.ts";
import { misfit } from "../misfit.ts";
import { learnPieces } from "./pieces.ts";
import { tokensOf } from "./tokens.ts";

/** Words that are counted at once; where there are more, those that were seen once are forgotten. */
const MAX_COUNTED = 1_000_000;

/** Fits the pieces of words of a text column. */
export class TokenFit implements ColumnFit {
  readonly #column: string;
  #counts = new Map<string, number>();

  constructor(column: string) {
    this.#column = column;
  }

  add(batch: EncodableRows): void {
    const { codes, dictionary } = stringsAt(batch, this.#column);
    for (let i = 0; i < batch.rows; i++) if (codes[i] !== 0) this.#addText(dictionary[codes[i]! - 1]!);
  }

  #addText(text: string): void {
    for (const word of tokensOf(text)) this.#counts.set(word, (this.#counts.get(word) ?? 0) + 1);
    if (this.#counts.size > MAX_COUNTED) this.#counts = new Map([...this.#counts].filter(([, count]) => count > 1));
  }

  finish(): FittedColumn {
    const pieces = learnPieces(this.#counts);
    if (pieces.length === 0)
      return { encoder: null, features: [], notices: [`${this.#column} has no character that recurs.`] };
    return { encoder: { form: "tokens", column: this.#column, pieces }, features: [], notices: [] };
  }

  getState(): State {
    return {
      json: { words: [...this.#counts.keys()] },
      arrays: { counts: Float64Array.from(this.#counts.values()) },
    };
  }

  setState({ json, arrays }: State): void {
    const { words } = json;
    const { counts } = arrays;
    const whole = Array.isArray(words) && counts instanceof Float64Array && words.length === counts.length;
    if (!whole || !words.every((word) => typeof word === "string")) throw misfit();
    this.#counts = new Map(words.map((word, i) => [word as string, counts[i]!]));
  }
}
