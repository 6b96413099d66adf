import type { FeatureMachine } from "../../kernels/svm/index.ts";
import { type EncodedSample, momentsOf } from "./bandwidth.ts";
import { factorise, invert } from "./symmetric-matrix.ts";

/** Directions in which the sample hardly varies are not trusted further than this. */
const LEAST_RIDGE = 1e-4;

/**
 * Fills the machine's matrix with the inverse second moment of the features over a sample, plus a ridge: gradients multiplied with
 * it point at the minimum whatever the features' correlations. Returns the effective dimension, the number of directions
 * that the ridge leaves free.
 *
 * @param regularisation of the objective, added to the second moment
 */
export function fillPreconditioner(
  machine: FeatureMachine,
  sample: EncodedSample,
  capacity: number,
  regularisation: number,
): number {
  const { width, matrix } = machine;
  const inputs = sample.rows === 0 ? 0 : sample.x.length / sample.rows;
  matrix.fill(0);
  for (let start = 0; start < sample.rows; start += capacity) {
    const rows = Math.min(capacity, sample.rows - start);
    machine.x.set(sample.x.subarray(start * inputs, (start + rows) * inputs));
    machine.project(rows);
    machine.addMoments(rows);
  }
  let ridge = Math.max(LEAST_RIDGE, regularisation);
  let moments = momentsOf(machine, Math.max(1, sample.rows), ridge);
  // Sums of float32 can leave a matrix that is not quite positive definite.
  while (!factorise(moments, width)) {
    ridge *= 10;
    moments = momentsOf(machine, Math.max(1, sample.rows), ridge);
  }
  const inverse = invert(moments, width);
  let trace = 0;
  for (let i = 0; i < width; i++) trace += inverse[i * width + i]!;
  copySymmetric(inverse, matrix, width);
  return width - ridge * trace;
}

/** Copies a matrix of which the lower triangle counts; in tiles, since columns of a large matrix are slow to walk. */
function copySymmetric(from: Float64Array, to: Float32Array, width: number): void {
  const tile = 16;
  for (let top = 0; top < width; top += tile)
    for (let left = 0; left <= top; left += tile)
      for (let i = top; i < Math.min(width, top + tile); i++)
        for (let j = left; j < Math.min(i + 1, left + tile); j++) {
          to[i * width + j] = from[i * width + j]!;
          to[j * width + i] = from[i * width + j]!;
        }
}
