import { randomStream } from "../../core/index.ts";
import { FeatureMachine } from "../../kernels/svm/index.ts";
import { drawDirections } from "./directions.ts";
import { type Targets, wantedScore } from "./losses.ts";
import { factorise, solve } from "./symmetric-matrix.ts";

/** Tried, as multiples of the inverse median squared distance. */
export const GAMMA_FACTORS: readonly number[] = [0.1, 0.3, 1, 3];
/** Fewer rows than this can't tell. */
export const FEWEST_ROWS = 40;

/** Squared errors of good models are so much flatter than absolute ones: a ridge is this share of the regularisation. */
const RIDGE_SHARE = 0.3;
const MAX_PAIRS = 256;
const BLOCK = 256;
/** Rows whose distances are looked at. */
const DISTANT_ROWS = 512;

/** Encoded rows with their targets. */
export interface EncodedSample {
  readonly rows: number;
  /** rows × width. */
  readonly x: Float32Array;
  readonly target: Float64Array;
}

/** 1 / the median squared distance between rows: the scale on which the kernel tells rows apart. 1 where all are equal. */
export function medianGamma({ rows, x }: EncodedSample): number {
  const width = rows === 0 ? 0 : x.length / rows;
  const count = Math.min(rows, DISTANT_ROWS);
  const distances = new Float64Array((count * (count - 1)) / 2);
  let at = 0;
  for (let a = 0; a < count; a++)
    for (let b = 0; b < a; b++) {
      let sum = 0;
      for (let i = 0; i < width; i++) sum += (x[a * width + i]! - x[b * width + i]!) ** 2;
      distances[at++] = sum;
    }
  const apart = distances.filter((distance) => distance > 0).sort();
  return apart.length === 0 ? 1 : 1 / apart[Math.floor(apart.length / 2)]!;
}

/**
 * How well a kernel of this width does: the mean squared error of a ridge regression on few random features, fitted on three quarters of
 * the sample, over the last quarter.
 */
export async function judgeGamma(
  sample: EncodedSample,
  targets: Targets,
  outputs: number,
  gamma: number,
  options: { readonly cost: number; readonly pairs: number; readonly seed: number; readonly threads: number },
): Promise<number> {
  const inputs = sample.x.length / sample.rows;
  const pairs = Math.min(MAX_PAIRS, options.pairs);
  const machine = new FeatureMachine({
    capacity: BLOCK,
    inputs,
    pairs,
    outputs,
    trains: true,
    threads: options.threads,
  });
  try {
    machine.directions.set(drawDirections(inputs, pairs, gamma, options.seed));
    const order = randomStream(options.seed, "svm", "quarters").shuffle(
      Uint32Array.from({ length: sample.rows }, (_, i) => i),
    );
    const cut = Math.floor(0.75 * sample.rows);
    const fitted = order.subarray(0, cut);
    for (const block of blocksOf(fitted)) {
      load(machine, sample, block, inputs);
      for (const [i, row] of block.entries())
        for (let k = 0; k < outputs; k++)
          machine.slopes[i * outputs + k] = wantedScore(targets, sample.target[row]!, k);
      machine.addMoments(block.length);
      machine.gather(block.length);
    }
    const ridge = RIDGE_SHARE / (options.cost * cut);
    if (!setRidgeWeights(machine, ridge, cut, outputs)) return Number.MAX_VALUE;
    return heldOutError(machine, sample, targets, order.subarray(cut), inputs, outputs);
  } finally {
    await machine.dispose();
  }
}

function* blocksOf(rows: Uint32Array): Generator<Uint32Array> {
  for (let start = 0; start < rows.length; start += BLOCK) yield rows.subarray(start, start + BLOCK);
}

function load(machine: FeatureMachine, { x }: EncodedSample, rows: Uint32Array, inputs: number): void {
  rows.forEach((row, i) => {
    machine.x.set(x.subarray(row * inputs, (row + 1) * inputs), i * inputs);
  });
  machine.project(rows.length);
}

/** The machine's second moments as a matrix of float64: the means over `rows` rows, plus a ridge; the lower triangle counts. */
export function momentsOf(machine: FeatureMachine, rows: number, ridge: number): Float64Array {
  const { width, matrix } = machine;
  const moments = new Float64Array(width * width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) moments[i * width + j] = matrix[j * width + i]! / rows;
    moments[i * width + i]! += ridge;
  }
  return moments;
}

function setRidgeWeights(machine: FeatureMachine, ridge: number, rows: number, outputs: number): boolean {
  const { width, gradient, weights } = machine;
  const factor = momentsOf(machine, rows, ridge);
  if (!factorise(factor, width)) return false;
  for (let k = 0; k < outputs; k++) {
    const right = Float64Array.from(gradient.subarray(k * width, (k + 1) * width), (value) => value / rows);
    solve(factor, width, right);
    weights.set(right, k * width);
  }
  return true;
}

function heldOutError(
  machine: FeatureMachine,
  sample: EncodedSample,
  targets: Targets,
  rows: Uint32Array,
  inputs: number,
  outputs: number,
): number {
  let sum = 0;
  for (const block of blocksOf(rows)) {
    load(machine, sample, block, inputs);
    for (const [i, row] of block.entries())
      for (let k = 0; k < outputs; k++)
        sum += (machine.scores[i * outputs + k]! - wantedScore(targets, sample.target[row]!, k)) ** 2;
  }
  return sum / (rows.length * outputs);
}
