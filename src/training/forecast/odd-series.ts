import type { SeriesTable } from "../../data/index.ts";

/** Names that a notice lists. */
const NAMED = 3;

/** Notices of series, among several, that have no reading or always the same one: most likely sensors that failed. */
export function oddSeriesNotices(table: SeriesTable): string[] {
  if (table.names.length < 2) return [];
  const differing = table.names.map((_, series) => differentReadings(table, series));
  return [
    ...noticeOf(table, differing, 0, "have no reading"),
    ...noticeOf(table, differing, 1, "always have the same reading, as where a sensor failed"),
  ];
}

/** How many different readings a series has: 0, 1 or 2 for more. */
function differentReadings({ offsets, values, channels }: SeriesTable, series: number): number {
  let first: number | null = null;
  for (let step = offsets[series]!; step < offsets[series + 1]!; step++) {
    const value = values[step * channels.length]!;
    if (Number.isNaN(value) || value === first) continue;
    if (first !== null) return 2;
    first = value;
  }
  return first === null ? 0 : 1;
}

function noticeOf({ names }: SeriesTable, differing: readonly number[], readings: number, what: string): string[] {
  const found = names.filter((_, series) => differing[series] === readings);
  if (found.length === 0) return [];
  const more = found.length > NAMED ? ", …" : "";
  return [`${found.length} of ${names.length} series ${what}: ${found.slice(0, NAMED).join(", ")}${more}.`];
}
