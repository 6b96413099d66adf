/** What is to be learnt. */
export type TaskKind =
  | "regression"
  | "binary"
  | "multiclass"
  | "multilabel"
  | "ranking"
  | "forecast"
  | "anomaly"
  | "tagging";

/** A task with its target. */
export interface Task {
  readonly kind: TaskKind;
  /** Name of the target column. */
  readonly target: string;
  /** For `binary` and `multiclass`: the labels, in the order of their codes (sorted; for binary the second is "positive"). */
  readonly classes?: readonly string[];
}

/** Numbers that a model gives for one row: one for regression and binary (probability of class 1), one a class otherwise. */
export function outputsOf(task: Task): number {
  return task.kind === "multiclass" ? task.classes!.length : 1;
}

/** The metric that ranks models of a task, and whether more is better. */
export function primaryMetric(kind: TaskKind): { readonly name: string; readonly higherIsBetter: boolean } {
  switch (kind) {
    case "binary":
    case "multiclass":
      return { name: "logLoss", higherIsBetter: false };
    case "multilabel":
      return { name: "macroF1", higherIsBetter: true };
    case "ranking":
      return { name: "ndcg", higherIsBetter: true };
    case "anomaly":
      return { name: "averagePrecision", higherIsBetter: true };
    case "tagging":
      return { name: "entityF1", higherIsBetter: true };
    default:
      return { name: "rmse", higherIsBetter: false };
  }
}
