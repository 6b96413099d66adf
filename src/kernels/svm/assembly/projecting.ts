import { fourSums, LANES, oneSum } from "../../products/assembly/tile";
import { dot } from "./dot";
import {
  AT_DIRECTIONS, AT_FEATURES, AT_INPUTS, AT_OUTPUTS, AT_PAIRS, AT_ROWS, AT_SCALE, AT_SCORES, AT_WEIGHTS, AT_WIDTH, AT_X, real, takeTask,
  word,
} from "./frame";
import { putWaves } from "./waves";

const TASK_ROWS: i32 = 16;

/** features = scale · [sin, cos](2π x · directions), then 1 and zeros; scores = features · weightsᵀ. Tasks are rows. */
export function projectPass(thread: i32): void {
  const rows = word(AT_ROWS);
  for (let first = takeTask() * TASK_ROWS; first < rows; first = takeTask() * TASK_ROWS) {
    const end = min(rows, first + TASK_ROWS);
    project(first, end);
    for (let row = first; row < end; row++) fold(row);
    score(first, end);
  }
}

/** Angles, in turns, where their sines come to lie. */
function project(first: i32, end: i32): void {
  const inputs = word(AT_INPUTS);
  const pairs = word(AT_PAIRS);
  const width = word(AT_WIDTH);
  const x = <usize>word(AT_X);
  const between = <usize>(inputs << 2);
  const step = <usize>(pairs << 2);
  const toStep = <usize>(width << 2);
  const floor = f32x4.splat(-Infinity);
  for (let k: i32 = 0; k < pairs; k += LANES) {
    const w = <usize>word(AT_DIRECTIONS) + (k << 2);
    const to = <usize>word(AT_FEATURES) + (k << 2);
    let row = first;
    for (; row + 4 <= end; row += 4)
      fourSums(x + row * between, between, inputs, w, step, 0, to + row * toStep, toStep, floor);
    for (; row < end; row++) oneSum(x + row * between, inputs, w, step, 0, to + row * toStep, floor);
  }
}

function fold(row: i32): void {
  const pairs = word(AT_PAIRS);
  const width = word(AT_WIDTH);
  const scale = f32x4.splat(real(AT_SCALE));
  const from = <usize>word(AT_FEATURES) + ((row * width) << 2);
  const cosine = <usize>(pairs << 2);
  for (let to = from; to < from + cosine; to += 16) putWaves(to, cosine, v128.load(to), scale);
  let rest = from + 2 * cosine;
  store<f32>(rest, 1);
  for (let k = 2 * pairs + 1; k < width; k++) store<f32>((rest += 4), 0);
}

function score(first: i32, end: i32): void {
  const width = word(AT_WIDTH);
  const outputs = word(AT_OUTPUTS);
  const features = <usize>word(AT_FEATURES);
  const weights = <usize>word(AT_WEIGHTS);
  const scores = <usize>word(AT_SCORES);
  for (let row = first; row < end; row++)
    for (let k: i32 = 0; k < outputs; k++)
      store<f32>(
        scores + ((row * outputs + k) << 2),
        dot(features + ((row * width) << 2), weights + ((k * width) << 2), width),
      );
}
