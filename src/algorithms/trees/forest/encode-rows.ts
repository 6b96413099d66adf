import type { FeatureTable } from "../../../core/index.ts";
import type { MemoryPlan } from "../../../kernels/trees/index.ts";
import type { FeatureBins } from "../binning/feature-bins.ts";
import type { KernelMemory } from "./kernel-memory.ts";

const STAGED_ROWS = 8192;
/** Kinds of staged values in the kernel. */
const KIND = { float32: 0, float64: 1 } as const;
/** From here on, the kernel's lookup table is worth filling. */
const LOOKUP_FROM_ROWS = 512;

/** Addresses of what turning values into bins needs; one feature at a time. */
export interface EncodingArea {
  readonly record: number;
  readonly cuts: number;
  readonly lookup: number;
  readonly staging: number;
}

export function planEncoding(plan: MemoryPlan): EncodingArea {
  return {
    record: plan.reserve(64),
    cuts: plan.reserve(257 * 8),
    lookup: plan.reserve(2112),
    staging: plan.reserve(STAGED_ROWS * 8),
  };
}

/** Rows of a table that become bins: all from `first` on, or those that `rows` names. */
export interface RowRange {
  readonly rows: Uint32Array | null;
  readonly first: number;
  readonly count: number;
}

/** The code of a row without a value: one past the last bin. */
export function missingCode(bins: FeatureBins): number {
  return bins.kind === "numeric" ? bins.cuts.length + 1 : -1;
}

/**
 * Writes rows as bins, a byte for each of some features, row after row.
 *
 * @param to address of the first row; `entries.length` bytes a row at least, all of them 0 before
 */
export function encodeRows(
  memory: KernelMemory,
  area: EncodingArea,
  entries: readonly FeatureBins[],
  table: FeatureTable,
  range: RowRange,
  to: number,
  stride: number,
): void {
  entries.forEach((bins, place) => {
    if (bins.kind === "categorical") encodeCodes(memory, bins.binOfCode, table, bins.column, range, to + place, stride);
    else if (range.count < LOOKUP_FROM_ROWS) searchBins(memory, bins, table, range, to + place, stride);
    else encodeValues(memory, area, bins, table, range, to + place, stride);
  });
}

function encodeCodes(
  { bytes }: KernelMemory,
  binOfCode: Uint8Array,
  table: FeatureTable,
  column: number,
  { rows, first, count }: RowRange,
  to: number,
  stride: number,
): void {
  const entry = table.columns[column]!;
  if (entry.kind !== "categorical") return;
  const { codes } = entry;
  for (let i = 0, at = to; i < count; i++, at += stride)
    bytes[at] = binOfCode[codes[rows === null ? first + i : rows[first + i]!]!] ?? 0;
}

type NumericBins = Extract<FeatureBins, { kind: "numeric" }>;

/** A few rows: a binary search for each. */
function searchBins(
  { bytes }: KernelMemory,
  bins: NumericBins,
  table: FeatureTable,
  { rows, first, count }: RowRange,
  to: number,
  stride: number,
): void {
  const entry = table.columns[bins.column]!;
  if (entry.kind !== "numeric") return;
  const { values } = entry;
  for (let i = 0, at = to; i < count; i++, at += stride)
    bytes[at] = binOf(bins.cuts, values[rows === null ? first + i : rows[first + i]!]!);
}

/** The number of cuts under a value, or one past the last bin for NaN. */
export function binOf(cuts: Float64Array, value: number): number {
  if (Number.isNaN(value)) return cuts.length + 1;
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value > cuts[middle]!) low = middle + 1;
    else high = middle;
  }
  return low;
}

function encodeValues(
  memory: KernelMemory,
  area: EncodingArea,
  bins: NumericBins,
  table: FeatureTable,
  { rows, first, count }: RowRange,
  to: number,
  stride: number,
): void {
  const entry = table.columns[bins.column]!;
  if (entry.kind !== "numeric") return;
  const { values } = entry;
  const wide = values instanceof Float64Array;
  const { buffer } = memory;
  const staging = wide
    ? new Float64Array(buffer, area.staging, STAGED_ROWS)
    : new Float32Array(buffer, area.staging, STAGED_ROWS);
  const cuts = new Float64Array(buffer, area.cuts, bins.cuts.length + 1);
  cuts.set(bins.cuts);
  cuts[bins.cuts.length] = Number.POSITIVE_INFINITY;
  memory.write(area.record, [bins.cuts.length]);
  memory.write(area.record + 32, [1, missingCode(bins)]);
  memory.kernel.prepareLookup!(area.record, area.cuts, area.lookup);
  for (let done = 0; done < count; done += STAGED_ROWS) {
    const part = Math.min(STAGED_ROWS, count - done);
    const begin = first + done;
    if (rows === null) staging.set(values.subarray(begin, begin + part));
    else for (let i = 0; i < part; i++) staging[i] = values[rows[begin + i]!]!;
    const kind = wide ? KIND.float64 : KIND.float32;
    memory.kernel.binValues!(area.staging, kind, part, area.record, area.cuts, area.lookup, to + done * stride, stride);
  }
}
