import {
  type FeatureSpec,
  type JsonObject,
  type JsonValue,
  joinStates,
  nestState,
  type State,
  unnestState,
} from "../core/index.ts";
import { NumberTally, StringTally } from "../data/index.ts";
import { fitCategories, numericSpec, restoreNumbers, restoreStrings } from "./column-fit.ts";
import { type EncodableRows, userStrings } from "./encode.ts";
import { misfit } from "./misfit.ts";
import type { UserExport } from "./pipeline.ts";
import {
  applyUserFeature,
  fitUserFeature,
  numbersOf,
  outputNames,
  stringsOf,
  type UserFeature,
  type UserValues,
  userColumns,
  userError,
} from "./user-features.ts";

/** Rows that are shown to `apply` alone, to see that it gives them the same values. */
const CHECKED_ROWS = 16;

/** Fits one export of a user's file: `learn` once, then `add` training rows in batches. */
export class UserFit {
  readonly #path: string;
  readonly #feature: UserFeature;
  readonly #names: readonly string[];
  readonly #numbers: readonly NumberTally[];
  readonly #strings: readonly StringTally[];
  #learnt: { readonly state: JsonValue; readonly kind: "numeric" | "categorical" } | null = null;

  constructor(path: string, feature: UserFeature) {
    this.#path = path;
    this.#feature = feature;
    this.#names = outputNames(feature.name, feature.outputs);
    this.#numbers = this.#names.map(() => new NumberTally(0));
    this.#strings = this.#names.map(() => new StringTally());
  }

  get inputs(): readonly string[] {
    return this.#feature.inputs;
  }

  /** Calls the user's `fit` with training rows, sees what kind the values have, and that they depend on their own row only. */
  learn(rows: EncodableRows): void {
    const columns = userColumns(this.inputs, rows.columns, rows.rows);
    const state = fitUserFeature(this.#path, this.#feature, columns);
    const values = applyUserFeature(this.#path, this.#feature, columns, state, rows.rows);
    const strings = values.some((output) => Array.from(output).some((value) => typeof value === "string"));
    const kind = this.#feature.kind ?? (strings ? "categorical" : "numeric");
    this.#learnt = { state, kind };
    this.#checkRowByRow(rows, values);
  }

  #checkRowByRow(rows: EncodableRows, together: readonly UserValues[]): void {
    const few = Math.min(CHECKED_ROWS, rows.rows);
    const alone = this.#apply(rows, few);
    this.#names.forEach((name, output) => {
      const before = stringsOf(together[output]!);
      const after = stringsOf(alone[output]!);
      const different = after.findIndex((value, i) => value !== before[i]);
      if (different >= 0)
        throw userError(
          this.#path,
          name,
          "a row's value may not depend on the other rows that apply is shown (learn from them in fit)",
          `${before[different]} among ${rows.rows} rows and ${after[different]} among ${few}`,
        );
    });
  }

  #apply(rows: EncodableRows, count: number): UserValues[] {
    const columns = userColumns(this.inputs, rows.columns, count);
    return applyUserFeature(this.#path, this.#feature, columns, this.#learnt!.state, count);
  }

  /** Counts the values of training rows. */
  add(rows: EncodableRows): void {
    if (rows.rows === 0) return;
    this.#apply(rows, rows.rows).forEach((output, i) => {
      if (this.#learnt!.kind === "numeric")
        this.#numbers[i]!.add(numbersOf(this.#path, this.#names[i]!, output).values);
      else {
        const { codes, dictionary } = userStrings(output);
        this.#strings[i]!.add(codes, dictionary);
      }
    });
  }

  finish(): {
    readonly made: UserExport;
    readonly features: readonly FeatureSpec[];
    readonly notices: readonly string[];
  } {
    const { state, kind } = this.#learnt!;
    const features: FeatureSpec[] = [];
    const categories: string[][] = [];
    const notices: string[] = [];
    this.#names.forEach((name, i) => {
      const numeric = kind === "numeric" ? numericSpec(name, this.#numbers[i]!) : null;
      const coded = kind === "numeric" ? null : fitCategories(name, this.#strings[i]!);
      if (numeric !== null && this.#numbers[i]!.summary().rows > numeric.missing) features.push(numeric);
      else if (coded !== null) {
        features.push(coded.feature);
        categories.push(coded.categories);
        notices.push(...coded.notices);
      } else notices.push(`${name} of ${this.#path} is left out: the training rows have no value.`);
    });
    const { name, inputs } = this.#feature;
    return {
      made: { name, inputs, kind, outputs: features.map((feature) => feature.name), state, categories },
      features,
      notices,
    };
  }

  getState(): State {
    const numbers = this.#numbers.map((tally, i) => ({ [`${i}/n`]: tally.getState().numbers }));
    const strings = this.#strings.map((tally, i) => {
      const state = tally.getState();
      return nestState(`${i}`, { json: state.json, arrays: { numbers: state.numbers, counts: state.counts } });
    });
    const own: State = { json: { learnt: this.#learnt as JsonObject | null }, arrays: Object.assign({}, ...numbers) };
    return joinStates(own, ...strings);
  }

  setState(state: State): void {
    const learnt = state.json.learnt as JsonObject | null;
    if (learnt === undefined) throw misfit();
    this.#learnt = learnt as { state: JsonValue; kind: "numeric" } | null;
    this.#names.forEach((_, i) => {
      restoreNumbers(this.#numbers[i]!, state.arrays[`${i}/n`]);
      const strings = unnestState(`${i}`, state);
      if (strings === undefined) throw misfit();
      restoreStrings(this.#strings[i]!, strings, "");
    });
  }
}
