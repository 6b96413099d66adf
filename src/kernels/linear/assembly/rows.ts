import {
  AT_INDICES,
  AT_NORMS,
  AT_OFFSETS,
  AT_VALUES,
  AT_WEIGHTS,
  AT_WIDTH,
  word,
  PROBLEM_ALPHA,
  PROBLEM_COST_NEGATIVE,
  PROBLEM_COST_POSITIVE,
  PROBLEM_HYPERPLANE,
  PROBLEM_LABELS,
} from "./frame";

// The matrix and the problem that this thread works on. The constant behind the columns is 1 in every row.
let width: i32 = 0;
let offsets: usize = 0;
let indices: usize = 0;
let values: usize = 0;
let norms: usize = 0;
let weights: usize = 0;
let labels: usize = 0;
let alphas: usize = 0;
let plane: usize = 0;
let costPositive: f64 = 0;
let costNegative: f64 = 0;

// The row that was entered.
export let sign: f64 = 0;
/** What the row may cost at most. */
export let cost: f64 = 0;
export let alpha: f64 = 0;
let place: usize = 0;
let index: usize = 0;
let value: usize = 0;
let entries: i32 = 0;

/** Makes a problem the one that rows are entered for. */
export function bindProblem(problem: usize): void {
  width = word(AT_WIDTH);
  offsets = <usize>word(AT_OFFSETS);
  indices = <usize>word(AT_INDICES);
  values = <usize>word(AT_VALUES);
  norms = <usize>word(AT_NORMS);
  weights = <usize>word(AT_WEIGHTS);
  labels = <usize>load<i32>(problem, PROBLEM_LABELS);
  alphas = <usize>load<i32>(problem, PROBLEM_ALPHA);
  plane = <usize>load<i32>(problem, PROBLEM_HYPERPLANE);
  costPositive = load<f64>(problem, PROBLEM_COST_POSITIVE);
  costNegative = load<f64>(problem, PROBLEM_COST_NEGATIVE);
}

/** Enters a row: its sign, cost and dual variable. */
// @ts-ignore: decorator
@inline
export function enterRow(row: usize): void {
  const weight: f64 = weights == 0 ? 1 : <f64>load<f32>(weights + (row << 2));
  sign = <f64>load<i8>(labels + row);
  cost = weight * (sign > 0 ? costPositive : costNegative);
  place = row << 3;
  alpha = load<f64>(alphas + place);
  const start = load<u32>(offsets + (row << 2));
  entries = <i32>(load<u32>(offsets + (row << 2), 4) - start);
  index = indices + (<usize>start << 2);
  value = values + (<usize>start << 2);
}

/** Squares of the row's entries and of the constant, summed. */
// @ts-ignore: decorator
@inline
export function rowNorm(): f64 {
  return load<f64>(norms + place);
}

/** The row's sign times its distance from the hyperplane: entries in their order, after the constant. */
// @ts-ignore: decorator
@inline
export function margin(): f64 {
  const to = plane;
  const columns = index;
  const numbers = value;
  const count = <usize>entries;
  let sum = load<f64>(to + (<usize>width << 3));
  for (let k: usize = 0; k < count; k++)
    sum += <f64>load<f32>(numbers + (k << 2)) * load<f64>(to + (<usize>load<u32>(columns + (k << 2)) << 3));
  return sign * sum;
}

/** Gives the row another dual variable and moves the hyperplane with it. */
// @ts-ignore: decorator
@inline
export function moveTo(next: f64): void {
  const step = (next - alpha) * sign;
  const to = plane;
  const columns = index;
  const numbers = value;
  const count = <usize>entries;
  store<f64>(alphas + place, next);
  for (let k: usize = 0; k < count; k++) {
    const at = to + (<usize>load<u32>(columns + (k << 2)) << 3);
    store<f64>(at, load<f64>(at) + step * <f64>load<f32>(numbers + (k << 2)));
  }
  const constant = to + (<usize>width << 3);
  store<f64>(constant, load<f64>(constant) + step);
}

/** Shuffles the first `count` rows of an order (Fisher-Yates over xorshift64*). Returns the generator's next state. */
export function shuffle(order: usize, count: i32, seed: u64): u64 {
  let state = seed;
  for (let i: i32 = count - 1; i > 0; i--) {
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    const drawn = <u32>((state * 2685821657736338717) >> 32);
    // A bias of at most count / 2^32: the order of a pass decides nothing but how fast it converges.
    const j = <usize>((<u64>drawn * <u64>(i + 1)) >> 32);
    const here = order + (<usize>i << 2);
    const there = order + (j << 2);
    const kept = load<u32>(here);
    store<u32>(here, load<u32>(there));
    store<u32>(there, kept);
  }
  return state;
}
