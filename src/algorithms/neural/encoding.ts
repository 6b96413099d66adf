import { alignedFloats } from "../../backends/aligned-floats.ts";
import type { CategoricalFeature, FeatureSpec, FeatureTable, NumericFeature } from "../../core/index.ts";
import { fitsSingle, inverseWidth } from "../../kernels/rows/index.ts";

export interface NumberEncoding {
  readonly kind: "numeric";
  readonly mean: number;
  readonly scale: number;
  readonly indicator: boolean;
  /** Borders of the pieces, ascending: each piece is an input of its own that rises from 0 to 1 within it. */
  readonly borders: readonly number[];
}

/** How one feature becomes inputs of the network. Plain data: it is part of the model. */
export type InputEncoding =
  | NumberEncoding
  | { readonly kind: "oneHot"; readonly cardinality: number }
  | { readonly kind: "embedding"; readonly cardinality: number; readonly width: number };

/**
 * Standardised values are bent smoothly towards this bound: how far out an outlier lies says little and shakes the training
 * (Holzmüller, Grinsztajn and Steinwart, "Better by default", 2024).
 */
export const OUTLIER_LIMIT = 3;
/** Widest vector that a category gets. */
const MAX_WIDTH = 32;

/**
 * Plans the inputs: numbers are standardised by the training rows' mean and deviation and encoded piecewise linearly beside
 * that (Gorishniy, Rubachev and Babenko, "On embeddings for numerical features in tabular deep learning", 2022), with an
 * indicator where any of these rows lacks the value; few categories become one input each, many become a learned vector.
 *
 * @param borders of each feature's pieces; none leaves a number standardised only
 * @param oneHotLimit most categories of a feature that is one-hot encoded
 */
export function planInputs(
  features: readonly FeatureSpec[],
  borders: readonly (readonly number[])[],
  oneHotLimit: number,
): InputEncoding[] {
  return features.map((feature, i) => {
    if (feature.kind === "numeric")
      return {
        kind: "numeric",
        mean: feature.mean,
        scale: feature.std > 0 && Number.isFinite(1 / feature.std) ? 1 / feature.std : 0,
        indicator: feature.missing > 0,
        borders: borders[i]!,
      };
    const { cardinality } = feature;
    if (cardinality <= oneHotLimit) return { kind: "oneHot", cardinality };
    return {
      kind: "embedding",
      cardinality,
      width: Math.min(MAX_WIDTH, Math.ceil(2 * Math.sqrt(Math.sqrt(cardinality)))),
    };
  });
}

/** Dense inputs that an encoding takes up; an embedding takes none. */
export function denseWidth(encoding: InputEncoding): number {
  if (encoding.kind === "numeric") return (encoding.indicator ? 2 : 1) + Math.max(0, encoding.borders.length - 1);
  // The missing code is an input of its own: all zeros would make it look like an average category.
  return encoding.kind === "oneHot" ? encoding.cardinality + 1 : 0;
}

/** Some rows as the network takes them; row-major. Only the first `rows` rows of each array count. */
export interface EncodedRows {
  rows: number;
  /** rows × dense inputs. */
  readonly dense: Float32Array;
  /** rows × embedded features: rows of the embedding tables. */
  readonly codes: Int32Array;
}

export function newEncodedRows(inputs: readonly InputEncoding[], capacity: number): EncodedRows {
  const width = inputs.reduce((sum, input) => sum + denseWidth(input), 0);
  const embedded = inputs.filter((input) => input.kind === "embedding").length;
  return { rows: 0, dense: alignedFloats(capacity * width), codes: new Int32Array(capacity * embedded) };
}

/**
 * Encodes rows of a table.
 *
 * @param rows numbers of the rows, or null for all of them
 * @param out has room for them; its `rows` is set
 */
export function encodeRows(
  inputs: readonly InputEncoding[],
  table: FeatureTable,
  rows: Uint32Array | null,
  out: EncodedRows,
): void {
  const count = rows === null ? table.rows : rows.length;
  const width = inputs.reduce((sum, input) => sum + denseWidth(input), 0);
  const embedded = inputs.filter((input) => input.kind === "embedding").length;
  out.rows = count;
  out.dense.fill(0, 0, count * width);
  let column = 0;
  let embedding = 0;
  inputs.forEach((input, i) => {
    const feature = table.columns[i]!;
    if (input.kind === "numeric")
      encodeNumbers(input, feature as NumericFeature, rows, count, out.dense, width, column);
    else if (input.kind === "oneHot")
      encodeOneHot(input, feature as CategoricalFeature, rows, count, out.dense, width, column);
    else encodeCodes(input, feature as CategoricalFeature, rows, count, out.codes, embedded, embedding++);
    column += denseWidth(input);
  });
}

