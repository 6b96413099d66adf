import type { LearningHistory } from "../../../core/index.ts";

/** Rounds before and after one whose means speak for it as well: a single round's highest is a chance of a few queries. */
const NEIGHBOURS = 10;

/**
 * The round around which the mean of several fits' curves is highest.
 *
 * @param series name of a metric of which more is better
 * @returns null where fewer than two fits report it in every round
 */
export function bestMeanRound(histories: readonly (LearningHistory | null)[], series: string): number | null {
  const curves = histories.flatMap((history) => curveOf(history, series));
  if (curves.length < 2) return null;
  const smooth = smoothed(meanCurve(curves));
  return smooth.indexOf(Math.max(...smooth)) + 1;
}

/** Fits stop at different rounds: from one round to the next the mean moves as the fits do that know both, half of them or more. */
function meanCurve(curves: readonly Float64Array[]): number[] {
  const means: number[] = [];
  for (let round = 1; ; round++) {
    const known = curves.filter(({ length }) => length >= round);
    if (known.length < curves.length / 2) return means;
    const moves = known.reduce((sum, curve) => sum + curve[round - 1]! - (curve[round - 2] ?? 0), 0);
    means.push((means.at(-1) ?? 0) + moves / known.length);
  }
}

function smoothed(values: readonly number[]): number[] {
  return values.map((_, i) => {
    const around = values.slice(Math.max(0, i - NEIGHBOURS), i + NEIGHBOURS + 1);
    return around.reduce((sum, value) => sum + value, 0) / around.length;
  });
}

/** A value a round from the first; between the points of a history on a straight line. None where a point is unknown. */
function curveOf(history: LearningHistory | null, series: string): Float64Array[] {
  const values = history?.series[series];
  if (history === null || values === undefined || history.steps[0] !== 1 || values.includes(null)) return [];
  const curve = new Float64Array(history.steps.at(-1)!);
  for (let i = 0; i < values.length; i++) {
    const [step, value] = [history.steps[i]!, values[i]!];
    const [before, from] = i === 0 ? [0, value] : [history.steps[i - 1]!, values[i - 1]!];
    for (let round = before + 1; round <= step; round++)
      curve[round - 1] = from + ((value - from) * (round - before)) / (step - before);
  }
  return [curve];
}
