import type { SeriesTable } from "../../../data/index.ts";
import { neighbourNames, type SeriesPlan } from "../series-plan.ts";

/**
 * The series with the targets of their neighbours as further channels, at the same times. A neighbour that the table lacks, and a
 * series that was not trained on, has missing readings there.
 */
export function withNeighbours(
  table: SeriesTable,
  plan: Pick<SeriesPlan, "target" | "names" | "neighbours">,
): SeriesTable {
  const { neighbours } = plan;
  if (neighbours === undefined) return table;
  const names = neighbourNames(plan);
  const width = table.channels.length;
  const wide = width + names.length;
  const values = new Float32Array(table.offsets.at(-1)! * wide).fill(Number.NaN);
  const at = new Map(table.names.map((name, series) => [name, series]));
  const code = new Map(plan.names.map((name, number) => [name, number]));
  for (let step = 0; step < table.offsets.at(-1)!; step++)
    for (let channel = 0; channel < width; channel++)
      values[step * wide + channel] = table.values[step * width + channel]!;
  table.names.forEach((name, series) => {
    const own = neighbours[code.get(name) ?? -1] ?? [];
    own.forEach((number, k) => {
      const other = at.get(plan.names[number]!);
      if (other !== undefined) copyTarget(table, { from: other, to: series }, { values, wide, channel: width + k });
    });
  });
  return { ...table, channels: [...table.channels, ...names], values };
}

interface WideValues {
  readonly values: Float32Array;
  /** Numbers of a step, and which of them is written. */
  readonly wide: number;
  readonly channel: number;
}

/** Writes the targets of a series beside the steps of another of the same times. */
function copyTarget(
  { offsets, starts, interval, values, channels }: SeriesTable,
  { from, to }: { readonly from: number; readonly to: number },
  written: WideValues,
): void {
  const shift = offsets[from]! - offsets[to]! + Math.round((starts[to]! - starts[from]!) / interval);
  const first = Math.max(offsets[to]!, offsets[from]! - shift);
  const end = Math.min(offsets[to + 1]!, offsets[from + 1]! - shift);
  for (let step = first; step < end; step++)
    written.values[step * written.wide + written.channel] = values[(step + shift) * channels.length]!;
}
