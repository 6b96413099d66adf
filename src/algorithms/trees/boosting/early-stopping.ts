/** Where the best model so far was. Plain data; part of a trainer's state. */
export interface Progress {
  /** Rounds done. */
  readonly round: number;
  /** Rounds of the best model by the validation metric; 0 before the first. */
  readonly bestRound: number;
  readonly bestMetric: number | null;
}

export const NO_PROGRESS: Progress = { round: 0, bestRound: 0, bestMetric: null };

/** Counts a round; `metric` (lower is better) is null where there are no validation rows. Equal is not better. */
export function afterRound(progress: Progress, metric: number | null): Progress {
  const round = progress.round + 1;
  if (metric === null) return { round, bestRound: round, bestMetric: null };
  if (progress.bestMetric !== null && !(metric < progress.bestMetric)) return { ...progress, round };
  return { round, bestRound: round, bestMetric: metric };
}

/** Whether the metric has not improved for `patience` rounds; never where patience is 0 or nothing is watched. */
export function hasStalled(progress: Progress, patience: number): boolean {
  return patience > 0 && progress.bestMetric !== null && progress.round - progress.bestRound >= patience;
}
