import type { Constraints } from "./constraints.ts";

/** Shares of all rows: those of the largest gradients, which are all seen, and as many drawn from the others. */
export interface OneSidedShares {
  readonly top: number;
  readonly rest: number;
}

/** What decides the shape of a tree and the size of its leaves. */
export interface GrowthOptions {
  /** `depth` splits whole levels; `leaf` always splits the leaf that gains most. */
  readonly policy: "depth" | "leaf";
  readonly learningRate: number;
  /** What the learning rate is multiplied with after each round. Default 1. */
  readonly learningRateDecay?: number;
  /** Levels of splits at most. */
  readonly maxDepth: number;
  readonly maxLeaves: number;
  /** Least sum of hessians in a child. */
  readonly minChildWeight: number;
  readonly minChildRows: number;
  /** L2 and L1 on leaf values. */
  readonly lambda: number;
  readonly alpha: number;
  /** Largest size of a leaf's value before the learning rate; 0 for any. Default 0. */
  readonly maxDeltaStep?: number;
  /** Least gain of a split. */
  readonly gamma: number;
  /** Share of rows and of features that a tree sees. */
  readonly subsample: number;
  /** Rows drawn by the size of their gradient instead. Default null. */
  readonly oneSided?: OneSidedShares | null;
  readonly colsample: number;
  /** Share of a tree's features that each of its levels sees, and of a level's that each node sees. Default 1. */
  readonly colsampleLevel?: number;
  readonly colsampleNode?: number;
  /** Default null, for none. */
  readonly constraints?: Constraints | null;
  readonly maxBins: number;
  /** Added to the hessian when categories are put in order. */
  readonly categorySmoothing: number;
  /** L2 on the children of a split over sets of categories. */
  readonly categoryLambda: number;
  /** What such a split must gain for each category but one. Default 0. */
  readonly categoryGain?: number;
  /** Categories of fewer rows in a node stay with the rest. */
  readonly categoryMinRows: number;
}
