import { type FeatureSpec, KaaykoError, type PartSpec, type State, type TypedArray } from "../core/index.ts";
import { type ColumnDecision, NumberTally, StringTally } from "../data/index.ts";
import { CALENDAR_PARTS, SEASON_PARTS } from "./calendar.ts";
import { chooseCategories } from "./categories.ts";
import { createFeatureEncoder, type EncodableRows, stringsAt } from "./encode.ts";
import type { ColumnFit, FittedColumn } from "./fitted-column.ts";
import { misfit } from "./misfit.ts";
import { type Encoder, type PartEncoder, PIPELINE_VERSION } from "./pipeline.ts";
import { AttributeFit } from "./text/attribute-fit.ts";
import { TEXT_MEASURES } from "./text/measures.ts";
import { NgramFit } from "./text/ngram-fit.ts";
import { TokenFit } from "./text/token-fit.ts";

type NumbersEncoder = Exclude<Encoder, { form: "categorical" } | PartEncoder>;

/**
 * The fits of a column that was decided to be a feature: one, and for text those of the parts that `parts` asks for; of a text
 * that is tagged its words alone.
 */
export function createColumnFits(decision: ColumnDecision, parts: ReadonlySet<PartSpec["kind"]>): ColumnFit[] {
  if (decision.as === "tagged") return [new AttributeFit(decision.name)];
  const fits = [createColumnFit(decision)];
  if (decision.as !== "text") return fits;
  if (parts.has("sparse")) fits.push(new NgramFit(decision.name));
  if (parts.has("tokens")) fits.push(new TokenFit(decision.name));
  return fits;
}

function createColumnFit({ name, as }: ColumnDecision): ColumnFit {
  if (as === "categorical") return new CategoryFit(name);
  if (as === "text") return new NumbersFit({ form: "text", column: name, measures: TEXT_MEASURES });
  if (as === "number") return new NumbersFit({ form: "text", column: name, measures: ["number"] });
  if (as === "commaNumber") return new NumbersFit({ form: "text", column: name, measures: ["commaNumber"] });
  if (as === "date") return new NumbersFit({ form: "date", column: name, parts: CALENDAR_PARTS });
  if (as === "season") return new NumbersFit({ form: "date", column: name, parts: SEASON_PARTS });
  return new NumbersFit({ form: "numeric", column: name });
}

/** Strings as categories. */
class CategoryFit implements ColumnFit {
  readonly #name: string;
  readonly #tally = new StringTally();

  constructor(name: string) {
    this.#name = name;
  }

