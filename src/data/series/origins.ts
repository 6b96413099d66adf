import type { SeriesTable } from "./series-table.ts";

export interface OriginRequest {
  readonly steps: number;
  readonly horizon: number;
  /** First step of each series that may be forecast. Default its first. */
  readonly from?: Uint32Array;
}

/**
 * Points from which can be learnt: a window of steps with a reading among them lies before, and `horizon` steps with one follow.
 *
 * @returns the first step ahead of each, over all steps, ascending
 */
export function originsOf(table: SeriesTable, { steps, horizon, from }: OriginRequest): Uint32Array {
  const { offsets, values } = table;
  const width = table.channels.length;
  const found = new Uint32Array(offsets.at(-1)!);
  let count = 0;
  for (let series = 0; series + 1 < offsets.length; series++) {
    const [start, end] = [offsets[series]!, offsets[series + 1]!];
    const first = Math.max(start + steps, from?.[series] ?? 0);
    let seen = -1;
    let next = start;
    for (let step = start; step + horizon <= end; step++) {
      if (step > start && !Number.isNaN(values[(step - 1) * width]!)) seen = step - 1;
      if (step < first || seen < step - steps) continue;
      next = Math.max(next, step);
      while (next < end && Number.isNaN(values[next * width]!)) next++;
      if (next < step + horizon) found[count++] = step;
    }
  }
  return found.slice(0, count);
}

/**
 * The points behind the last reading of every series, from which the future is forecast; series of fewer steps than a window
 * have none.
 */
export function lastOrigins({ offsets }: SeriesTable, steps: number): Uint32Array {
  return Uint32Array.from([...offsets.subarray(1)].filter((end, series) => end - offsets[series]! >= steps));
}

/** The next values of points, `horizon` numbers each, NaN where one is missing or lies behind the end of its series. */
export function targetsOf(table: SeriesTable, origins: Uint32Array, horizon: number): Float64Array {
  const width = table.channels.length;
  const target = new Float64Array(origins.length * horizon).fill(Number.NaN);
  let series = 0;
  origins.forEach((origin, row) => {
    while (origin >= table.offsets[series + 1]! && series + 2 < table.offsets.length) series++;
    for (let step = 0; step < horizon && origin + step < table.offsets[series + 1]!; step++)
      target[row * horizon + step] = table.values[(origin + step) * width]!;
  });
  return target;
}
