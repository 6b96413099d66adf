import { type Dataset, type Examples, outputsOf, type Task } from "../../core/index.ts";

/** Row by row what is true, and what it weighs. */
export interface LabelBuffers {
  readonly target: Float32Array;
  readonly weight: Float32Array;
}

export function newLabelBuffers(capacity: number, outputs: number): LabelBuffers {
  return { target: new Float32Array(capacity * outputs), weight: new Float32Array(capacity * outputs) };
}

/** The rows of the table that the examples are. */
function rowsOf({ rows, table }: Examples): Uint32Array {
  return rows ?? Uint32Array.from({ length: table.rows }, (_, i) => i);
}

/** The rows that a network learns from, and those that say when to stop. */
export async function labelledExamples(dataset: Dataset) {
  const [train, validation] = [await dataset.examples("train"), await dataset.examples("validation")];
  return { train, validation, trainRows: rowsOf(train), validationRows: rowsOf(validation) };
}

/** Makes what writes the targets of training rows; what it gives is valid until the next call. */
export function createLabelWriter(
  task: Task,
  train: Examples,
  trainRows: Uint32Array,
  { balanced, batchSize }: { readonly balanced: boolean; readonly batchSize: number },
): (rows: Uint32Array) => Readonly<Record<keyof LabelBuffers, Float32Array>> {
  const buffers = newLabelBuffers(batchSize, outputsOf(task));
  const weights = labelWeights(task, countLabels(task, train, trainRows), trainRows.length, balanced);
  return (rows) => {
    fillLabels(task, train, rows, weights, buffers);
    return buffers;
  };
}

/** Weight of a label's rows, and of those without it; of exclusive classes the first alone. */
export type LabelWeights = readonly (readonly [has: number, lacks: number])[];

/** A label's rows weigh at most so many times those without it. */
const MOST_BALANCE = 100;

/** @param balanced the rows of a label weigh as much as those without it (of exclusive classes: as those of any other class) */
export function labelWeights(task: Task, counts: readonly number[], rows: number, balanced: boolean): LabelWeights {
  const outputs = outputsOf(task);
  if (!balanced) return Array.from({ length: outputs }, () => [1, 1]);
  const share = (count: number, parts: number) => Math.min(MOST_BALANCE, rows / (parts * Math.max(1, count)));
  if (task.kind === "multiclass") return counts.map((count) => [share(count, outputs), 0]);
  return counts.map((count) => [share(count, 2), share(rows - count, 2)]);
}

/**
 * Writes the targets of some rows; weights sum to the rows' number of outputs over their number, so that the loss is the mean over rows.
 *
 * @param rows numbers of rows of the examples' table
 */
export function fillLabels(
  task: Task,
  { target, weight }: Examples,
  rows: Uint32Array,
  weights: LabelWeights,
  out: LabelBuffers,
): void {
  const outputs = weights.length;
  let total = 0;
  rows.forEach((row, i) => {
    const share = weight?.[row] ?? 1;
    total += share;
    for (let k = 0; k < outputs; k++) {
      const has = hasLabel(task, target, row, k, outputs);
      out.target[i * outputs + k] = has ? 1 : 0;
      out.weight[i * outputs + k] = share * weights[k]![has ? 0 : 1];
    }
  });
  const used = out.weight.subarray(0, rows.length * outputs);
  if (total > 0) for (let i = 0; i < used.length; i++) used[i]! /= total;
  out.weight.fill(0, used.length);
  out.target.fill(0, used.length);
}

function hasLabel({ kind }: Task, target: Float64Array, row: number, k: number, outputs: number): boolean {
  if (kind === "multilabel") return target[row * outputs + k] === 1;
  return target[row] === (kind === "binary" ? 1 : k);
}

/** Rows that have each label, or class; for two classes those of the second. */
function countLabels(task: Task, { target }: Examples, rows: Uint32Array): number[] {
  const outputs = outputsOf(task);
  return Array.from({ length: outputs }, (_, k) =>
    rows.reduce((count, row) => count + (hasLabel(task, target, row, k, outputs) ? 1 : 0), 0),
  );
}
