import type { CustomObjective } from "../algorithms/index.ts";

interface CommonOptions {
  /** What is learnt. Default: classes where the target is of texts or booleans, else numbers. */
  readonly task?: "regression" | "classification";
  /** What random choices begin with; the same seed gives the same bytes. Default 42. */
  readonly seed?: number;
  /** Threads; the model does not depend on them. Default 1. */
  readonly threads?: number;
  /** Bins of a numeric feature at most. Default 255. */
  readonly maxBins?: number;
  /** Further settings of the algorithm, by the names of `kaayko train --set`. Default none. */
  readonly set?: Readonly<Record<string, number | string | boolean>>;
}

/** Settings of boosted trees; `kaayko train --help` lists ranges and the rest, for `set`. */
export interface GradientBoostingOptions extends CommonOptions {
  /** Whether trees grow level by level or by their best leaf. Default "leaf". */
  readonly growth?: "depth" | "leaf";
  /** Trees at most, per class. Default: what is usual with and without validation rows. */
  readonly rounds?: number;
  /** Share of each tree's correction that is taken. */
  readonly learningRate?: number;
  readonly maxDepth?: number;
  readonly maxLeaves?: number;
  /** Least rows in a child. */
  readonly minChildRows?: number;
  /** L2 and L1 regularisation of leaf values. */
  readonly lambda?: number;
  readonly alpha?: number;
  /** Share of rows, and of features, that a tree sees. */
  readonly subsample?: number;
  readonly colsample?: number;
  /** Rounds without a better validation metric after which it stops; 0 never. */
  readonly earlyStoppingRounds?: number;
  /** The loss. Default: squared error, or log loss. */
  readonly objective?:
    | "squared"
    | "absolute"
    | "huber"
    | "quantile"
    | "poisson"
    | "gamma"
    | "tweedie"
    | CustomObjective;
}

/** Settings of random forests. */
export interface RandomForestOptions extends CommonOptions {
  /** Default 100. */
  readonly trees?: number;
  readonly maxDepth?: number;
  /** Least rows in a leaf. */
  readonly minLeafRows?: number;
}
