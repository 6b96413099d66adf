import {
  AT_LOSS,
  AT_PROBLEM_COUNT,
  AT_PROBLEMS,
  AT_ROWS,
  word,
  PROBLEM_ACTIVE,
  PROBLEM_BYTES,
  PROBLEM_DONE,
  PROBLEM_HIGHEST,
  PROBLEM_LOWEST,
  PROBLEM_MAX_PASSES,
  PROBLEM_ORDER,
  PROBLEM_PASSES,
  PROBLEM_RANDOM,
  PROBLEM_TOLERANCE,
  takeTask,
} from "./frame";
import { hingePass } from "./hinge";
import { logisticPass } from "./logistic";
import { shuffle } from "./rows";

export * from "./frame";
export { bestDual } from "./logistic";

export const LOSS_LOGISTIC: i32 = 0;
export const LOSS_SQUARED_HINGE: i32 = 1;
export const LOSS_HINGE: i32 = 2;

/** Dual variables are solved for at least this well, and better with every pass. */
const FIRST_INNER_TOLERANCE: f64 = 1e-2;
const LAST_INNER_TOLERANCE: f64 = 1e-10;

/** A phase: one pass over every problem that is not solved; a problem is one task, so its result knows no threads. */
export function descentPass(thread: i32): void {
  const count = word(AT_PROBLEM_COUNT);
  for (let task = takeTask(); task < count; task = takeTask()) {
    const problem = <usize>word(AT_PROBLEMS) + <usize>(task * PROBLEM_BYTES);
    if (load<i32>(problem, PROBLEM_DONE) == 0) descend(problem);
  }
}

function descend(problem: usize): void {
  const loss = word(AT_LOSS);
  const passes = load<i32>(problem, PROBLEM_PASSES) + 1;
  const order = <usize>load<i32>(problem, PROBLEM_ORDER);
  store<u64>(problem, shuffle(order, load<i32>(problem, PROBLEM_ACTIVE), load<u64>(problem, PROBLEM_RANDOM)), PROBLEM_RANDOM);
  const violation = loss == LOSS_LOGISTIC ? logisticPass(problem, innerTolerance(passes)) : hingePass(problem, loss == LOSS_SQUARED_HINGE);
  store<i32>(problem, passes, PROBLEM_PASSES);
  if (violation <= load<f64>(problem, PROBLEM_TOLERANCE)) settle(problem);
  if (passes >= load<i32>(problem, PROBLEM_MAX_PASSES)) store<i32>(problem, 1, PROBLEM_DONE);
}

/** Solved where all rows took part; otherwise those left out have to agree. */
function settle(problem: usize): void {
  const rows = word(AT_ROWS);
  if (load<i32>(problem, PROBLEM_ACTIVE) == rows) {
    store<i32>(problem, 1, PROBLEM_DONE);
    return;
  }
  store<i32>(problem, rows, PROBLEM_ACTIVE);
  store<f64>(problem, Infinity, PROBLEM_HIGHEST);
  store<f64>(problem, -Infinity, PROBLEM_LOWEST);
}

function innerTolerance(passes: i32): f64 {
  let tolerance = FIRST_INNER_TOLERANCE;
  for (let i: i32 = 1; i < passes && tolerance > LAST_INNER_TOLERANCE; i++) tolerance *= 0.25;
  return tolerance;
}
