import { KaaykoError } from "../../core/index.ts";
import type { SeriesTable } from "./series-table.ts";

/** Series behind others, and which of their steps are their own. */
export interface JoinedSeries {
  readonly table: SeriesTable;
  /** First own step of each series among all steps. */
  readonly own: Uint32Array;
  /** Series that go on, so that their first points see what came before. */
  readonly continued: number;
  /** Series that begin before the earlier ones end. */
  readonly overlapping: number;
}

/**
 * Puts the last steps of earlier series before later ones of the same name, with missing steps between where time passed. A later
 * series that is new, begins too late, or begins before the earlier one ends stays as it is.
 *
 * @param reach steps that a point looks back at most
 */
export function joinSeries(earlier: SeriesTable, later: SeriesTable, reach: number): JoinedSeries {
  if (earlier.interval !== later.interval)
    throw new KaaykoError({ action: "join series", rule: "they must have the same interval" });
  const width = later.channels.length;
  const before = new Map(earlier.names.map((name, series) => [name, series]));
  const pieces = later.names.map((name, series) => pieceOf(earlier, later, before.get(name), series, reach));
  const offsets = new Uint32Array(pieces.length + 1);
  const own = new Uint32Array(pieces.length);
  pieces.forEach(({ kept, gap, steps }, i) => {
    own[i] = offsets[i]! + kept + gap;
    offsets[i + 1] = own[i]! + steps;
  });
  const values = new Float32Array(offsets.at(-1)! * width).fill(Number.NaN);
  pieces.forEach(({ kept, from, steps }, i) => {
    if (kept > 0) values.set(earlier.values.subarray((from - kept) * width, from * width), offsets[i]! * width);
    const at = later.offsets[i]!;
    values.set(later.values.subarray(at * width, (at + steps) * width), own[i]! * width);
  });
  const starts = Float64Array.from(later.starts, (start, i) => start - (own[i]! - offsets[i]!) * later.interval);
  return {
    table: { ...later, starts, offsets, values },
    own,
    continued: pieces.filter(({ kept }) => kept > 0).length,
    overlapping: pieces.filter(({ overlaps }) => overlaps).length,
  };
}

function pieceOf(earlier: SeriesTable, later: SeriesTable, known: number | undefined, series: number, reach: number) {
  const steps = later.offsets[series + 1]! - later.offsets[series]!;
  const alone = { kept: 0, gap: 0, from: 0, steps, overlaps: false };
  if (known === undefined) return alone;
  const length = earlier.offsets[known + 1]! - earlier.offsets[known]!;
  const end = earlier.starts[known]! + length * earlier.interval;
  const gap = Math.round((later.starts[series]! - end) / earlier.interval);
  if (gap < 0) return { ...alone, overlaps: true };
  const kept = Math.min(length, reach - gap);
  return kept <= 0 ? alone : { ...alone, kept, gap, from: earlier.offsets[known + 1]! };
}
