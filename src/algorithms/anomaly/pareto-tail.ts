import { exp, log } from "../../core/index.ts";

/** Where a tail begins, its scale and its shape (0: exponential; more: heavier). */
export type Tail = readonly [border: number, scale: number, shape: number];

/** How much rarer the values of each of three quantiles are than those of the one before. */
const STEP = 2.5;
const HEAVIEST = 1;

/**
 * Fits the generalised Pareto distribution to a tail from three quantiles of it (Pickands, "Statistical inference using extreme order
 * statistics", 1975): few odd rows, which lie beyond them, do not change it.
 *
 * @param sorted values in rising order
 * @param share of the rows that lie in both tails together
 * @param end 1 for the high end, -1 for the low one
 */
export function fitTail(sorted: Float64Array, share: number, end: 1 | -1): Tail {
  const at = (part: number) => end * quantile(sorted, end === 1 ? 1 - part : part);
  const [border, middle, outer] = [at(share / 2), at(share / 2 / STEP), at(share / 2 / STEP ** 2)];
  const [near, far] = [middle - border, outer - middle];
  const shape = near > 0 && far > 0 ? Math.max(0, Math.min(HEAVIEST, log(far / near) / log(STEP))) : 0;
  const scale = shape === 0 ? near / log(STEP) : (near * shape) / (exp(shape * log(STEP)) - 1);
  return [end * border, scale, shape];
}

function quantile(sorted: Float64Array, share: number): number {
  if (sorted.length === 0) return 0;
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  return sorted[below]! + (place - below) * (sorted[Math.min(below + 1, sorted.length - 1)]! - sorted[below]!);
}

/** Minus the logarithm of the probability of a value as far out at either end; 0 for one that does not lie in this tail. */
export function tailSurprise(tail: ArrayLike<number>, share: number, end: 1 | -1, value: number): number {
  const [border, scale, shape] = [tail[0]!, tail[1]!, tail[2]!];
  const beyond = end * (value - border);
  if (!(beyond > 0)) return 0;
  // Where all values of the tail are one, whatever lies beyond it was never seen.
  const distance = scale === 0 ? MOST : beyond / scale;
  const surprise = shape === 0 ? distance : log(1 + shape * distance) / shape;
  return Math.min(MOST, surprise) - log(share);
}

/** No single value says more. */
const MOST = 30;