  add(batch: EncodableRows): void {
    const { codes, dictionary } = stringsAt(batch, this.#name);
    this.#tally.add(codes, dictionary, batch.rows);
  }

  finish(): FittedColumn {
    const fitted = fitCategories(this.#name, this.#tally);
    if (fitted === null) return nothing(this.#name);
    const { categories, feature, notices } = fitted;
    return { encoder: { form: "categorical", column: this.#name, categories }, features: [feature], notices };
  }

  counts(): ReadonlyMap<string, number> {
    return this.#tally.distinct();
  }

  getState(): State {
    const { json, numbers, counts } = this.#tally.getState();
    return { json, arrays: { numbers, counts } };
  }

  setState(state: State): void {
    restoreStrings(this.#tally, state, "");
  }
}

/** Categories and specification of counted strings; null where there are none. */
export function fitCategories(name: string, tally: StringTally) {
  const { rows, missing, distinct } = tally.summary();
  if (distinct === null)
    throw new KaaykoError({
      action: `use ${JSON.stringify(name)} as categories`,
      rule: "it may have 65,536 different values",
      got: "more",
      remedy: "Leave it out with --ignore, or derive something from it with --features.",
      kind: "input",
    });
  const categories = chooseCategories(tally.distinct());
  if (categories.length === 0) return null;
  const cut = distinct - categories.length;
  const notices =
    cut === 0 ? [] : [`${name}: the ${categories.length} most frequent of ${distinct} categories are kept.`];
  const none = { mean: 0, std: 0, min: 0, max: 0 };
  const feature: FeatureSpec = { name, kind: "categorical", cardinality: categories.length, ...none, missing };
  return { categories, feature, notices, rows };
}

/** Numbers, and what becomes numbers row by row. */
class NumbersFit implements ColumnFit {
  readonly #encoder: NumbersEncoder;
  readonly #encode;
  readonly #names: readonly string[];
  readonly #tallies: readonly NumberTally[];

  constructor(encoder: NumbersEncoder) {
    this.#encoder = encoder;
    this.#names = featureNames(encoder);
    this.#tallies = this.#names.map(() => new NumberTally(0));
    this.#encode = createFeatureEncoder({
      version: PIPELINE_VERSION,
      columns: [],
      encoders: [encoder],
      features: [],
      user: null,
    });
  }

  add(batch: EncodableRows): void {
    this.#encode.encode(batch).columns.forEach((column, i) => {
      if (column.kind === "numeric") this.#tallies[i]!.add(column.values, batch.rows);
    });
  }

  finish(): FittedColumn {
    const encoder = this.#encoder;
    const features = this.#tallies.map((tally, i) => numericSpec(this.#names[i]!, tally));
    const useful = features.map((feature, i) => this.#isUseful(feature, this.#tallies[i]!, encoder.form));
    if (!useful.includes(true)) return nothing(encoder.column);
    const kept = features.filter((_, i) => useful[i]);
    return { encoder: keepParts(encoder, useful), features: kept, notices: this.#encode.notices() };
  }

  /** Of several parts, those that say nothing (the hour of dates without a time) are left out. */
  #isUseful(feature: FeatureSpec, tally: NumberTally, form: Encoder["form"]): boolean {
    const present = tally.summary().rows > feature.missing;
    return form === "numeric" ? present : present && feature.min < feature.max;
  }

  getState(): State {
    return {
      json: {},
      arrays: Object.fromEntries(this.#tallies.map((tally, i) => [`${i}`, tally.getState().numbers])),
    };
  }

  setState(state: State): void {
    this.#tallies.forEach((tally, i) => {
      restoreNumbers(tally, state.arrays[`${i}`]);
    });
  }
}

function featureNames(encoder: NumbersEncoder): string[] {
  if (encoder.form === "numeric") return [encoder.column];
  const parts: readonly string[] = encoder.form === "date" ? encoder.parts : encoder.measures;
  return parts.map((part) => `${encoder.column}.${part}`);
}

function keepParts(encoder: NumbersEncoder, useful: readonly boolean[]): Encoder {
  if (encoder.form === "date") return { ...encoder, parts: encoder.parts.filter((_, i) => useful[i]) };
  if (encoder.form === "text") return { ...encoder, measures: encoder.measures.filter((_, i) => useful[i]) };
  return encoder;
}

/** The specification of counted numbers; infinite ones count as missing, which is what they are encoded as. */
export function numericSpec(name: string, tally: NumberTally): FeatureSpec {
  const { mean, std, min, max, missing, infinite } = tally.summary();
  return { name, kind: "numeric", cardinality: 0, mean, std, min, max, missing: missing + infinite };
}

function nothing(name: string): FittedColumn {
  return {
    encoder: null,
    features: [],
    notices: [`${name} is left out: the training rows have no values that differ.`],
  };
}

export function restoreNumbers(tally: NumberTally, numbers: TypedArray | undefined): void {
  if (!(numbers instanceof Float64Array)) throw misfit();
  tally.setState({ numbers, values: new Float64Array(0), counts: new Float64Array(0) });
}

export function restoreStrings(tally: StringTally, { json, arrays }: State, prefix: string): void {
  const numbers = arrays[`${prefix}numbers`];
  const counts = arrays[`${prefix}counts`];
  if (!(numbers instanceof Float64Array && counts instanceof Float64Array)) throw misfit();
  const { first, noNumber, values } = json;
  if (typeof first !== "string" || typeof noNumber !== "string" || !Array.isArray(values)) throw misfit();
  tally.setState({ json: { first, noNumber, values: values as string[] }, numbers, counts });
}
