import type { FeatureSpec, ModelContent } from "../../../core/index.ts";
import type { FeatureBins } from "../binning/feature-bins.ts";
import { damaged } from "../validate-trees.ts";
import type { ForestTrees } from "./forest-trees.ts";
import { validateForest } from "./validate-forest.ts";

/** Version of the meaning of a forest's arrays. */
export const FOREST_MODEL_VERSION = 1;
const WHAT = "a random forest";
/** Codes of a feature's bins fit a byte, missing included. */
const MAX_CUTS = 254;
const MAX_BINS = 65_534;

/** What a forest learnt, in memory. */
export interface Forest {
  readonly trees: ForestTrees;
  /** Loss saved by the splits on each entry of `bins`. */
  readonly gains: Float64Array;
  /** What splits name: each feature, then further bins of features of many categories. */
  readonly bins: readonly FeatureBins[];
  /** 1 for numbers and for two classes. */
  readonly classes: number;
  /** A prediction is `base` and the mean of the trees' values times `scale`; 0 and 1 for classes. */
  readonly base: number;
  readonly scale: number;
}

/**
 * A forest as data: its trees; `cuts` with each entry's ascending cuts (a value is in bin k where it is over cut k - 1 and at or under
 * cut k) and `binOfCode` with the bin of each category's code, one entry after the other, `lengths` of them; `columns` with the
 * feature of each entry; `gains`.
 */
export function forestContent(forest: Forest & { readonly algorithm: string }): ModelContent {
  const { bins, classes, base, scale, trees, gains } = forest;
  const cuts = bins.flatMap((entry) => (entry.kind === "numeric" ? [entry.cuts] : []));
  const codes = bins.flatMap((entry) => (entry.kind === "categorical" ? [entry.binOfCode] : []));
  return {
    algorithm: forest.algorithm,
    formatVersion: FOREST_MODEL_VERSION,
    json: { classes, trees: trees.ends.length, base, scale },
    arrays: {
      ...trees,
      gains,
      columns: Uint32Array.from(bins, ({ column }) => column),
      lengths: Uint32Array.from(bins, (entry) => (entry.kind === "numeric" ? entry.cuts : entry.binOfCode).length),
      cuts: joined(new Float64Array(cuts.reduce((sum, { length }) => sum + length, 0)), cuts),
      binOfCode: joined(new Uint8Array(codes.reduce((sum, { length }) => sum + length, 0)), codes),
    },
  };
}

function joined<T extends Float64Array | Uint8Array>(to: T, parts: readonly T[]): T {
  let at = 0;
  for (const part of parts) {
    to.set(part, at);
    at += part.length;
  }
  return to;
}

/**
 * Takes a forest from data that anyone may have written.
 *
 * @throws KaaykoError (damaged)
 */
export function readForest(model: ModelContent, features: readonly FeatureSpec[], classes: number): Forest {
  const { formatVersion, json, arrays } = model;
  if (formatVersion !== FOREST_MODEL_VERSION)
    throw damaged(WHAT, `its version must be ${FOREST_MODEL_VERSION}`, String(formatVersion));
  if (json.classes !== classes) throw damaged(WHAT, `it must be for ${classes} outputs`, String(json.classes));
  const { base, scale } = json;
  if (!isFiniteNumber(base) || !isFiniteNumber(scale)) throw damaged(WHAT, "base and scale must be finite", "another");
  const bins = readBins(arrays, features);
  const trees = validateForest(arrays, { bins, classes, what: WHAT });
  if (trees.ends.length === 0 || trees.ends.length !== json.trees)
    throw damaged(WHAT, "it must have as many trees as it says", String(trees.ends.length));
  const { gains } = arrays;
  if (!(gains instanceof Float64Array) || gains.length !== bins.length)
    throw damaged(WHAT, "it must hold the gain of each feature", String(gains?.length));
  return { trees, gains, bins, classes, base, scale };
}

function isFiniteNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function readBins(arrays: ModelContent["arrays"], features: readonly FeatureSpec[]): FeatureBins[] {
  const { columns, lengths, cuts, binOfCode } = arrays;
  if (!(columns instanceof Uint32Array && lengths instanceof Uint32Array && lengths.length === columns.length))
    throw damaged(WHAT, "it must hold columns and lengths", "something else");
  if (!(cuts instanceof Float64Array && binOfCode instanceof Uint8Array))
    throw damaged(WHAT, "it must hold cuts and binOfCode", "something else");
  if (columns.length < features.length || columns.length > MAX_BINS)
    throw damaged(WHAT, `it must have bins for ${features.length} features`, String(columns.length));
  let cut = 0;
  let code = 0;
  const bins = Array.from(columns, (column, number): FeatureBins => {
    const spec = features[column];
    if (spec === undefined || (number < features.length && column !== number))
      throw damaged(WHAT, "bins must be of its features, in their order", String(column));
    const length = lengths[number]!;
    if (spec.kind === "numeric") {
      cut += length;
      return numericBins(column, cuts.subarray(cut - length, cut), length);
    }
    code += length;
    const part = binOfCode.subarray(code - length, code);
    if (part.length !== length) throw damaged(WHAT, "tables of categories must fit", String(length));
    return { kind: "categorical", column, binOfCode: part, codes: 256 };
  });
  if (cut !== cuts.length || code !== binOfCode.length)
    throw damaged(WHAT, "bins must fill cuts and binOfCode", `${cut} and ${code}`);
  return bins;
}

function numericBins(column: number, cuts: Float64Array, length: number): FeatureBins {
  const rises = cuts.every((value, i) => Number.isFinite(value) && (i === 0 || value > cuts[i - 1]!));
  if (cuts.length !== length || length > MAX_CUTS || !rises)
    throw damaged(WHAT, `cuts must rise, ${MAX_CUTS} at most`, `feature ${column + 1}`);
  return { kind: "numeric", column, cuts, missing: true, codes: length + 2 };
}
