import type { Task } from "../../core/index.ts";

/** Rows with what is true of them and what a model says: a flag a label. */
export interface JudgedLabels {
  readonly labels: readonly string[];
  /** False where exactly one of them is true of a row. */
  readonly several: boolean;
  readonly rows: number;
  /** 1 or 0, rows × labels. */
  readonly actual: Uint8Array;
  readonly predicted: Uint8Array;
  /** rows × labels. */
  readonly probabilities: Float64Array;
}

/**
 * Says of every row and label whether it is true and whether it is predicted: of several labels each from its threshold on, of classes
 * the likeliest, of two the second from its threshold on.
 *
 * @param predictions as a predictor gives them
 * @param target as a dataset gives it
 */
export function judgeLabels(
  task: Task,
  predictions: Float64Array,
  target: Float64Array,
  thresholds: readonly number[] | undefined,
): JudgedLabels {
  const labels = task.classes!;
  const width = labels.length;
  const several = task.kind === "multilabel";
  const probabilities = task.kind === "binary" ? bothClasses(predictions) : predictions;
  const rows = probabilities.length / width;
  const actual = new Uint8Array(rows * width);
  const predicted = new Uint8Array(rows * width);
  for (let row = 0; row < rows; row++) {
    const at = row * width;
    if (several)
      for (let k = 0; k < width; k++) {
        actual[at + k] = target[at + k]!;
        predicted[at + k] = probabilities[at + k]! >= (thresholds?.[k] ?? 0.5) ? 1 : 0;
      }
    else {
      actual[at + target[row]!] = 1;
      const second = task.kind === "binary" ? Number(predictions[row]! >= (thresholds?.[0] ?? 0.5)) : undefined;
      predicted[at + (second ?? likeliest(probabilities.subarray(at, at + width)))] = 1;
    }
  }
  return { labels, several, rows, actual, predicted, probabilities };
}

function bothClasses(second: Float64Array): Float64Array {
  return Float64Array.from({ length: 2 * second.length }, (_, i) =>
    i % 2 === 1 ? second[i >> 1]! : 1 - second[i >> 1]!,
  );
}

function likeliest(row: Float64Array): number {
  let best = 0;
  for (let k = 1; k < row.length; k++) if (row[k]! > row[best]!) best = k;
  return best;
}
