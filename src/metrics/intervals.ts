import type { Task } from "../core/index.ts";

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
