import { log } from "../../trees/assembly/mathematics";
import {
  AT_INDICES,
  AT_NORMS,
  AT_OFFSETS,
  AT_VALUES,
  AT_WEIGHTS,
  AT_WIDTH,
  number,
  PROBLEM_ACTIVE,
  PROBLEM_ALPHA,
  PROBLEM_COST_NEGATIVE,
  PROBLEM_COST_POSITIVE,
  PROBLEM_HYPERPLANE,
  PROBLEM_LABELS,
  PROBLEM_ORDER,
} from "./frame";
import { addRow, dot } from "./rows";

/** Newton steps for one dual variable at most. */
const MAX_INNER: i32 = 100;
/** A step over the bound goes this share of the way instead. */
const SHRINK: f64 = 0.1;

/**
 * One pass of dual coordinate descent for the logistic loss (Yu, Huang and Lin, "Dual coordinate descent methods for logistic
 * regression and maximum entropy models", Machine Learning 85, 2011, algorithm 5). Dual variables stay strictly between 0 and
 * the row's cost. Returns the largest violation met: 0 at the solution.
 */
export function logisticPass(problem: usize, tolerance: f64): f64 {
  const width = number(AT_WIDTH);
  const offsets = <usize>number(AT_OFFSETS);
  const indices = <usize>number(AT_INDICES);
  const values = <usize>number(AT_VALUES);
  const norms = <usize>number(AT_NORMS);
  const weights = <usize>number(AT_WEIGHTS);
  const labels = <usize>load<i32>(problem, PROBLEM_LABELS);
  const alphas = <usize>load<i32>(problem, PROBLEM_ALPHA);
  const plane = <usize>load<i32>(problem, PROBLEM_HYPERPLANE);
  const order = <usize>load<i32>(problem, PROBLEM_ORDER);
  const active = load<i32>(problem, PROBLEM_ACTIVE);
  let violation: f64 = 0;
  for (let s: i32 = 0; s < active; s++) {
    const row = <usize>load<u32>(order + (<usize>s << 2));
    const sign = <f64>load<i8>(labels + row);
    const weight: f64 = weights == 0 ? 1 : <f64>load<f32>(weights + (row << 2));
    const cost = weight * (sign > 0 ? load<f64>(problem, PROBLEM_COST_POSITIVE) : load<f64>(problem, PROBLEM_COST_NEGATIVE));
    if (cost == 0) continue;
    const start = load<u32>(offsets + (row << 2));
    const entries = <i32>(load<u32>(offsets + (row << 2), 4) - start);
    const index = indices + (<usize>start << 2);
    const value = values + (<usize>start << 2);
    const alpha = load<f64>(alphas + (row << 3));
    const slope = sign * dot(index, value, entries, plane, width);
    const size = load<f64>(norms + (row << 3));
    const gradient = slope + log(alpha / (cost - alpha));
    if (Math.abs(gradient) > violation) violation = Math.abs(gradient);
    const moved = bestDual(alpha, cost, size, slope, tolerance);
    if (moved == alpha) continue;
    store<f64>(alphas + (row << 3), moved);
    addRow(index, value, entries, plane, width, (moved - alpha) * sign);
  }
  return violation;
}

/**
 * The z strictly between 0 and `cost` at which a (z - alpha) + b + log(z / (cost - z)) is 0. Works from the bound that the
 * solution is nearer to: there the function is concave, so that Newton's method never overshoots once it is on the near side.
 */
export function bestDual(alpha: f64, cost: f64, a: f64, b: f64, tolerance: f64): f64 {
  const nearUpper = a * (cost / 2 - alpha) + b < 0;
  const from = nearUpper ? cost - alpha : alpha;
  const slope = nearUpper ? -b : b;
  let z = Math.min(from, cost / 2);
  for (let inner: i32 = 0; inner < MAX_INNER; inner++) {
    const value = a * (z - from) + slope + log(z / (cost - z));
    if (Math.abs(value) < tolerance) break;
    const next = z - value / (a + cost / (z * (cost - z)));
    z = next > 0 ? Math.min(next, cost / 2) : z * SHRINK;
  }
  return nearUpper ? cost - z : z;
}
