/**
 * The best loss so far after 1, 2, 4, 8 … reports of a trial: short enough to be kept of every trial, and the same places in all of
 * them, however long each is.
 */
export interface Curve {
  /** Reports so far. */
  readonly reports: number;
  /** Best loss after 2^i reports. */
  readonly best: readonly number[];
  /** Best loss so far; null before the first report. */
  readonly last: number | null;
}

export const EMPTY_CURVE: Curve = { reports: 0, best: [], last: null };

export function extendCurve({ reports, best, last }: Curve, loss: number): Curve {
  const lowest = last === null || loss < last ? loss : last;
  const next = reports + 1;
  return { reports: next, best: next === 2 ** best.length ? [...best, lowest] : best, last: lowest };
}

/** Trials that run to their end before any is given up. */
const TRIALS_BEFORE = 5;
/** A trial is not judged before this share of the reports that the best one made. */
const LEAST_SHARE = 0.25;

/**
 * Whether a trial should be given up: after 2^i reports, and a quarter of those that the best trial made, it is worse than the
 * median of the finished trials was by then (Golovin et al., "Google Vizier", 2017).
 *
 * @param others trials that came to their end
 */
export function shouldPrune(curve: Curve, others: readonly Curve[]): boolean {
  const ended = others.filter(({ last }) => last !== null);
  if (ended.length < TRIALS_BEFORE || curve.last === null || curve.reports !== 2 ** (curve.best.length - 1))
    return false;
  const leader = ended.reduce((best, other) => (other.last! < best.last! ? other : best));
  if (curve.reports < LEAST_SHARE * leader.reports) return false;
  const rung = curve.best.length - 1;
  const then = ended.map((other) => other.best[rung] ?? other.last!).sort((a, b) => a - b);
  return curve.last > then[Math.floor(then.length / 2)]!;
}
