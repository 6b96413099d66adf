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
