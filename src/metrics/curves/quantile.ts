/**
 * Quantile of values in rising order, linear between neighbours (numpy's default). NaN where there are none.
 *
 * @param share from 0 to 1
 */
export function quantileOfSorted(sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  return low + (place - below) * (sorted[Math.min(below + 1, sorted.length - 1)]! - low);
}

/** Counts values in bins of equal width; those beyond an end are counted in the bin at that end, NaN nowhere. */
export function countInBins(values: ArrayLike<number>, low: number, high: number, bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (let i = 0; i < values.length; i++) {
    const at = binOf(values[i]!, low, high, bins);
    if (!Number.isNaN(at)) counts[Math.min(bins - 1, Math.max(0, at))]!++;
  }
  return counts;
}

/** The bin of a value, counted from 0, outside of 0 to bins - 1 where the value is beyond an end. The top edge is in the last. */
export function binOf(value: number, low: number, high: number, bins: number): number {
  if (value === high) return bins - 1;
  return Math.floor(((value - low) / (high - low)) * bins);
}
