import type { NumericFeature } from "../../core/index.ts";
import { seriesOf } from "../../data/index.ts";
import type { SeriesRows } from "./arrange-rows.ts";
import type { SeriesPlan } from "./series-plan.ts";

/** Points to forecast from, and what is read of them again and again. */
export interface PointContext {
  readonly plan: SeriesPlan;
  readonly rows: SeriesRows;
  readonly origins: Uint32Array;
  /** The series of each point. */
  readonly series: Uint32Array;
  /** The value of a channel at a step of the series of point `i`; NaN where it lies outside, ahead of the point or is missing. */
  readonly at: (i: number, step: number, channel: number) => number;
}

export function contextOf(plan: SeriesPlan, rows: SeriesRows, origins: Uint32Array): PointContext {
  const { values, channels, offsets } = rows.table;
  const width = channels.length;
  const series = new Uint32Array(origins.length);
  const lows = new Uint32Array(origins.length);
  for (let i = 0; i < origins.length; i++) {
    series[i] = seriesOf(rows.table, Math.max(0, origins[i]! - 1));
    lows[i] = offsets[series[i]!]!;
  }
  const at = (i: number, step: number, channel: number): number =>
    step < lows[i]! || step >= origins[i]! ? Number.NaN : values[step * width + channel]!;
  return { plan, rows, origins, series, at };
}

/** A column of numbers, one for each point. */
export function numeric(
  { origins }: Pick<PointContext, "origins">,
  name: string,
  of: (i: number, origin: number) => number,
): NumericFeature {
  const values = new Float32Array(origins.length);
  for (let i = 0; i < values.length; i++) values[i] = of(i, origins[i]!);
  return { kind: "numeric", name, values };
}
