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
  PROBLEM_HIGHEST,
  PROBLEM_HYPERPLANE,
  PROBLEM_LABELS,
  PROBLEM_LOWEST,
  PROBLEM_ORDER,
} from "./frame";
import { addRow, dot } from "./rows";

/**
 * One pass of dual coordinate descent for the hinge (`squared` false) or squared hinge loss with rows at their bounds left out
 * (Hsieh et al., "A dual coordinate descent method for large-scale linear SVM", ICML 2008, algorithm 3).
 * Returns the spread of the projected gradients: 0 at the solution.
 */
export function hingePass(problem: usize, squared: bool): f64 {
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
  const highestBefore = load<f64>(problem, PROBLEM_HIGHEST);
  const lowestBefore = load<f64>(problem, PROBLEM_LOWEST);
  let active = load<i32>(problem, PROBLEM_ACTIVE);
  let highest: f64 = -Infinity;
  let lowest: f64 = Infinity;
  for (let s: i32 = 0; s < active; s++) {
    const place = order + (<usize>s << 2);
    const row = <usize>load<u32>(place);
    const sign = <f64>load<i8>(labels + row);
    const weight: f64 = weights == 0 ? 1 : <f64>load<f32>(weights + (row << 2));
    const cost = weight * (sign > 0 ? load<f64>(problem, PROBLEM_COST_POSITIVE) : load<f64>(problem, PROBLEM_COST_NEGATIVE));
    // A row that costs nothing keeps its dual variable at 0.
    if (cost == 0) continue;
    const start = load<u32>(offsets + (row << 2));
    const entries = <i32>(load<u32>(offsets + (row << 2), 4) - start);
    const index = indices + (<usize>start << 2);
    const value = values + (<usize>start << 2);
    const diagonal: f64 = squared ? 0.5 / cost : 0;
    const upper: f64 = squared ? Infinity : cost;
    const alpha = load<f64>(alphas + (row << 3));
    const gradient = sign * dot(index, value, entries, plane, width) - 1 + alpha * diagonal;
    let projected: f64 = gradient;
    if (alpha == 0) {
      if (gradient > highestBefore) {
        leaveOut(place, order + (<usize>--active << 2), <u32>row);
        s--;
        continue;
      }
      if (gradient > 0) projected = 0;
    } else if (alpha == upper) {
      if (gradient < lowestBefore) {
        leaveOut(place, order + (<usize>--active << 2), <u32>row);
        s--;
        continue;
      }
      if (gradient < 0) projected = 0;
    }
    if (projected > highest) highest = projected;
    if (projected < lowest) lowest = projected;
    if (Math.abs(projected) < 1e-12) continue;
    let moved = alpha - gradient / (load<f64>(norms + (row << 3)) + diagonal);
    if (moved < 0) moved = 0;
    if (moved > upper) moved = upper;
    store<f64>(alphas + (row << 3), moved);
    addRow(index, value, entries, plane, width, (moved - alpha) * sign);
  }
  store<i32>(problem, active, PROBLEM_ACTIVE);
  store<f64>(problem, highest <= 0 ? Infinity : highest, PROBLEM_HIGHEST);
  store<f64>(problem, lowest >= 0 ? -Infinity : lowest, PROBLEM_LOWEST);
  return active == 0 ? 0 : highest - lowest;
}

/** Swaps a row with the last active one. */
// @ts-ignore: decorator
@inline
function leaveOut(place: usize, last: usize, row: u32): void {
  store<u32>(place, load<u32>(last));
  store<u32>(last, row);
}
