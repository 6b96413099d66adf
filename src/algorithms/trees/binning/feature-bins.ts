import {
  type CategoricalFeature,
  type FeatureColumn,
  type NumericFeature,
  spreadCount,
  spreadRow,
} from "../../../core/index.ts";
import { cutsOf } from "./cuts.ts";
import { sortNumbers } from "./sort-numbers.ts";

/**
 * How a column's values become bins, which is fixed before the first tree. A column of more categories than a byte can tell apart has
 * several: each names some of its categories and puts the others together.
 */
export type FeatureBins = NumericBins | CategoricalBins;

export interface NumericBins {
  readonly kind: "numeric";
  /** Number of the table's column. */
  readonly column: number;
  /** Ascending; a value is in bin k where it is over `cuts[k - 1]` and at or under `cuts[k]`. */
  readonly cuts: Float64Array;
  /** True where a code after the last bin stands for missing. */
  readonly missing: boolean;
  /** Bins, and one more where missing has a code. */
  readonly codes: number;
}

export interface CategoricalBins {
  readonly kind: "categorical";
  readonly column: number;
  /** Bin of each category's code; bin 0 is missing or unseen, bin 255 of one that others name. */
  readonly binOfCode: Uint8Array;
  readonly codes: number;
}

/** Bins of some columns, by column. */
export type FixedBins = ReadonlyMap<number, readonly FeatureBins[]>;
export const NONE_FIXED: FixedBins = new Map();

/** Categories that have a bin of their own where there are more than 255. */
const NAMED_CATEGORIES = 254;
/** Further sets of 254 categories at most, and the rows a category needs to be named in one of them. */
const FURTHER_SETS = 15;
const NAMED_FROM_ROWS = 10;

/**
 * Bins of a table's columns over its training rows: one entry for each column, then the further ones of columns of many categories.
 *
 * @param rows the training rows, or null for the first `count` of them
 * @param maxBins bins of a numeric feature at most, 2 to 255
 * @param fixed bins that are not looked for in the data. Default none
 */
export function findBins(
  columns: readonly FeatureColumn[],
  rows: Uint32Array | null,
  count: number,
  maxBins: number,
  missing: ReadonlySet<number>,
  fixed: FixedBins = NONE_FIXED,
): FeatureBins[] {
  const sample = rowsToBinBy(rows, count);
  return joinSets(
    columns.map(
      (column, number) =>
        fixed.get(number) ??
        (column.kind === "categorical"
          ? categoricalBins(column.cardinality, number, () => countCategories(column, rows, count))
          : [numericBins(column, number, sample, maxBins, missing.has(number))]),
    ),
  );
}

/**
 * A spread sample of a table's rows, found once for all columns.
 *
 * @param rows the training rows, or null for the first `count` of them
 */
export function rowsToBinBy(rows: Uint32Array | null, count: number): Uint32Array {
  const sample = new Uint32Array(spreadCount(count));
  for (let i = 0; i < sample.length; i++) {
    const at = spreadRow(i, count);
    sample[i] = rows === null ? at : rows[at]!;
  }
  return sample;
}

/** One entry for each column, then the further ones. */
export function joinSets(sets: readonly (readonly FeatureBins[])[]): FeatureBins[] {
  return [...sets.map((list) => list[0]!), ...sets.flatMap((list) => list.slice(1))];
}

/** Bins of a column of numbers, from some of its rows; see `findBins`. */
export function numericBins(
  column: NumericFeature,
  number: number,
  sample: Uint32Array,
  maxBins: number,
  missing: boolean,
): NumericBins {
  const { values, found } = sampleValues(column.values, sample);
  const cuts = cutsOf(values.subarray(0, found), maxBins, column.values instanceof Float32Array);
  return { kind: "numeric", column: number, cuts, missing, codes: cuts.length + 1 + (missing ? 1 : 0) };
}

/** Values of a sample's rows that are not missing, ascending. */
function sampleValues(
  column: Float32Array | Float64Array,
  sample: Uint32Array,
): { values: Float32Array | Float64Array; found: number } {
  const values = column instanceof Float32Array ? new Float32Array(sample.length) : new Float64Array(sample.length);
  let found = 0;
  for (let i = 0; i < sample.length; i++) {
    const value = column[sample[i]!]!;
    // Adding 0 makes one of the two zeros.
    if (!Number.isNaN(value)) values[found++] = value + 0;
  }
  sortNumbers(values.subarray(0, found));
  return { values, found };
}

/** Whether a column has more categories than bins. */
export function sharesBins(cardinality: number): boolean {
  return cardinality > NAMED_CATEGORIES + 1;
}

/**
 * Up to 255 categories have a bin each. Of more, the 254 most frequent in training do (ties by code) and the others share
 * bin 255; the next 254 are named by further bins of the same column, and so on while categories have enough rows to be learnt
 * from. A split parts the categories of one set, so none of many is lost among the rest.
 *
 * @param countsOf rows of each code, asked for only where categories compete
 */
export function categoricalBins(cardinality: number, column: number, countsOf: () => Float64Array): CategoricalBins[] {
  if (!sharesBins(cardinality)) {
    const binOfCode = Uint8Array.from({ length: cardinality + 1 }, (_, code) => code);
    return [{ kind: "categorical", column, binOfCode, codes: cardinality + 1 }];
  }
  const counts = countsOf();
  const order = Array.from({ length: cardinality }, (_, i) => i + 1).sort((a, b) => counts[b]! - counts[a]! || a - b);
  const frequent = order.findIndex((code) => counts[code]! < NAMED_FROM_ROWS);
  const named = Math.min(frequent < 0 ? order.length : frequent, (FURTHER_SETS + 1) * NAMED_CATEGORIES);
  const sets = Math.max(1, Math.ceil(named / NAMED_CATEGORIES));
  return Array.from({ length: sets }, (_, set) => {
    const first = set * NAMED_CATEGORIES;
    return namedCategories(column, cardinality, order.slice(first, first + NAMED_CATEGORIES));
  });
}

function countCategories(
  { codes, cardinality }: CategoricalFeature,
  rows: Uint32Array | null,
  count: number,
): Float64Array {
  const counts = new Float64Array(cardinality + 1);
  for (let i = 0; i < count; i++) counts[codes[rows === null ? i : rows[i]!]!]!++;
  return counts;
}

function namedCategories(column: number, cardinality: number, named: readonly number[]): CategoricalBins {
  const binOfCode = new Uint8Array(cardinality + 1).fill(255, 1);
  named.forEach((code, i) => {
    binOfCode[code] = i + 1;
  });
  return { kind: "categorical", column, binOfCode, codes: 256 };
}
