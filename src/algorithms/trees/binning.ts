import type { CategoricalFeature, Examples, FeatureColumn, NumericFeature } from "../../core/index.ts";
import type { FeaturePlace } from "./column-layout.ts";
import type { CategoricalBins, FeatureBins, NumericBins } from "./feature-bins.ts";
import { type RowSet, STAGED_ROWS, type TreeMachine } from "./machine.ts";

/**
 * Bins the rows of some examples into a set of the machine's memory, and copies their targets and weights beside them.
 *
 * @returns the features that were missing in a row although no code was kept for that
 */
export function binRows(
  machine: TreeMachine,
  set: RowSet,
  examples: Examples,
  bins: readonly FeatureBins[],
): Set<number> {
  const unplaced = new Set<number>();
  for (const place of machine.layout.places) {
    const featureBins = bins[place.feature]!;
    const column = examples.table.columns[featureBins.column]!;
    const whole =
      featureBins.kind === "categorical"
        ? binCategories(machine, set, examples.rows, column as CategoricalFeature, featureBins, place)
        : binNumbers(machine, set, examples.rows, column as NumericFeature, featureBins, place);
    if (!whole) unplaced.add(place.feature);
  }
  copyLabels(machine, set, examples);
  return unplaced;
}

function binCategories(
  machine: TreeMachine,
  set: RowSet,
  rows: Uint32Array | null,
  column: CategoricalFeature,
  { binOfCode }: CategoricalBins,
  place: FeaturePlace,
): boolean {
  const { bytes } = machine;
  const { stride } = machine.layout;
  let at = set.bins + place.column;
  for (let i = 0; i < set.rows; i++) {
    const code = column.codes[rows === null ? i : rows[i]!]!;
    bytes[at]! += (code < binOfCode.length ? binOfCode[code]! : 0) * place.divisor;
    at += stride;
  }
  return true;
}

function binNumbers(
  machine: TreeMachine,
  set: RowSet,
  rows: Uint32Array | null,
  column: NumericFeature,
  { cuts, codes, missing }: NumericBins,
  place: FeaturePlace,
): boolean {
  const { address, words, reals, kernel } = machine;
  const record = address.binning;
  words[record >>> 2] = cuts.length;
  words[(record >>> 2) + 8] = place.divisor;
  words[(record >>> 2) + 9] = missing ? codes - 1 : -1;
  reals.set(cuts, address.cuts >>> 3);
  reals[(address.cuts >>> 3) + cuts.length] = Number.POSITIVE_INFINITY;
  kernel.prepareLookup!(record, address.cuts, address.lookup);
  const wide = column.values instanceof Float64Array ? 1 : 0;
  const staging =
    wide === 1
      ? new Float64Array(machine.bytes.buffer, address.staging, STAGED_ROWS)
      : new Float32Array(machine.bytes.buffer, address.staging, STAGED_ROWS);
  const { stride } = machine.layout;
  let unplaced = 0;
  for (let first = 0; first < set.rows; first += STAGED_ROWS) {
    const count = Math.min(STAGED_ROWS, set.rows - first);
    stage(staging, column.values, rows, first, count);
    const to = set.bins + first * stride + place.column;
    unplaced |= kernel.binValues!(address.staging, wide, count, record, address.cuts, address.lookup, to, stride);
  }
  return unplaced === 0;
}

function stage(
  staging: Float32Array | Float64Array,
  values: Float32Array | Float64Array,
  rows: Uint32Array | null,
  first: number,
  count: number,
): void {
  if (rows === null) {
    staging.set(values.subarray(first, first + count));
    return;
  }
  for (let i = 0; i < count; i++) staging[i] = values[rows[first + i]!]!;
}

function copyLabels(machine: TreeMachine, set: RowSet, examples: Examples): void {
  const { rows, target, weight } = examples;
  const targets = new Float64Array(machine.bytes.buffer, set.target, set.rows);
  for (let i = 0; i < set.rows; i++) targets[i] = target[rows === null ? i : rows[i]!]!;
  if (weight === null) return;
  const weights = new Float32Array(machine.bytes.buffer, set.weight, set.rows);
  for (let i = 0; i < set.rows; i++) weights[i] = weight[rows === null ? i : rows[i]!]!;
}

/** How many rows of a table belong to some examples. */
export function rowsOf(examples: Examples): number {
  return examples.rows === null ? examples.table.rows : examples.rows.length;
}

export function columnsOf(examples: Examples): readonly FeatureColumn[] {
  return examples.table.columns;
}
