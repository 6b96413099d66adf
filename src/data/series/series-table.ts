/** Series on one regular grid of time, one after another. Missing readings are NaN. */
export interface SeriesTable {
  /** Milliseconds (or units of a time that is a plain number) between two steps. */
  readonly interval: number;
  /** What the numbers of a step are; the target comes first. */
  readonly channels: readonly string[];
  /** One a series, ascending; a single empty name where the table is one series. */
  readonly names: readonly string[];
  /** Time of the first step of each series. */
  readonly starts: Float64Array;
  /** First step of each series among all steps; one more than there are series. */
  readonly offsets: Uint32Array;
  /** Row-major, a number for each channel of each step. */
  readonly values: Float32Array;
  /** Lines for a person: what was sorted, averaged, filled. */
  readonly notices: readonly string[];
}

/** Which series a step belongs to. */
export function seriesOf({ offsets }: Pick<SeriesTable, "offsets">, step: number): number {
  let low = 0;
  let high = offsets.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (offsets[middle]! <= step) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The time of a step, which may lie behind the last one of its series. */
export function timeOf({ interval, starts, offsets }: SeriesTable, series: number, step: number): number {
  return starts[series]! + (step - offsets[series]!) * interval;
}
