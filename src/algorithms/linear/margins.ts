import type { Task } from "../../core/index.ts";
import { exp, sigmoid } from "../../core/index.ts";
import type { SparseMatrix } from "../../kernels/linear/index.ts";
import type { Calibration } from "./parameters.ts";

/** Hyperplanes side by side. */
export interface Hyperplanes {
  /** width × count, row-major: the weights of a column lie together. */
  readonly weights: Float32Array;
  /** count. */
  readonly intercepts: Float64Array;
}

/** Distances of rows from each hyperplane, row-major. Sums are float64 in the order of the entries. */
export function marginsOf(matrix: SparseMatrix, { weights, intercepts }: Hyperplanes): Float64Array {
  const count = intercepts.length;
  const margins = new Float64Array(matrix.rows * count);
  for (let row = 0; row < matrix.rows; row++) {
    const at = row * count;
    margins.set(intercepts, at);
    for (let k = matrix.offsets[row]!; k < matrix.offsets[row + 1]!; k++) {
      const value = matrix.values[k]!;
      const from = matrix.indices[k]! * count;
      for (let j = 0; j < count; j++) margins[at + j]! += value * weights[from + j]!;
    }
  }
  return margins;
}

/** Margins as probabilities, in place: of each label by itself, or of classes that sum to 1. */
export function toProbabilities(
  margins: Float64Array,
  count: number,
  task: Task,
  { slope, intercept }: Calibration,
): void {
  for (let i = 0; i < margins.length; i++) margins[i] = slope * margins[i]! + intercept;
  if (task.kind !== "multiclass") {
    for (let i = 0; i < margins.length; i++) margins[i] = sigmoid(margins[i]!);
    return;
  }
  for (let at = 0; at < margins.length; at += count) softmax(margins.subarray(at, at + count));
}

/** Scores as shares that sum to 1, in place. */
export function softmax(row: Float64Array): void {
  const highest = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  let sum = 0;
  for (let k = 0; k < row.length; k++) {
    row[k] = exp(row[k]! - highest);
    sum += row[k]!;
  }
  for (let k = 0; k < row.length; k++) row[k] = row[k]! / sum;
}
