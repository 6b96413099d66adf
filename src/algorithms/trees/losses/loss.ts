export const LOSS_NAMES = [
  "squared",
  "absolute",
  "huber",
  "quantile",
  "poisson",
  "gamma",
  "tweedie",
  "logistic",
  "softmax",
  "lambdarank",
  "custom",
] as const;
export type LossName = (typeof LOSS_NAMES)[number];

/** Writes gradient and hessian of each row, one after the other, for the scores as they are. Weights are applied afterwards. */
export type GivenGradients = (scores: Float64Array, out: Float64Array) => void;

/** How scores become predictions. */
export const LINKS = ["identity", "log", "logistic"] as const;
export type Link = (typeof LINKS)[number];

/** Labelled rows as a machine has them. */
export interface Labels {
  readonly rows: number;
  readonly target: Float64Array;
  /** Null where every weight is 1. */
  readonly weight: Float32Array | null;
}

/**
 * A loss: what trees are fitted to, through its first and second derivative by the score (`kernels/trees/assembly/losses.ts`).
 * Scores are what trees sum up to; predictions are what users read.
 */
export interface Loss {
  readonly name: LossName;
  /** Code in the kernels. */
  readonly code: number;
  /** Huber's delta, the quantile's share or Tweedie's variance power; null where the loss has none. */
  readonly parameter: number | null;
  /** How scores become predictions, where the model must say so: for a custom loss, and for classes whose scores are probabilities. */
  readonly link?: Link;
  /** Trees a round. */
  readonly classes: number;
  /** What early stopping watches: a name, and its value for a mean loss of the kernels. */
  readonly metric: LossMetric;
  /** Largest gradient and hessian of a row of weight 1, or null where the data say. */
  readonly bounds: { readonly gradient: number; readonly hessian: number } | null;
  /** Which targets it takes, as a rule for people; null for every finite number. */
  readonly range: TargetRange | null;
  readonly leaves: LeafRule;
  /** The constants that fit best, one a class. */
  baseScores(labels: Labels): Float64Array;
  /** Turns scores, row-major, into predictions in place. */
  toPredictions(scores: Float64Array): void;
}

/**
 * How a leaf gets its value. `newton`: one Newton step. `log`: the constant that fits the leaf best where scores are logarithms of a
 * mean, which no outlier carries away, for a variance power. `residuals`: a weighted quantile of the rows' residuals (Friedman,
 * "Greedy function approximation", 2001), with `delta` moved on to Huber's estimate.
 */
export type LeafRule =
  | { readonly kind: "newton" }
  | { readonly kind: "log"; readonly power: number }
  | { readonly kind: "residuals"; readonly share: number; readonly delta: number | null };

export const NEWTON: LeafRule = { kind: "newton" };

export interface LossMetric {
  readonly name: string;
  of(meanLoss: number): number;
  /** Default false. */
  readonly higherIsBetter?: boolean;
}

export interface TargetRange {
  readonly rule: string;
  holds(target: number): boolean;
}

/** A mean loss as it is. */
export function meanLossAs(name: string): LossMetric {
  return { name, of: (meanLoss) => meanLoss };
}

/** Scores are predictions. */
export function identity(): void {}
