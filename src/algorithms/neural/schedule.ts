/** Updates until the learning rate is up, at most, and the share of all updates that this may take. */
const WARM_UP_UPDATES = 200;
const WARM_UP_SHARE = 0.05;

/**
 * The learning rate of one update, as a share of the highest: rises linearly, then falls smoothly to 0. The fall is the cubic
 * 1 - 3x² + 2x³, which stays within 0.02 of a half cosine and, unlike it, is the same number everywhere.
 *
 * @param update from 0
 * @param total updates in all, at least 1
 */
export function learningRateShare(update: number, total: number): number {
  const warmUp = Math.max(1, Math.min(WARM_UP_UPDATES, Math.floor(total * WARM_UP_SHARE)));
  if (update < warmUp) return (update + 1) / warmUp;
  const x = Math.min(1, (update - warmUp) / Math.max(1, total - warmUp));
  return 1 - x * x * (3 - 2 * x);
}

/**
 * By how much of the difference a moving mean follows after an update: fast at first, so that the first weights are soon forgotten.
 *
 * @param decay of the mean, below 1
 * @param update from 0
 */
export function averagingShare(decay: number, update: number): number {
  return 1 - Math.min(decay, (1 + update) / (10 + update));
}
