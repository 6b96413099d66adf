/** Number, mean and sum of squared deviations (Welford, 1962). */
export interface Moments {
  rows: number;
  mean: number;
  squares: number;
}

export function newMoments(): Moments {
  return { rows: 0, mean: 0, squares: 0 };
}

/** Adds a value; one that is missing says nothing. */
export function addValue(moments: Moments, value: number): void {
  if (Number.isNaN(value)) return;
  moments.rows++;
  const from = value - moments.mean;
  moments.mean += from / moments.rows;
  moments.squares += from * (value - moments.mean);
}

/** What few rows are taken to spread by: as much as `PRIOR_ROWS` rows of this standard deviation. */
const PRIOR_STD = 0.2;
const PRIOR_ROWS = 2;

export function meanOf({ rows, mean }: Moments): number {
  return rows === 0 ? Number.NaN : mean;
}

/** Standard deviation, drawn towards what is usual where there are few rows; NaN without any. */
export function spreadOf({ rows, squares }: Moments): number {
  return rows === 0 ? Number.NaN : Math.sqrt((squares + PRIOR_ROWS * PRIOR_STD ** 2) / (rows + PRIOR_ROWS));
}

/** How many standard deviations a value lies above the mean. */
export function scoreOf(moments: Moments, value: number): number {
  return (value - meanOf(moments)) / spreadOf(moments);
}
