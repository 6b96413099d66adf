import { convexWeights } from "./convex-weights.ts";

/** A member of twice the squared error of another has a sixteenth of its weight before anything is fitted. */
const POWER = 4;
/** Stretches of rows whose errors are compared: neighbours err alike, so that single rows say too much. */
const STRETCHES = 20;
/** Standard errors of the best member's squared error that a fitted mixture must overcome. */
const STANDARD_ERRORS = 3;

/**
 * Weights of forecasts at or over 0 that sum to 1. They begin at powers of the inverse squared errors (Bates and Granger, "The
 * combination of forecasts", 1969; Stock and Watson, "Combination forecasts of output growth", 2004), and are drawn from there to the
 * mixture with the least squared error as far as the rows can tell: the fit is penalised by the squared distance to where they begin
 * (ridge regression: Hoerl and Kennard, 1970), times the standard error of the best member's squared error. Weights that are fitted
 * freely to few rows forecast worse than even ones (Timmermann, "Forecast combinations", 2006).
 *
 * @param errors by member, of the same held-out rows in the same order
 */
export function stackedWeights(errors: readonly Float64Array[]): Float64Array {
  const products = errors.map((a) => Float64Array.from(errors, (b) => dot(a, b)));
  const sums = products.map((row, k) => row[k]!);
  const best = sums.indexOf(Math.min(...sums));
  const strength = STANDARD_ERRORS * spreadOfSum(errors[best]!);
  return convexWeights(products, { towards: shares(sums), strength });
}

/** Shares that fall with a power of the sums; members without error share all. */
function shares(sums: readonly number[]): Float64Array {
  const least = Math.min(...sums);
  const raw = Float64Array.from(sums, (sum) => (sum === least ? 1 : (least / sum) ** POWER));
  const total = raw.reduce((sum, share) => sum + share, 0);
  return raw.map((share) => share / total);
}

/** The standard error of the sum of squares, by how much stretches of rows differ. */
function spreadOfSum(errors: Float64Array): number {
  const count = Math.min(STRETCHES, errors.length);
  if (count < 2) return 0;
  const border = (k: number) => Math.round((k * errors.length) / count);
  const own = Array.from({ length: count }, (_, k) => {
    const stretch = errors.subarray(border(k), border(k + 1));
    return dot(stretch, stretch);
  });
  const mean = own.reduce((sum, one) => sum + one, 0) / count;
  const squares = own.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  return Math.sqrt((squares / (count - 1)) * count);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
