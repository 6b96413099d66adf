import { type Column, isStringColumn, KaaykoError } from "../../core/index.ts";
import { labelOf } from "../infer-task.ts";
import { formatInterval, inferInterval } from "./interval.ts";
import type { SeriesTable } from "./series-table.ts";

export interface SeriesRequest {
  readonly time: Column;
  /** Tells series apart; null where the table is one. */
  readonly group: Column | null;
  /** The target first. */
  readonly channels: readonly Column[];
  /** Milliseconds between two steps. Default: the most frequent difference. */
  readonly interval?: number;
}

/** Steps a row that gaps may add before a table is no series of regular readings. */
const MOST_STEPS_PER_ROW = 200;
const MOST_STEPS = 2 ** 31;
/** Share of an interval by which a reading may lie beside the grid without being told of. */
const TOLERANCE = 0.01;

/**
 * Arranges the rows of a table as series on a regular grid: sorted by time within each group, a row for every step. Steps without
 * a row are missing (NaN), several rows of one step are averaged, rows without a time are left out; notices say so.
 *
 * @throws KaaykoError (input) for a time column of text, no two times, or gaps beyond all measure
 */
export function arrangeSeries(request: SeriesRequest): SeriesTable {
  const times = timesOf(request.time);
  const { groupOf, names } = groupsOf(request.group, times.length);
  const { order, ends, without, unsorted } = sortRows(times, groupOf, names.length);
  const sorted = Float64Array.from(order, (row) => times[row]!);
  const interval = request.interval ?? inferInterval(sorted, ends, request.time.name);
  const present = ends.flatMap((end, series) => (end > (series === 0 ? 0 : ends[series - 1]!) ? [series] : []));
  const grid = layOut(sorted, ends, present, interval, request.time.name);
  const filled = fill(request.channels, order, sorted, ends, present, grid, interval);
  if (request.group === null && filled.duplicates > filled.filled)
    throw severalAtOnce(request.time.name, filled.filled);
  const remarks = { ...filled, without, unsorted, empty: grid.steps - filled.filled, series: present.length };
  return {
    interval,
    channels: request.channels.map(({ name }) => name),
    names: present.map((series) => names[series]!),
    starts: grid.starts,
    offsets: grid.offsets,
    values: filled.values,
    notices: noticesOf(remarks, interval, request.time.name),
  };
}

function severalAtOnce(time: string, steps: number): KaaykoError {
  return new KaaykoError({
    action: "arrange the rows as series",
    rule: `a series has one row for each ${time}, but most times have several`,
    got: `${steps} different times`,
    remedy: "Name the column that tells series apart with --group COL.",
    kind: "input",
  });
}

function timesOf(column: Column): Float64Array {
  if (isStringColumn(column))
    throw new KaaykoError({
      action: `order rows by ${JSON.stringify(column.name)}`,
      rule: "it must be a column of dates or numbers",
      got: `text such as ${JSON.stringify(column.dictionary[0] ?? "")}`,
      remedy: "Write all times alike, such as 2024-03-31T08:05:00Z; without a zone they are taken as UTC.",
      kind: "input",
    });
  return column.values instanceof Float64Array ? column.values : Float64Array.from(column.values);
}

/** The series of each row, by names in ascending order. */
function groupsOf(column: Column | null, rows: number): { groupOf: Uint32Array; names: string[] } {
  if (column === null) return { groupOf: new Uint32Array(rows), names: [""] };
  const known = new Map<number, string>();
  const codes: ArrayLike<number> = isStringColumn(column) ? column.codes : column.values;
  for (let row = 0; row < rows; row++) {
    const code = codes[row]!;
    if (!known.has(code)) known.set(code, nameOf(column, code));
  }
  const numeric = !isStringColumn(column);
  const sorted = [...known].sort(([a, x], [b, y]) => (numeric ? a - b : x < y ? -1 : x > y ? 1 : 0));
  const names = [...new Set(sorted.map(([, name]) => name))];
  const at = new Map(names.map((name, series) => [name, series]));
  const seriesOfCode = new Map(sorted.map(([code, name]) => [code, at.get(name)!]));
  return { groupOf: Uint32Array.from({ length: rows }, (_, row) => seriesOfCode.get(codes[row]!)!), names };
}

function nameOf(column: Column, code: number): string {
  if (isStringColumn(column)) return code === 0 ? "" : column.dictionary[code - 1]!;
  return Number.isNaN(code) ? "" : labelOf(column.kind, code);
}