function encodeNumbers(
  input: NumberEncoding,
  feature: NumericFeature,
  rows: Uint32Array | null,
  count: number,
  out: Float32Array,
  width: number,
  column: number,
): void {
  const { values } = feature;
  const encode = values instanceof Float32Array && fitsSingle(input) ? encodeSingle : encodeDouble;
  for (let i = 0, at = column; i < count; i++, at += width) {
    const value = values[rows === null ? i : rows[i]!]!;
    if (!Number.isNaN(value)) encode(input, value, out, at);
    else if (input.indicator) out[at + 1] = 1;
  }
}

/** A number standardised and bent, then by pieces: 1 in those under it, 0 in those over it, the share that is passed in its own. */
function encodeDouble(
  { mean, scale, indicator, borders }: NumberEncoding,
  value: number,
  out: Float32Array,
  at: number,
) {
  const scaled = (value - mean) * scale;
  out[at] = scaled / Math.sqrt(1 + (scaled / OUTLIER_LIMIT) * (scaled / OUTLIER_LIMIT));
  const start = at + (indicator ? 2 : 1);
  for (let i = 0; i < borders.length - 1; i++) {
    const low = borders[i]!;
    if (value <= low) return;
    const high = borders[i + 1]!;
    out[start + i] = value >= high ? 1 : (value - low) / (high - low);
  }
}

const THIRD = Math.fround(1 / OUTLIER_LIMIT);
/** Standardised values are cut here, so that their squares are finite in float32. */
const FARTHEST = 1e9;

/** The same in float32 arithmetic, which takes half of the time where many are encoded at once. */
function encodeSingle(
  { mean, scale, indicator, borders }: NumberEncoding,
  value: number,
  out: Float32Array,
  at: number,
) {
  const { fround } = Math;
  const scaled = fround(fround(value - fround(mean)) * fround(scale));
  const bounded = scaled > -FARTHEST ? Math.min(scaled, FARTHEST) : -FARTHEST;
  const share = fround(bounded * THIRD);
  out[at] = bounded / fround(Math.sqrt(fround(1 + fround(share * share))));
  const start = at + (indicator ? 2 : 1);
  for (let i = 0; i < borders.length - 1; i++) {
    const low = borders[i]!;
    const passed = fround(fround(value - low) * inverseWidth(low, borders[i + 1]!));
    if (passed > 0) out[start + i] = Math.min(passed, 1);
  }
}

function encodeOneHot(
  input: { readonly cardinality: number },
  feature: CategoricalFeature,
  rows: Uint32Array | null,
  count: number,
  out: Float32Array,
  width: number,
  column: number,
): void {
  for (let i = 0; i < count; i++) {
    const code = feature.codes[rows === null ? i : rows[i]!]!;
    out[i * width + column + (code > input.cardinality ? 0 : code)] = 1;
  }
}

function encodeCodes(
  input: { readonly cardinality: number },
  feature: CategoricalFeature,
  rows: Uint32Array | null,
  count: number,
  out: Int32Array,
  width: number,
  column: number,
): void {
  for (let i = 0; i < count; i++) {
    const code = feature.codes[rows === null ? i : rows[i]!]!;
    out[i * width + column] = code > input.cardinality ? 0 : code;
  }
}

/** Puts dense inputs and the vectors of categories (`embedding0` and so on) side by side. */
export function joinInputs(
  { dense, embeddings }: { readonly dense: number; readonly embeddings: readonly { readonly width: number }[] },
  vectors: Readonly<Record<string, Float32Array>>,
  rows: EncodedRows,
  to: Float32Array,
): void {
  if (embeddings.length === 0) {
    to.set(rows.dense.subarray(0, rows.rows * dense));
    return;
  }
  let at = 0;
  for (let row = 0; row < rows.rows; row++) {
    to.set(rows.dense.subarray(row * dense, (row + 1) * dense), at);
    at += dense;
    embeddings.forEach(({ width }, i) => {
      const start = rows.codes[row * embeddings.length + i]! * width;
      to.set(vectors[`embedding${i}`]!.subarray(start, start + width), at);
      at += width;
    });
  }
}
