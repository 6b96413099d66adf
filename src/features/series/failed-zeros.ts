import type { SeriesTable } from "../../data/index.ts";

/** Of a mean reading, what a reading before zeros has at least where they came suddenly. */
const SUDDEN = 0.5;

/** How readings of 0 of the target look among the others. */
export interface ZeroLook {
  /** Of all readings, how many are 0. */
  readonly share: number;
  /** Most other readings are no whole numbers: not counts, but speeds or shares. */
  readonly fractions: boolean;
  /** Most runs of 0 begin behind readings that are far from it, as where a sensor fails. */
  readonly sudden: boolean;
}

/** Looks at the zeros of the first channel of series, to tell failed readings from small ones. */
export function lookAtZeros({ offsets, values, channels }: SeriesTable): ZeroLook {
  const width = channels.length;
  let [zeros, others, fractions, sum] = [0, 0, 0, 0];
  for (let at = 0; at < values.length; at += width) {
    const value = values[at]!;
    if (value === 0) zeros++;
    else if (!Number.isNaN(value)) {
      others++;
      sum += Math.abs(value);
      if (value !== Math.floor(value)) fractions++;
    }
  }
  const far = others === 0 ? 0 : (SUDDEN * sum) / others;
  let [runs, sudden] = [0, 0];
  for (let series = 0; series + 1 < offsets.length; series++)
    for (let step = offsets[series]! + 1; step < offsets[series + 1]!; step++) {
      const before = values[(step - 1) * width]!;
      if (values[step * width] !== 0 || before === 0 || Number.isNaN(before)) continue;
      runs++;
      if (Math.abs(before) >= far) sudden++;
    }
  return {
    share: zeros === 0 ? 0 : zeros / (zeros + others),
    fractions: 2 * fractions > others,
    sudden: 2 * sudden > runs,
  };
}
