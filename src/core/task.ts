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
  /**
   * For `binary` and `multiclass`: the labels, in the order of their codes (sorted; for binary the second is "positive"). For
   * `multilabel`, of which a row may have any number: likewise. For `tagging`: "O" and, of each type of entity, "B-type" and "I-type".
   */
  readonly classes?: readonly string[];
  /** For `multilabel`: what stands between the labels of a cell. Default ",". */
  readonly separator?: string;
  /** For `ranking`: name of the column whose equal values are the rows of one query. */
  readonly group?: string;
  /** For `multiclass`: the answer where no class is likely enough. Default: the likeliest class always is the answer. */
  readonly outOfScope?: string;
  /** For `regression`: the share of true values that the interval around each prediction is to cover. Default: no intervals. */
  readonly interval?: number;
  /** With `interval`: the feature that is missing in rows of which too little is known, which have intervals of their own. */
  readonly intervalBy?: string;
  /** For `tagging`: name of the column of texts whose tokens are tagged. */
  readonly text?: string;
  /** For `tagging`: tokens of the longest text; a shorter row's numbers end in NaN. */
  readonly length?: number;
  /** For `forecast`: how many steps ahead, each with a value of its own. */
  readonly horizon?: number;
  /** For `forecast`: levels between 0 and 1, ascending, of the quantiles that are predicted for each step. Default: the value alone. */
  readonly quantiles?: readonly number[];
}

/**
 * Numbers that a model gives for one row: one for regression and binary (probability of class 1), one a class or label, the tag's
 * code of each token, one a step (and quantile, quantiles of a step side by side) of a forecast.
 */
export function outputsOf({ kind, classes, horizon, quantiles, length }: Task): number {
  if (kind === "multiclass" || kind === "multilabel") return classes!.length;
  if (kind === "tagging") return length!;
  return kind === "forecast" ? (horizon ?? 1) * (quantiles?.length ?? 1) : 1;
}

/** Numbers that say the truth about one row. */
export function targetWidth({ kind, classes, horizon, length }: Task): number {
  if (kind === "multilabel") return classes!.length;
  if (kind === "tagging") return length!;
  if (kind === "ranking") return 2;
  return kind === "forecast" ? (horizon ?? 1) : 1;
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
      return { name: "ndcg@10", higherIsBetter: true };
    case "anomaly":
      return { name: "averagePrecision", higherIsBetter: true };
    case "tagging":
      return { name: "entityF1", higherIsBetter: true };
    default:
      return { name: "rmse", higherIsBetter: false };
  }
}

/** Share of rows below which the second of two classes is rare. */
export const RARE_SHARE = 0.05;
