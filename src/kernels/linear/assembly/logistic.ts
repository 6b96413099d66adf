import { log } from "../../mathematics/assembly/mathematics";
import { PROBLEM_ACTIVE, PROBLEM_ORDER } from "./frame";
import { alpha, bindProblem, cost, enterRow, margin, moveTo, rowNorm } from "./rows";

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
  bindProblem(problem);
  const order = <usize>load<i32>(problem, PROBLEM_ORDER);
  const active = load<i32>(problem, PROBLEM_ACTIVE);
  let violation: f64 = 0;
  for (let s: i32 = 0; s < active; s++) {
    enterRow(<usize>load<u32>(order + (<usize>s << 2)));
    if (cost == 0) continue;
    const slope = margin();
    violation = max<f64>(violation, Math.abs(slope + log(alpha / (cost - alpha))));
    const moved = bestDual(alpha, cost, rowNorm(), slope, tolerance);
    if (moved != alpha) moveTo(moved);
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
