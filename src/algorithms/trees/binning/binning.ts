import type { CategoricalFeature, Examples, FeatureColumn, NumericFeature } from "../../../core/index.ts";
import type { TreeMachine } from "../machine/machine.ts";
import { BINNING_BYTES, STAGED_FEATURES, STAGED_ROWS } from "../machine/machine-areas.ts";
import type { RowSet } from "../machine/row-set.ts";
import type { FeaturePlace } from "./column-layout.ts";
import type { FeatureBins } from "./feature-bins.ts";

/** Where a feature's record says where its values are staged. */
const STAGED_WORD = 13;

/** Kinds of staged values in the kernel. */
const KIND = { float32: 0, float64: 1, bins: 2 } as const;

/** A feature whose values are staged: where, and what they are. */
interface StagedFeature {
  readonly place: FeaturePlace;
  readonly column: FeatureColumn;
  readonly bins: FeatureBins;
  readonly kind: (typeof KIND)[keyof typeof KIND];
  readonly record: number;
  /** Two places, used in turn. */
  readonly staging: readonly Staging[];
}

type Staging = Float32Array | Float64Array | Uint8Array;

/**
 * Bins the rows of some examples into a set of the machine's memory, and copies their targets and weights beside them. This thread
 * brings the values of some rows together while the others turn those before them into bins, and then helps them.
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
  const staged = [0, 1].map((turn) => address.staging + (turn * STAGED_FEATURES + slot) * STAGED_ROWS * 8);
  const cuts = bins.kind === "numeric" ? bins.cuts : new Float64Array(0);
  const missing = bins.kind === "numeric" && bins.missing ? bins.codes - 1 : -1;
  words.set([place.divisor, missing, kind, place.column, 0, staged[0]!, cutsAt, lookup], (record >>> 2) + 8);
  words[record >>> 2] = cuts.length;
  reals.set(cuts, cutsAt >>> 3);
  reals[(cutsAt >>> 3) + cuts.length] = Number.POSITIVE_INFINITY;
  if (bins.kind === "numeric") kernel.prepareLookup!(record, cutsAt, lookup);
  return { place, column, bins, kind, record, staging: staged.map((at) => stagingOf(machine, kind, at)) };
}

function stagingOf(machine: TreeMachine, kind: StagedFeature["kind"], address: number): Staging {
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
  const chunks = Math.ceil(set.rows / STAGED_ROWS);
  const rowsIn = (chunk: number) => Math.min(STAGED_ROWS, set.rows - chunk * STAGED_ROWS);
  const stageChunk = (chunk: number): void => {
    for (const feature of chunk < chunks ? features : [])
      stage(feature, feature.staging[chunk & 1]!, rows, chunk * STAGED_ROWS, rowsIn(chunk));
  };
  stageChunk(0);
  for (let chunk = 0; chunk < chunks; chunk++) {
    for (const { record, staging } of features)
      machine.words[(record >>> 2) + STAGED_WORD] = staging[chunk & 1]!.byteOffset;
    machine.set("STAGED_ROWS", rowsIn(chunk));
    machine.set("STAGED_TO", set.bins + chunk * STAGED_ROWS * machine.sizes.layout.stride);
    machine.runBeside("binPass", () => stageChunk(chunk + 1));
  }
}

function stage(
  { column, bins }: StagedFeature,
  staging: Staging,
  rows: Uint32Array | null,
  first: number,
  count: number,
): void {
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
  staging: Staging,
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