/** Rows with a time, by series and time; rows of one time keep their order. */
function sortRows(times: Float64Array, groupOf: Uint32Array, series: number) {
  const counts = new Uint32Array(series + 1);
  let without = 0;
  for (let row = 0; row < times.length; row++)
    if (Number.isFinite(times[row]!)) counts[groupOf[row]! + 1]!++;
    else without++;
  for (let i = 1; i <= series; i++) counts[i]! += counts[i - 1]!;
  const ends = Array.from(counts.subarray(1));
  const order = new Uint32Array(times.length - without);
  const next = counts.slice();
  for (let row = 0; row < times.length; row++) if (Number.isFinite(times[row]!)) order[next[groupOf[row]!]!++] = row;
  let unsorted = false;
  ends.forEach((end, i) => {
    const rows = order.subarray(counts[i]!, end);
    if (isAscending(times, rows)) return;
    unsorted = true;
    rows.sort((a, b) => times[a]! - times[b]! || a - b);
  });
  return { order, ends, without, unsorted };
}

function isAscending(times: Float64Array, rows: Uint32Array): boolean {
  for (let i = 1; i < rows.length; i++) if (times[rows[i]!]! < times[rows[i - 1]!]!) return false;
  return true;
}

interface Grid {
  readonly starts: Float64Array;
  readonly offsets: Uint32Array;
  readonly steps: number;
}

function layOut(
  sorted: Float64Array,
  ends: readonly number[],
  present: readonly number[],
  interval: number,
  name: string,
): Grid {
  const starts = new Float64Array(present.length);
  const offsets = new Uint32Array(present.length + 1);
  let steps = 0;
  present.forEach((series, i) => {
    const first = series === 0 ? 0 : ends[series - 1]!;
    starts[i] = sorted[first]!;
    steps += 1 + Math.round((sorted[ends[series]! - 1]! - starts[i]!) / interval);
    if (steps > MOST_STEPS || steps > MOST_STEPS_PER_ROW * (sorted.length + 1000))
      throw new KaaykoError({
        action: "arrange the rows as series",
        rule: `the times in ${JSON.stringify(name)} must be mostly one interval apart`,
        got: `${formatInterval(interval)} between most rows, and gaps that are far longer`,
        remedy: "Name the column that tells series apart with --group COL, or leave rows with wrong times out.",
        kind: "input",
      });
    offsets[i + 1] = steps;
  });
  return { starts, offsets, steps };
}

function fill(
  channels: readonly Column[],
  order: Uint32Array,
  sorted: Float64Array,
  ends: readonly number[],
  present: readonly number[],
  { starts, offsets, steps }: Grid,
  interval: number,
) {
  const values = new Float32Array(steps * channels.length).fill(Number.NaN);
  const numbers = channels.map((column) => (isStringColumn(column) ? new Float64Array(0) : column.values));
  const sums = new Float64Array(channels.length);
  const counts = new Uint32Array(channels.length);
  let [filled, duplicates, beside] = [0, 0, 0];
  present.forEach((series, i) => {
    let at = series === 0 ? 0 : ends[series - 1]!;
    while (at < ends[series]!) {
      const exact = (sorted[at]! - starts[i]!) / interval;
      const slot = Math.round(exact);
      sums.fill(0);
      counts.fill(0);
      const first = at;
      for (; at < ends[series]! && Math.round((sorted[at]! - starts[i]!) / interval) === slot; at++)
        numbers.forEach((column, channel) => {
          const value = column[order[at]!]!;
          if (!Number.isFinite(value)) return;
          sums[channel]! += value;
          counts[channel]!++;
        });
      duplicates += at - first - 1;
      if (Math.abs(exact - slot) > TOLERANCE) beside++;
      filled++;
      const to = (offsets[i]! + slot) * channels.length;
      for (let channel = 0; channel < channels.length; channel++)
        if (counts[channel]! > 0) values[to + channel] = sums[channel]! / counts[channel]!;
    }
  });
  return { values, filled, duplicates, beside };
}

interface Remarks {
  readonly series: number;
  readonly filled: number;
  readonly empty: number;
  readonly duplicates: number;
  readonly beside: number;
  readonly without: number;
  readonly unsorted: boolean;
}

function noticesOf(remarks: Remarks, interval: number, time: string): string[] {
  const { series, filled, empty, duplicates, beside, without, unsorted } = remarks;
  const count = (n: number) => n.toLocaleString("en-US");
  const made = `${count(series)} series, a step every ${formatInterval(interval)}`;
  return [
    `Read as ${made}.`,
    ...(unsorted ? [`Rows were sorted by ${time}.`] : []),
    ...(without > 0 ? [`${count(without)} rows without a time are left out.`] : []),
    ...(duplicates > 0 ? [`${count(duplicates)} rows are of the same time as another and were averaged.`] : []),
    ...(beside > 0 ? [`${count(beside)} times lie beside the grid and were moved to the nearest step.`] : []),
    ...(empty > 0 ? [`${count(empty)} of ${count(empty + filled)} steps have no row and count as missing.`] : []),
  ];
}
