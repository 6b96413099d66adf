import { log } from "../../core/index.ts";
import type { DescentLoss, LinearProblem, ProblemState, SparseMatrix } from "./linear-machine.ts";

/**
 * Naive twin of a pass of the kernel: the same operations in the same order, so that both give the same bits.
 *
 * @returns the state after the pass
 */
export function naiveDescentPass(
  matrix: SparseMatrix,
  weights: Float32Array | null,
  loss: DescentLoss,
  problem: LinearProblem,
  state: ProblemState,
): ProblemState {
  const [alpha, plane, order] = [state.alpha.slice(), state.hyperplane.slice(), state.order.slice()];
  let [active, passes, done, highest, lowest, high, low] = state.scalars as unknown as number[];
  const random = shuffle(order, active!, (BigInt(high!) << 32n) | BigInt(low!));
  [high, low] = [Number(random >> 32n), Number(random & 0xffffffffn)];
  passes!++;
  const pass = { matrix, alpha, plane, problem };
  let violation = 0;
  if (loss === "logistic") {
    for (const row of order.subarray(0, active))
      violation = Math.max(violation, logisticRow(pass, row, weights, passes!));
  } else {
    const borders: [number, number] = [highest!, lowest!];
    const seen: [number, number] = [-Infinity, Infinity];
    for (let s = 0; s < active!; s++) {
      if (!hingeRow(pass, order[s]!, weights, loss === "squaredHinge", borders, seen)) continue;
      active!--;
      [order[s], order[active!]] = [order[active!]!, order[s]!];
      s--;
    }
    highest = seen[0] <= 0 ? Infinity : seen[0];
    lowest = seen[1] >= 0 ? -Infinity : seen[1];
    violation = active === 0 ? 0 : seen[0] - seen[1];
  }
  if (violation <= problem.tolerance) {
    if (active === matrix.rows) done = 1;
    else [active, highest, lowest] = [matrix.rows, Infinity, -Infinity];
  }
  if (passes! >= problem.maxPasses) done = 1;
  return {
    alpha,
    hyperplane: plane,
    order,
    scalars: Float64Array.of(active!, passes!, done!, highest!, lowest!, high!, low!),
  };
}

interface Pass {
  readonly matrix: SparseMatrix;
  readonly alpha: Float64Array;
  readonly plane: Float64Array;
  readonly problem: LinearProblem;
}

function shuffle(order: Uint32Array, count: number, seed: bigint): bigint {
  const mask = 0xffffffffffffffffn;
  let state = seed;
  for (let i = count - 1; i > 0; i--) {
    state ^= state >> 12n;
    state ^= (state << 25n) & mask;
    state ^= state >> 27n;
    const drawn = ((state * 2685821657736338717n) & mask) >> 32n;
    const j = Number((drawn * BigInt(i + 1)) >> 32n);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return state;
}

function rowOf({ offsets, indices, values }: SparseMatrix, row: number) {
  const [start, end] = [offsets[row]!, offsets[row + 1]!];
  return { columns: indices.subarray(start, end), entries: values.subarray(start, end) };
}

function slopeOf({ matrix, plane, problem }: Pass, row: number): { slope: number; size: number } {
  const { columns, entries } = rowOf(matrix, row);
  let sum = plane[matrix.width]!;
  let size = 1;
  columns.forEach((column, k) => {
    sum += entries[k]! * plane[column]!;
    size += entries[k]! * entries[k]!;
  });
  return { slope: problem.labels[row]! * sum, size };
}

function move({ matrix, alpha, plane, problem }: Pass, row: number, value: number): void {
  const step = (value - alpha[row]!) * problem.labels[row]!;
  alpha[row] = value;
  const { columns, entries } = rowOf(matrix, row);
  columns.forEach((column, k) => {
    plane[column]! += step * entries[k]!;
  });
  plane[matrix.width]! += step;
}

function costOf({ problem }: Pass, row: number, weights: Float32Array | null): number {
  return (weights?.[row] ?? 1) * problem.costs[problem.labels[row]! > 0 ? 0 : 1];
}

/** True where the row is left out. */
function hingeRow(
  pass: Pass,
  row: number,
  weights: Float32Array | null,
  squared: boolean,
  [highest, lowest]: readonly [number, number],
  seen: [number, number],
): boolean {
  const cost = costOf(pass, row, weights);
  if (cost === 0) return false;
  const upper = squared ? Infinity : cost;
  const diagonal = squared ? 0.5 / cost : 0;
  const alpha = pass.alpha[row]!;
  const { slope, size } = slopeOf(pass, row);
  const gradient = slope - 1 + alpha * diagonal;
  if (alpha === 0 && gradient > highest) return true;
  if (alpha !== 0 && alpha === upper && gradient < lowest) return true;
  const bound = alpha === 0 ? Math.min(gradient, 0) : alpha === upper ? Math.max(gradient, 0) : gradient;
  seen[0] = Math.max(seen[0], bound);
  seen[1] = Math.min(seen[1], bound);
  if (Math.abs(bound) >= 1e-12) move(pass, row, Math.min(upper, Math.max(0, alpha - gradient / (size + diagonal))));
  return false;
}

/** How much the row's dual variable violated its optimum. */
function logisticRow(pass: Pass, row: number, weights: Float32Array | null, passes: number): number {
  const cost = costOf(pass, row, weights);
  if (cost === 0) return 0;
  const alpha = pass.alpha[row]!;
  const { slope, size } = slopeOf(pass, row);
  const best = bestDual(alpha, cost, size, slope, innerTolerance(passes));
  if (best !== alpha) move(pass, row, best);
  return Math.abs(slope + log(alpha / (cost - alpha)));
}

function innerTolerance(passes: number): number {
  let tolerance = 1e-2;
  for (let i = 1; i < passes && tolerance > 1e-10; i++) tolerance *= 0.25;
  return tolerance;
}

function bestDual(alpha: number, cost: number, a: number, b: number, tolerance: number): number {
  const nearUpper = a * (cost / 2 - alpha) + b < 0;
  const from = nearUpper ? cost - alpha : alpha;
  const slope = nearUpper ? -b : b;
  let z = Math.min(from, cost / 2);
  for (let inner = 0; inner < 100; inner++) {
    const value = a * (z - from) + slope + log(z / (cost - z));
    if (Math.abs(value) < tolerance) break;
    const next = z - value / (a + cost / (z * (cost - z)));
    z = next > 0 ? Math.min(next, cost / 2) : z * 0.1;
  }
  return nearUpper ? cost - z : z;
}
