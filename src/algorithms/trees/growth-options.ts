import type { Constraints } from "./constraints.ts";

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
  /** Least gain of a split. */
  readonly gamma: number;
  /** Share of rows and of features that a tree sees. */
  readonly subsample: number;
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
  /** Categories of fewer rows in a node stay with the rest. */
  readonly categoryMinRows: number;
}
