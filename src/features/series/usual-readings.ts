import type { PointContext } from "./point-context.ts";

/** What is usual at a time that comes back: the mean of the last readings then. */
export interface Usual {
  /** Steps until the time comes back. */
  readonly period: number;
  /** Readings that count, and how many periods back they may lie. */
  readonly readings: number;
  readonly reach: number;
}

export function usualOfDay(day: number): Usual {
  return { period: day, readings: 5, reach: 28 };
}

export function usualOfWeek(week: number): Usual {
  return { period: week, readings: 4, reach: 6 };
}

/**
 * The usual reading at the time of a step, of periods that are over at the point.
 *
 * @returns by point and step; a step lies at most as far ahead of its point as the horizon
 */
export function usualReadings(context: PointContext, usual: Usual): (i: number, step: number) => number {
  const { plan, rows, origins, series, at } = context;
  const { offsets } = rows.table;
  const ofPoint = (i: number, step: number): number => {
    const first = Math.max(1, Math.ceil((step - origins[i]! + 1) / usual.period));
    return usualOf((earlier) => at(i, earlier, 0), step, first, usual);
  };
  const asked = origins.length * (plan.horizon + 1);
  if (plan.horizon > usual.period || asked < offsets.at(-1)!) return ofPoint;
  // Less than a period ahead, a step's usual reading is the same for every point: each is worked out once.
  const known = usualOfSteps(context, usual);
  return (i, step) => (step < offsets[series[i]! + 1]! ? known[step]! : ofPoint(i, step));
}

/** The usual reading of every step of the series. */
function usualOfSteps({ rows: { table } }: PointContext, usual: Usual): Float32Array {
  const { offsets, values, channels } = table;
  const known = new Float32Array(offsets.at(-1)!);
  for (let series = 0; series + 1 < offsets.length; series++) {
    const low = offsets[series]!;
    const read = (step: number) => (step < low ? Number.NaN : values[step * channels.length]!);
    for (let step = low; step < offsets[series + 1]!; step++) known[step] = usualOf(read, step, 1, usual);
  }
  return known;
}

function usualOf(
  read: (step: number) => number,
  step: number,
  first: number,
  { period, readings, reach }: Usual,
): number {
  let [sum, count] = [0, 0];
  for (let back = first; back <= reach && count < readings; back++) {
    const value = read(step - back * period);
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return sum / count;
}
