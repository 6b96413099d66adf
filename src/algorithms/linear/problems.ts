import { type Examples, streamKey, type Task } from "../../core/index.ts";
import type { LinearProblem } from "../../kernels/linear/index.ts";
import type { LinearSettings } from "./parameters.ts";

/** How many hyperplanes a task needs: one a label or class, one for two classes. */
export function problemCount({ kind, classes }: Task): number {
  return kind === "binary" ? 1 : classes!.length;
}

/** The problem of label `k`: its rows against all others (one-vs-rest). */
export function makeProblem(
  task: Task,
  examples: Examples,
  settings: LinearSettings,
  seed: number,
  k: number,
): LinearProblem {
  const labels = labelsOf(task, examples, k);
  const positives = labels.reduce((count, label) => count + (label > 0 ? 1 : 0), 0);
  const share = labels.length / 2;
  const balance = (count: number) => (settings.balanced && count > 0 ? share / count : 1);
  const [high, low] = streamKey(seed, "text-linear", "order", k);
  return {
    labels,
    costs: [settings.cost * balance(positives), settings.cost * balance(labels.length - positives)],
    tolerance: settings.tolerance,
    maxPasses: settings.maxPasses,
    key: high === 0 && low === 0 ? [0, 1] : [high >>> 0, low >>> 0],
  };
}

/** 1 for the rows of label `k`, -1 for all others. */
export function labelsOf(task: Task, { rows, target, table }: Examples, k: number): Int8Array {
  const count = rows?.length ?? table.rows;
  const labels = new Int8Array(count);
  const wanted = task.kind === "binary" ? 1 : k;
  for (let i = 0; i < count; i++) {
    const row = rows === null ? i : rows[i]!;
    const has = task.kind === "multilabel" ? target[row * task.classes!.length + k] === 1 : target[row] === wanted;
    labels[i] = has ? 1 : -1;
  }
  return labels;
}
