import { PROBLEM_ACTIVE, PROBLEM_HIGHEST, PROBLEM_LOWEST, PROBLEM_ORDER } from "./frame";
import { alpha, bindProblem, cost, enterRow, margin, moveTo, rowNorm } from "./rows";

/** Gradients below this change nothing. */
const NOTHING: f64 = 1e-12;

let highest: f64 = 0;
let lowest: f64 = 0;

/**
 * One pass of dual coordinate descent for the hinge (`squared` false) or squared hinge loss with rows at their bounds left out
 * (Hsieh et al., "A dual coordinate descent method for large-scale linear SVM", ICML 2008, algorithm 3).
 * Returns the spread of the projected gradients: 0 at the solution.
 */
export function hingePass(problem: usize, squared: bool): f64 {
  bindProblem(problem);
  const order = <usize>load<i32>(problem, PROBLEM_ORDER);
  const above = load<f64>(problem, PROBLEM_HIGHEST);
  const below = load<f64>(problem, PROBLEM_LOWEST);
  let active = load<i32>(problem, PROBLEM_ACTIVE);
  highest = -Infinity;
  lowest = Infinity;
  for (let s: i32 = 0; s < active; s++) {
    const here = order + (<usize>s << 2);
    const row = load<u32>(here);
    enterRow(<usize>row);
    if (descendRow(squared, above, below)) continue;
    const last = order + (<usize>--active << 2);
    store<u32>(here, load<u32>(last));
    store<u32>(last, row);
    s--;
  }
  store<i32>(problem, active, PROBLEM_ACTIVE);
  store<f64>(problem, highest <= 0 ? Infinity : highest, PROBLEM_HIGHEST);
  store<f64>(problem, lowest >= 0 ? -Infinity : lowest, PROBLEM_LOWEST);
  return active == 0 ? 0 : highest - lowest;
}

/** Moves the entered row's dual variable to its optimum; false where the row is to be left out of the pass. */
// @ts-ignore: decorator
@inline
function descendRow(squared: bool, above: f64, below: f64): bool {
  // A row that costs nothing keeps its dual variable at 0.
  if (cost == 0) return true;
  const diagonal: f64 = squared ? 0.5 / cost : 0;
  const upper: f64 = squared ? Infinity : cost;
  const gradient = margin() - 1 + alpha * diagonal;
  let projected: f64 = gradient;
  if (alpha == 0) {
    if (gradient > above) return false;
    projected = min<f64>(gradient, 0);
  } else if (alpha == upper) {
    if (gradient < below) return false;
    projected = max<f64>(gradient, 0);
  }
  if (projected > highest) highest = projected;
  if (projected < lowest) lowest = projected;
  if (Math.abs(projected) >= NOTHING) moveTo(min<f64>(upper, max<f64>(0, alpha - gradient / (rowNorm() + diagonal))));
  return true;
}
