import {
  type ColumnKind,
  type Derivation,
  type FeatureSpec,
  type JsonObject,
  type JsonValue,
  KaaykoError,
  type PartSpec,
  type SourceDescription,
} from "../core/index.ts";
import { isObject } from "../core/json.ts";
import { missingColumn } from "../data/index.ts";
import type { CalendarPart } from "./calendar.ts";
import { isDerivation } from "./derive/stored-derivation.ts";
import { isSeriesPlan, type SeriesPlan, windowSpec } from "./series/series-plan.ts";
import { attributeCount, attributePartName } from "./text/attribute-part.ts";
import type { TextMeasure } from "./text/measures.ts";
import { ngramPartName } from "./text/ngram-part.ts";
import { tokenPartName } from "./text/token-part.ts";
import type { Vocabulary } from "./text/vocabulary.ts";

/** The meaning of a pipeline's JSON; raised when an older reader would misread it. */
export const PIPELINE_VERSION = 1;

/** The way from a table's columns to features. Plain data, fitted on training rows only; part of the model. */
export interface FeaturePipeline {
  readonly version: number;
  /** Source columns to read, with the kinds that they had: nothing else is needed to predict. */
  readonly columns: readonly { readonly name: string; readonly kind: ColumnKind }[];
  readonly encoders: readonly Encoder[];
  /** The features, in the order in which the encoders make them; those of the user's own come last. */
  readonly features: readonly FeatureSpec[];
  /** The user's own features; null where there are none. */
  readonly user: UserPart | null;
  /** How columns that the encoders read were made from the table's own. Absent where the table has them all. */
  readonly derived?: Derivation;
  /** Rows are points of series from which is forecast: there are no encoders then. Absent elsewhere. */
  readonly series?: SeriesPlan;
}

/** How one source column becomes features. */
export type Encoder =
  | { readonly form: "numeric"; readonly column: string }
  /** Code k is `categories[k - 1]`; 0 is missing, unseen or rare. */
  | { readonly form: "categorical"; readonly column: string; readonly categories: readonly string[] }
  | { readonly form: "date"; readonly column: string; readonly parts: readonly CalendarPart[] }
  | { readonly form: "text"; readonly column: string; readonly measures: readonly TextMeasure[] }
  | PartEncoder;

/** How a text column becomes a part: rows of a sparse matrix, or sequences of pieces of words (token k is `pieces[k - 1]`). */
export type PartEncoder =
  | ({ readonly form: "ngrams"; readonly column: string } & Vocabulary)
  | { readonly form: "tokens"; readonly column: string; readonly pieces: readonly string[] }
  /** Words with their attributes, sorted. */
  | { readonly form: "attributes"; readonly column: string; readonly attributes: readonly string[] };

export function makesPart(encoder: Encoder): encoder is PartEncoder {
  return encoder.form === "ngrams" || encoder.form === "tokens" || encoder.form === "attributes";
}

/** The parts that a pipeline's encoders make, in their order. */
export function partsOf({ encoders, series }: Pick<FeaturePipeline, "encoders" | "series">): PartSpec[] {
  if (series !== undefined) return [windowSpec(series)];
  return encoders.filter(makesPart).map(partOf);
}

function partOf(encoder: PartEncoder): PartSpec {
  const { column } = encoder;
  if (encoder.form === "ngrams")
    return { name: ngramPartName(column), kind: "sparse", size: { width: encoder.terms.length } };
  if (encoder.form === "tokens")
    return { name: tokenPartName(column), kind: "tokens", size: { vocabulary: encoder.pieces.length + 1 } };
  return { name: attributePartName(column), kind: "attributes", size: { width: attributeCount(encoder.attributes) } };
}

/** The pipeline without the parts that an algorithm does not learn from, and without columns that only they need. */
export function keepParts(pipeline: FeaturePipeline, kinds: readonly PartSpec["kind"][]): FeaturePipeline {
  const encoders = pipeline.encoders.filter((encoder) => !makesPart(encoder) || kinds.includes(partOf(encoder).kind));
  if (encoders.length === pipeline.encoders.length) return pipeline;
  const inputs = pipeline.user?.exports.flatMap((made) => made.inputs) ?? [];
  const used = new Set([...encoders.map(({ column }) => column), ...inputs]);
  return { ...pipeline, encoders, columns: pipeline.columns.filter(({ name }) => used.has(name)) };
}

export interface UserPart {
  /** SHA-256 of the file and of what it imports by relative paths. */
  readonly sha256: string;
  readonly exports: readonly UserExport[];
}

/** A fitted export of the user's file. */
export interface UserExport {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly kind: "numeric" | "categorical";
  /** Names of its outputs that became features. */
  readonly outputs: readonly string[];
  /** What `fit` returned. */
  readonly state: JsonValue;
  /** For `categorical`, the categories of each output. */
  readonly categories: readonly (readonly string[])[];
}

