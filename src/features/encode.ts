import {
  type CodeArray,
  type Column,
  type ColumnFinder,
  columnFinder,
  type FeatureColumn,
  type FeaturePart,
  type FeatureTable,
  isStringColumn,
  KaaykoError,
  type NumberColumn,
  newCodes,
  type StringColumn,
} from "../core/index.ts";
import { calendarParts } from "./calendar.ts";
import { DictionaryMap } from "./categories.ts";
import { type Encoder, type FeaturePipeline, makesPart, type PartEncoder, type UserExport } from "./pipeline.ts";
import { createAttributeEncoder } from "./text/attribute-part.ts";
import { measureText } from "./text/measures.ts";
import { createNgramEncoder } from "./text/ngram-part.ts";
import { createTokenEncoder } from "./text/token-part.ts";
import {
  applyUserFeature,
  numbersOf,
  outputNames,
  stringsOf,
  type UserFeatures,
  type UserValues,
  userColumns,
  userError,
} from "./user-features.ts";

/** Rows to encode: a batch of a reader, or a table. */
export interface EncodableRows {
  readonly rows: number;
  readonly columns: readonly Column[];
}

export interface EncodeOptions {
  /** The user's features, where the pipeline has some. */
  readonly user?: UserFeatures | null;
  /** Make new columns in shared memory, for threads to read. Default false. */
  readonly shared?: boolean;
}

/** Encodes batch after batch with the same pipeline. */
export interface FeatureEncoder {
  /**
   * The features of some rows. Numbers are passed through without a copy where they may be.
   *
   * @throws KaaykoError (input) for a column that is missing or of another kind
   */
  encode(batch: EncodableRows): FeatureTable;
  /** Lines for a person about what was encoded so far: infinite values taken as missing. */
  notices(): readonly string[];
}

/** Appends the features of a column. */
type EncodeColumn = (batch: EncodableRows, to: FeatureColumn[]) => void;

/**
 * Makes the encoder of a pipeline. It keeps, for every dictionary that it met, what its strings become.
 *
 * @throws KaaykoError (input) where the pipeline has features of a user and `user` is absent or another file
 */
export function createFeatureEncoder(pipeline: FeaturePipeline, options: EncodeOptions = {}): FeatureEncoder {
  if (pipeline.series !== undefined) return SERIES_ENCODER;
  const context: Context = { infinite: new Map(), shared: options.shared ?? false };
  const columns = pipeline.encoders.flatMap((encoder) => (makesPart(encoder) ? [] : [columnEncoder(encoder, context)]));
  const parts = pipeline.encoders.filter(makesPart).map((encoder) => partEncoder(encoder, context));
  if (pipeline.user !== null) {
    const user = checkUser(pipeline.user.sha256, options.user);
    for (const made of pipeline.user.exports) columns.push(userEncoder(made, user, context));
  }
  return {
    encode: (batch) => {
      const made: FeatureColumn[] = [];
      for (const column of columns) column(batch, made);
      if (parts.length === 0) return { rows: batch.rows, columns: made };
      return { rows: batch.rows, columns: made, parts: parts.map((part) => part(batch)) };
    },
    notices: () =>
      [...context.infinite].map(([name, count]) => `${name}: ${count} infinite values are taken as missing.`),
  };
}

/** Rows of series are no points by themselves: they are arranged first. */
const SERIES_ENCODER: FeatureEncoder = {
  encode: () => {
    throw new KaaykoError({
      action: "encode rows one by one",
      rule: "this model forecasts series, from all their rows together",
      kind: "usage",
    });
  },
  notices: () => [],
};

/** Encodes one table. */
export function encodeFeatures(pipeline: FeaturePipeline, table: EncodableRows, options?: EncodeOptions): FeatureTable {
  return createFeatureEncoder(pipeline, options).encode(table);
}

interface Context {
  /** Infinite values met, by feature. */
  readonly infinite: Map<string, number>;
  readonly shared: boolean;
}

