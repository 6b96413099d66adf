import type { Task } from "./task.ts";

/** A time that comes back: the column that holds the reading one season before a step ahead. */
export type Season = "day" | "week";

/**
 * Name of the feature that holds the target one day or one week before a step ahead (or, where that lies ahead of the last
 * reading, as many seasons before as it takes). Naive forecasts find it by this name.
 *
 * @param step steps ahead, from 1
 */
export function seasonFeature(target: string, season: Season, step: number): string {
  return `${target} a ${season} before step ${step}`;
}

/**
 * Name of the feature that holds what is usual for the target at the time of day, or of the week, of a step ahead.
 *
 * @param step steps ahead, from 1; 0 for the last reading
 */
export function usualFeature(target: string, season: Season, step: number): string {
  return `usual ${target}${season === "week" ? " of the week" : ""} at step ${step}`;
}

/** Names of the features that are made for one step ahead alone. @param step from 1 */
export function featuresOfStep(target: string, step: number): string[] {
  return (["day", "week"] as const).flatMap((season) => [
    seasonFeature(target, season, step),
    usualFeature(target, season, step),
  ]);
}

/** Share of true values that intervals are to cover. */
export const INTERVAL_LEVEL = 0.9;

/** Which of a step's outputs is its value: the only one, or the quantile nearest the middle. */
export function pointOutput({ quantiles }: Pick<Task, "quantiles">): number {
  if (quantiles === undefined) return 0;
  return quantiles.reduce((best, level, k) => (Math.abs(level - 0.5) < Math.abs(quantiles[best]! - 0.5) ? k : best), 0);
}

/**
 * The interval of a step.
 *
 * @param reach how far it reaches beyond the lowest and the highest output; negative where quantiles lie too far apart
 */
export function intervalOf(
  reach: number,
  lower: number,
  upper: number,
): { readonly low: number; readonly high: number } {
  const [low, high] = [lower - reach, upper + reach];
  // Quantiles that are drawn together farther than they lie apart meet in the middle.
  return low <= high ? { low, high } : { low: (low + high) / 2, high: (low + high) / 2 };
}