export function pipelineToJson(pipeline: FeaturePipeline): JsonObject {
  return JSON.parse(JSON.stringify(pipeline)) as JsonObject;
}

/**
 * Reads a pipeline that was stored.
 *
 * @throws KaaykoError (damaged) where it is none, or of a version that this release does not know
 */
export function pipelineFromJson(json: JsonValue | undefined): FeaturePipeline {
  const value = json as unknown as FeaturePipeline;
  if (!isObject(json)) throw broken("no object");
  if (json.version !== PIPELINE_VERSION) throw broken(`version ${JSON.stringify(json.version)}`);
  for (const name of ["columns", "encoders", "features"])
    if (!Array.isArray(json[name]) || !(json[name] as JsonValue[]).every(isObject)) throw broken(`no ${name}`);
  if (!value.encoders.every(isEncoder)) throw broken("an unknown encoder");
  if (!value.features.every(isFeature)) throw broken("an unknown feature");
  if (json.derived !== undefined && !isDerivation(json.derived)) throw broken("an unknown derivation");
  if (value.series !== undefined && !isSeriesPlan(value.series)) throw broken("an unknown plan of series");
  if (value.user !== null && !isUserPart(value.user)) throw broken("unknown features of a user");
  return value;
}

function areStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function isEncoder(encoder: Encoder): boolean {
  if (typeof encoder.column !== "string") return false;
  if (encoder.form === "numeric") return true;
  if (encoder.form === "categorical") return areStrings(encoder.categories);
  if (encoder.form === "date") return areStrings(encoder.parts);
  if (encoder.form === "ngrams") return isVocabulary(encoder);
  if (encoder.form === "tokens") return areStrings(encoder.pieces);
  if (encoder.form === "attributes") return areStrings(encoder.attributes);
  return encoder.form === "text" && areStrings(encoder.measures);
}

function isVocabulary({ options, terms, weights }: Vocabulary): boolean {
  const isRange = (range: readonly number[]) =>
    Array.isArray(range) &&
    range.length === 2 &&
    range.every((length) => Number.isInteger(length) && length >= 0 && length < 10);
  if (!areStrings(terms) || !Array.isArray(weights) || terms.length !== weights.length) return false;
  return isRange(options?.words) && isRange(options.characters) && weights.every(Number.isFinite);
}

function isFeature(feature: FeatureSpec): boolean {
  const numbers = [feature.cardinality, feature.mean, feature.std, feature.min, feature.max, feature.missing];
  return typeof feature.name === "string" && numbers.every(Number.isFinite);
}

function isUserPart(user: UserPart): boolean {
  if (!isObject(user) || typeof user.sha256 !== "string" || !Array.isArray(user.exports)) return false;
  return user.exports.every(
    (made: UserExport) =>
      typeof made.name === "string" &&
      areStrings(made.inputs) &&
      areStrings(made.outputs) &&
      Array.isArray(made.categories) &&
      made.categories.every(areStrings),
  );
}

function broken(got: string): KaaykoError {
  return new KaaykoError({
    action: "read the features of a model",
    rule: `they must be a pipeline of version ${PIPELINE_VERSION}`,
    got,
    kind: "damaged",
  });
}

/** How to open a source so that a pipeline can encode it. */
export interface MatchedColumns {
  readonly columns: readonly string[];
  readonly kinds: Readonly<Record<string, ColumnKind>>;
  /** Columns of the source that the pipeline does not use. */
  readonly extra: readonly string[];
}

/**
 * Finds a pipeline's columns in a source, by name.
 *
 * @throws KaaykoError (input) for a column that is missing or cannot be read, naming it
 */
export function matchColumns(pipeline: FeaturePipeline, description: SourceDescription, path: string): MatchedColumns {
  const kinds: [string, ColumnKind][] = [];
  for (const { name, kind } of pipeline.columns) {
    const unreadable = description.unreadable.find((column) => column.name === name);
    if (unreadable !== undefined)
      throw new KaaykoError({
        action: `use column ${JSON.stringify(name)} of ${path}`,
        rule: "it must be readable",
        got: unreadable.reason,
        kind: "input",
      });
    const found = description.columns.find((column) => column.name === name);
    if (found === undefined) throw missingColumn(path, name, namesOf(description));
    if (found.kind !== kind) kinds.push([name, kind]);
  }
  const columns = pipeline.columns.map(({ name }) => name);
  return {
    columns,
    kinds: Object.fromEntries(kinds),
    extra: namesOf(description).filter((name) => !columns.includes(name)),
  };
}

function namesOf(description: SourceDescription): string[] {
  return description.columns.map(({ name }) => name);
}