function checkUser(sha256: string, user: UserFeatures | null | undefined): UserFeatures {
  const got =
    user === null || user === undefined ? "none" : `${user.path}, another file (SHA-256 ${user.sha256.slice(0, 12)}…)`;
  if (user?.sha256 === sha256) return user;
  throw new KaaykoError({
    action: "make the features that this model was trained with",
    rule: `--features must name the file with SHA-256 ${sha256.slice(0, 12)}…`,
    got,
    kind: "input",
  });
}

function partEncoder(encoder: PartEncoder, { shared }: Context): (batch: EncodableRows) => FeaturePart {
  const encode = partMaker(encoder);
  return (batch) => encode(stringsAt(batch, encoder.column), batch.rows, shared);
}

function partMaker(encoder: PartEncoder): (texts: StringColumn, rows: number, shared: boolean) => FeaturePart {
  if (encoder.form === "ngrams") return createNgramEncoder(encoder.column, encoder);
  if (encoder.form === "tokens") return createTokenEncoder(encoder.column, encoder.pieces);
  return createAttributeEncoder(encoder.column, encoder.attributes);
}

function columnEncoder(encoder: Exclude<Encoder, PartEncoder>, context: Context): EncodeColumn {
  const find = columnFinder(encoder.column);
  if (encoder.form === "numeric")
    return (batch, to) => {
      to.push(numericFeature(numbersAt(batch, encoder.column, find), batch, context));
    };
  if (encoder.form === "date") return dateEncoder(encoder, context);
  if (encoder.form === "text") return textEncoder(encoder, context);
  const codes = codesOf(encoder.categories);
  return (batch, to) => {
    const column = stringsAt(batch, encoder.column, find);
    to.push(categoricalFeature(encoder.column, column, batch.rows, codes, encoder.categories.length, context));
  };
}

function numericFeature(column: NumberColumn, batch: EncodableRows, context: Context): FeatureColumn {
  const values = column.values.length === batch.rows ? column.values : column.values.subarray(0, batch.rows);
  const infinite = countInfinite(values);
  if (infinite === 0) return { kind: "numeric", name: column.name, values };
  context.infinite.set(column.name, (context.infinite.get(column.name) ?? 0) + infinite);
  const finite = newNumbers(values.length, values instanceof Float64Array ? 8 : 4, context.shared);
  for (let i = 0; i < values.length; i++) finite[i] = Number.isFinite(values[i]!) ? values[i]! : Number.NaN;
  return { kind: "numeric", name: column.name, values: finite };
}

function countInfinite(values: Float32Array | Float64Array): number {
  let count = 0;
  const { length } = values;
  for (let i = 0; i < length; i++) count += Math.abs(values[i]!) === Number.POSITIVE_INFINITY ? 1 : 0;
  return count;
}

function dateEncoder(encoder: Encoder & { form: "date" }, context: Context): EncodeColumn {
  const { column, parts } = encoder;
  return (batch, to) => {
    const { values } = numbersAt(batch, column);
    // Days since 1970 with the time of day need more than float32's 24 bits.
    const outputs = parts.map((part) => newNumbers(batch.rows, part === "days" ? 8 : 4, context.shared));
    calendarParts(values.subarray(0, batch.rows), parts, outputs);
    parts.forEach((part, i) => {
      to.push({ kind: "numeric", name: `${column}.${part}`, values: outputs[i]! });
    });
  };
}

function textEncoder(encoder: Encoder & { form: "text" }, context: Context): EncodeColumn {
  const { column, measures } = encoder;
  const width = measures.length;
  const lookup = new DictionaryMap(width, Number.NaN, (text) => measureText(text, measures));
  return (batch, to) => {
    const { codes, dictionary } = stringsAt(batch, column);
    const table = lookup.of(dictionary);
    measures.forEach((measure, part) => {
      const values = newNumbers(batch.rows, 4, context.shared);
      for (let i = 0; i < batch.rows; i++) values[i] = table[codes[i]! * width + part]!;
      to.push({ kind: "numeric", name: `${column}.${measure}`, values });
    });
  };
}

function codesOf(categories: readonly string[]): DictionaryMap {
  const codes = new Map(categories.map((category, i) => [category, i + 1]));
  return new DictionaryMap(1, 0, (text) => [codes.get(text) ?? 0]);
}

