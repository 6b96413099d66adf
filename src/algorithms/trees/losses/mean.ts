import type { Labels } from "./loss.ts";

/** Weighted mean of the targets; a running one, which cannot overflow, whatever the targets. 0 where no row has weight. */
export function weightedMean({ target, weight, rows }: Labels): number {
  let mean = 0;
  let total = 0;
  for (let i = 0; i < rows; i++) {
    const w = weight === null ? 1 : weight[i]!;
    total += w;
    if (w > 0) mean += (w / total) * (target[i]! - mean);
  }
  return mean;
}
