import type { CategoricalFeature, Examples, FeatureColumn, NumericFeature } from "../../../core/index.ts";
import type { TreeMachine } from "../machine/machine.ts";
import { BINNING_BYTES, STAGED_FEATURES, STAGED_ROWS } from "../machine/machine-areas.ts";
import type { RowSet } from "../machine/row-set.ts";
import type { FeaturePlace } from "./column-layout.ts";
import type { FeatureBins } from "./feature-bins.ts";

/** Kinds of staged values in the kernel. */
const KIND = { float32: 0, float64: 1, bins: 2 } as const;

/** A feature whose values are staged: where, and what they are. */
interface StagedFeature {
  readonly place: FeaturePlace;
  readonly column: FeatureColumn;
  readonly bins: FeatureBins;
  readonly kind: (typeof KIND)[keyof typeof KIND];
  readonly record: number;
  readonly staging: Float32Array | Float64Array | Uint8Array;
}

/**
 * Bins the rows of some examples into a set of the machine's memory, and copies their targets and weights beside them. This thread
 * brings the values of some rows together, all threads turn them into bins.
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
  const { places } = machine.sizes.layout;
  for (let first = 0; first < places.length; first += STAGED_FEATURES) {
    const features = places
      .slice(first, first + STAGED_FEATURES)
      .map((place, slot) => prepareFeature(machine, examples, bins[place.feature]!, place, slot));
    binFeatures(machine, set, examples.rows, features);
    for (const { place, record } of features) if (machine.words[(record >>> 2) + 12] === 1) unplaced.add(place.feature);
  }
  copyLabels(machine, set, examples);
  return unplaced;
}

/** Writes a feature's record, cuts and lookup table for the kernel. */
function prepareFeature(
  machine: TreeMachine,
  examples: Examples,
  bins: FeatureBins,
  place: FeaturePlace,
  slot: number,
): StagedFeature {
  const { address, words, reals, kernel } = machine;
  const column = examples.table.columns[bins.column]!;
  const kind =
    column.kind === "categorical" ? KIND.bins : column.values instanceof Float64Array ? KIND.float64 : KIND.float32;
  const record = address.binning + slot * BINNING_BYTES.record;
  const cutsAt = address.cuts + slot * BINNING_BYTES.cuts;
  const lookup = address.lookup + slot * BINNING_BYTES.lookup;
  const staged = address.staging + slot * STAGED_ROWS * 8;
  const cuts = bins.kind === "numeric" ? bins.cuts : new Float64Array(0);
  const missing = bins.kind === "numeric" && bins.missing ? bins.codes - 1 : -1;
  words.set([place.divisor, missing, kind, place.column, 0, staged, cutsAt, lookup], (record >>> 2) + 8);
  words[record >>> 2] = cuts.length;
  reals.set(cuts, cutsAt >>> 3);
  reals[(cutsAt >>> 3) + cuts.length] = Number.POSITIVE_INFINITY;
  if (bins.kind === "numeric") kernel.prepareLookup!(record, cutsAt, lookup);
  return { place, column, bins, kind, record, staging: stagingOf(machine, kind, staged) };
}

function stagingOf(machine: TreeMachine, kind: StagedFeature["kind"], address: number): StagedFeature["staging"] {
  const { buffer } = machine.bytes;
  if (kind === KIND.bins) return new Uint8Array(buffer, address, STAGED_ROWS);
  return kind === KIND.float64
    ? new Float64Array(buffer, address, STAGED_ROWS)
    : new Float32Array(buffer, address, STAGED_ROWS);
}

function binFeatures(
  machine: TreeMachine,
  set: RowSet,
  rows: Uint32Array | null,
  features: readonly StagedFeature[],
): void {
  machine.set("BINNING_COUNT", features.length);
  for (let first = 0; first < set.rows; first += STAGED_ROWS) {
    const count = Math.min(STAGED_ROWS, set.rows - first);
    for (const feature of features) stage(feature, rows, first, count);
    machine.set("STAGED_ROWS", count);
    machine.set("STAGED_TO", set.bins + first * machine.sizes.layout.stride);
    machine.run("binPass");
  }
}

function stage(feature: StagedFeature, rows: Uint32Array | null, first: number, count: number): void {
  const { column, bins, staging } = feature;
  if (bins.kind === "categorical") {
    const { codes } = column as CategoricalFeature;
    stageCodes(staging as Uint8Array, codes, bins.binOfCode, rows, first, count);
  } else stageValues(staging, (column as NumericFeature).values, rows, first, count);
}

function stageCodes(
  staging: Uint8Array,
  codes: CategoricalFeature["codes"],
  binOfCode: Uint8Array,
  rows: Uint32Array | null,
  first: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    const code = codes[rows === null ? first + i : rows[first + i]!]!;
    staging[i] = code < binOfCode.length ? binOfCode[code]! : 0;
  }
}

function stageValues(
  staging: StagedFeature["staging"],
  values: NumericFeature["values"],
  rows: Uint32Array | null,
  first: number,
  count: number,
): void {
  if (rows === null) staging.set(values.subarray(first, first + count));
  else for (let i = 0; i < count; i++) staging[i] = values[rows[first + i]!]!;
}

function copyLabels(machine: TreeMachine, set: RowSet, examples: Examples): void {
  const { rows, target, weight } = examples;
  if (set.target === 0) return;
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