function categoricalFeature(
  name: string,
  column: Pick<StringColumn, "codes" | "dictionary">,
  rows: number,
  lookup: DictionaryMap,
  cardinality: number,
  context: Context,
): FeatureColumn {
  const codes = newFeatureCodes(rows, cardinality, context.shared);
  const table = lookup.of(column.dictionary);
  const from = column.codes;
  for (let i = 0; i < rows; i++) codes[i] = table[from[i]!]!;
  return { kind: "categorical", name, codes, cardinality };
}

function userEncoder(made: UserExport, user: UserFeatures, context: Context): EncodeColumn {
  const feature = user.features.find(({ name }) => name === made.name);
  if (feature === undefined) throw userError(user.path, made.name, "the file must export it", "no such export");
  const all = outputNames(feature.name, feature.outputs);
  const lookups = made.categories.map(codesOf);
  return (batch, to) => {
    const inputs = made.inputs.map((name) => columnAt(batch, name));
    const columns = userColumns(made.inputs, inputs, batch.rows);
    const values = applyUserFeature(user.path, feature, columns, made.state, batch.rows);
    made.outputs.forEach((name, i) => {
      const output = values[all.indexOf(name)]!;
      if (made.kind === "numeric") {
        to.push(userNumbers(user.path, name, output, context));
        return;
      }
      const strings = userStrings(output);
      to.push(categoricalFeature(name, strings, batch.rows, lookups[i]!, made.categories[i]!.length, context));
    });
  };
}

function userNumbers(path: string, name: string, output: UserValues, context: Context): FeatureColumn {
  const { values, infinite } = numbersOf(path, name, output);
  if (infinite > 0) context.infinite.set(name, (context.infinite.get(name) ?? 0) + infinite);
  if (!context.shared) return { kind: "numeric", name, values };
  const shared = newNumbers(values.length, 8, true);
  shared.set(values);
  return { kind: "numeric", name, values: shared };
}

/** Strings as codes into a dictionary of their own. */
export function userStrings(output: UserValues): { codes: CodeArray; dictionary: string[] } {
  const known = new Map<string, number>();
  const codes = Uint32Array.from(stringsOf(output), (text) => {
    if (text === null) return 0;
    const code = known.get(text) ?? known.size + 1;
    known.set(text, code);
    return code;
  });
  return { codes, dictionary: [...known.keys()] };
}

function columnAt(batch: EncodableRows, name: string, find = columnFinder(name)): Column {
  const column = find(batch.columns);
  if (column !== undefined) return column;
  throw new KaaykoError({
    action: "make the features",
    rule: `the table must have column ${JSON.stringify(name)}`,
    got: batch.columns.map((other) => other.name).join(", "),
    kind: "input",
  });
}

export function numbersAt(batch: EncodableRows, name: string, find?: ColumnFinder): NumberColumn {
  const column = columnAt(batch, name, find);
  if (isStringColumn(column)) throw wrongKind(name, "numbers", "strings");
  return column;
}

export function stringsAt(batch: EncodableRows, name: string, find?: ColumnFinder): StringColumn {
  const column = columnAt(batch, name, find);
  if (!isStringColumn(column)) throw wrongKind(name, "strings", "numbers");
  return column;
}

function wrongKind(name: string, wanted: string, got: string): KaaykoError {
  return new KaaykoError({
    action: `make the features of column ${JSON.stringify(name)}`,
    rule: `it must hold ${wanted}, as in training`,
    got,
    kind: "input",
  });
}

function newNumbers(rows: number, bytes: 4 | 8, shared: boolean): Float32Array | Float64Array {
  const buffer = shared ? new SharedArrayBuffer(rows * bytes) : new ArrayBuffer(rows * bytes);
  return bytes === 8 ? new Float64Array(buffer) : new Float32Array(buffer);
}

function newFeatureCodes(rows: number, cardinality: number, shared: boolean): CodeArray {
  if (!shared) return newCodes(rows, cardinality);
  const Type = newCodes(0, cardinality).constructor as { new (buffer: SharedArrayBuffer): CodeArray };
  return new Type(new SharedArrayBuffer(rows * newCodes(0, cardinality).BYTES_PER_ELEMENT));
}
