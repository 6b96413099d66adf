import type { SeriesTable } from "../../../data/index.ts";
import type { SeriesPlan } from "../series-plan.ts";

/** Weeks from which on each time of the week has a usual reading of its own, not of the day. */
const LEAST_WEEKS = 6;

/** How far series were from what is usual, at the same times for all: a number for each time. */
export interface Deviations {
  /** By series: at each time, some steps before it, and some steps ahead. */
  readonly now: readonly Float32Array[];
  readonly before: readonly Float32Array[];
  readonly ahead: readonly Float32Array[];
}

export interface DeviationRequest {
  /** End of what is looked at. */
  readonly until: number;
  /** Times at most; they lie evenly. */
  readonly most: number;
  readonly stepsBefore: number;
  readonly stepsAhead: number;
}

/** Draws deviations of the target of all series from its mean at that time of the week, or of the day where there are few weeks. */
export function drawDeviations(
  plan: Pick<SeriesPlan, "day" | "week" | "steps">,
  table: SeriesTable,
  { until, most, stepsBefore, stepsAhead }: DeviationRequest,
): Deviations {
  const begin = table.starts.reduce((least, start) => Math.min(least, start), Number.POSITIVE_INFINITY);
  const end = table.starts.reduce(
    (latest, start, i) => Math.max(latest, start + (table.offsets[i + 1]! - table.offsets[i]!) * table.interval),
    begin,
  );
  const steps = Math.max(0, Math.floor((Math.min(until, end) - begin) / table.interval));
  const period = plan.week !== null && steps >= LEAST_WEEKS * plan.week ? plan.week : (plan.day ?? 1);
  const stride = Math.max(1, Math.ceil((steps - stepsBefore - stepsAhead) / most));
  const times: number[] = [];
  for (let step = stepsBefore; step + stepsAhead < steps; step += stride) times.push(step);
  const drawn: { now: Float32Array[]; before: Float32Array[]; ahead: Float32Array[] } = {
    now: [],
    before: [],
    ahead: [],
  };
  table.names.forEach((_, series) => {
    const all = deviationsOf(table, series, { begin, steps, period, carried: plan.steps });
    drawn.now.push(Float32Array.from(times, (step) => all[step]!));
    drawn.before.push(Float32Array.from(times, (step) => all[step - stepsBefore]!));
    drawn.ahead.push(Float32Array.from(times, (step) => all[step + stepsAhead]!));
  });
  return drawn;
}

interface Grid {
  /** Time of the first step, and how many there are. */
  readonly begin: number;
  readonly steps: number;
  /** Steps until the same time comes again. */
  readonly period: number;
  /** Steps for which a missing reading repeats the deviation before it; then it is 0. */
  readonly carried: number;
}

/** The deviations of a series, by steps of the grid. */
function deviationsOf(table: SeriesTable, series: number, { begin, steps, period, carried }: Grid): Float32Array {
  const { offsets, values, channels, starts, interval } = table;
  const shift = offsets[series]! - Math.round((starts[series]! - begin) / interval);
  const reading = (step: number): number =>
    step + shift < offsets[series]! || step + shift >= offsets[series + 1]!
      ? Number.NaN
      : values[(step + shift) * channels.length]!;
  const sums = new Float64Array(period);
  const counts = new Uint32Array(period);
  for (let step = 0; step < steps; step++) {
    const value = reading(step);
    if (Number.isNaN(value)) continue;
    sums[step % period]! += value;
    counts[step % period]!++;
  }
  const found = new Float32Array(steps);
  let [last, since] = [0, 0];
  for (let step = 0; step < steps; step++) {
    const value = reading(step);
    since = Number.isNaN(value) ? since + 1 : 0;
    if (since === 0) last = value - sums[step % period]! / counts[step % period]!;
    else if (since > carried) last = 0;
    found[step] = last;
  }
  return found;
}
