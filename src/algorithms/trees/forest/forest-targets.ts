import { type Examples, KaaykoError, type Task } from "../../../core/index.ts";
import { rowsOf } from "../binning/binning.ts";
import { sortNumbers } from "../binning/sort-numbers.ts";

const SAMPLE_ROWS = 10_001;

/** How targets become what trees learn: `(target - base) / scale`, for classes the code itself. */
export interface TargetScale {
  readonly base: number;
  readonly scale: number;
}

/**
 * The median of some targets as base, so that neither an outlier nor a far origin takes digits from the leaves, which are float32; a power
 * of two as scale, so that no square overflows.
 */
export function targetScale(task: Task, examples: Examples): TargetScale {
  if (task.kind !== "regression") return { base: 0, scale: 1 };
  const { rows, target } = examples;
  const count = rowsOf(examples);
  const at = (i: number): number => target[rows === null ? i : rows[i]!]!;
  const size = Math.min(count, SAMPLE_ROWS);
  const sample = Float64Array.from({ length: size }, (_, i) => at(Math.floor((i * count) / size)));
  sortNumbers(sample);
  const base = sample[Math.floor(size / 2)]!;
  let largest = 0;
  for (let i = 0; i < count; i++) largest = Math.max(largest, Math.abs(at(i)));
  let scale = 1;
  while (scale < largest && scale < 2 ** 1023) scale *= 2;
  while (scale / 2 > largest && scale > 2 ** -1000) scale /= 2;
  return { base, scale };
}

/** Weights of rows with mean 1, those of classes included; null where each is 1. */
export function rowWeights(examples: Examples, classes: number, balanced: boolean): Float32Array | null {
  const { rows, target, weight } = examples;
  if (weight === null && !balanced) return null;
  const count = rowsOf(examples);
  const numberOf = (i: number): number => (rows === null ? i : rows[i]!);
  const own = (i: number): number => weight?.[numberOf(i)] ?? 1;
  const sums = new Float64Array(Math.max(2, classes));
  for (let i = 0; i < count; i++) sums[balanced ? target[numberOf(i)]! : 0]! += own(i);
  const total = sums.reduce((a, b) => a + b, 0);
  const present = sums.reduce((a, b) => a + Number(b > 0), 0);
  const weights = new Float32Array(count);
  if (!(total > 0)) {
    throw new KaaykoError({
      action: "train a forest",
      rule: "some weights must be over 0",
      got: "none",
      kind: "input",
      remedy: "Leave the column of weights out, or correct it.",
    });
  }
  for (let i = 0; i < count; i++) {
    const sum = balanced ? sums[target[numberOf(i)]!]! * present : total;
    weights[i] = sum > 0 ? (own(i) * count) / sum : 0;
  }
  return weights;
}
