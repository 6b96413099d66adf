import { type Dataset, KaaykoError, type ParameterSpec, type ParameterValues } from "../../../core/index.ts";

/** Settings of a forest, all of them numbers. */
export interface ForestOptions {
  readonly trees: number;
  readonly maxDepth: number;
  /** Least weight of a leaf, in rows of mean weight; a row counts as often as it was drawn. */
  readonly minLeafRows: number;
  /** Share of the features that a split chooses among, or null for the root of their number. */
  readonly featureShare: number | null;
  readonly bootstrap: boolean;
  readonly sampleShare: number;
  readonly randomSplits: boolean;
  readonly balanced: boolean;
  readonly maxBins: number;
  /** Seconds after which no tree is begun, or null. */
  readonly timeLimit: number | null;
}

const MAX_DEPTH = { usual: 64, most: 1024 } as const;
/** Leaves of a tree at most, by default: more hardly lowers an error, but the model grows with them. */
const DEFAULT_LEAVES = 65_536;
/** Rows in a leaf where there are no more than that many of them: Breiman's for regression and for classes. */
const LEAF_ROWS = { regression: 5, classes: 1 } as const;
const SHARES: Readonly<Record<string, number | null>> = { sqrt: null, third: 1 / 3, all: 1 };

export const FOREST_PARAMETERS: readonly ParameterSpec[] = [
  { name: "trees", type: "integer", default: 100, min: 1, max: 10_000, description: "Trees" },
  {
    name: "maxDepth",
    type: "integer",
    default: MAX_DEPTH.usual,
    min: 1,
    max: MAX_DEPTH.most,
    description: "Levels of splits at most",
  },
  {
    name: "minLeafRows",
    type: "number",
    search: { low: 1, high: 50, log: true },
    min: 1,
    max: 2 ** 31,
    description: `Least rows in a leaf, each as often as it was drawn (default: ${LEAF_ROWS.regression} for regression, ${LEAF_ROWS.classes} for classes, and more where a tree would have over ${DEFAULT_LEAVES.toLocaleString("en-US")} leaves)`,
  },
  {
    name: "maxFeatures",
    type: "string",
    placeholder: "sqrt|third|all|SHARE",
    search: { choices: ["sqrt", "third", "0.5", "all"] },
    description:
      "Features that a split chooses among (default: a third for regression, the root of their number for classes)",
  },
  {
    name: "bootstrap",
    type: "boolean",
    default: true,
    description: "Draw each tree's rows with replacement; else without",
  },
  {
    name: "sampleShare",
    type: "number",
    default: 1,
    min: 0.0001,
    max: 1,
    description: "Rows that a tree draws, as a share of all",
  },
  {
    name: "thresholds",
    type: "choice",
    choices: ["best", "random"],
    default: "best",
    description: "Look for a feature's best threshold, or draw one (extremely randomised trees)",
  },
  {
    name: "classWeight",
    type: "choice",
    choices: ["none", "balanced"],
    default: "none",
    description: "Weigh rows so that every class counts the same",
  },
  {
    name: "maxBins",
    type: "integer",
    default: 255,
    min: 2,
    max: 255,
    description: "Bins of a numeric feature at most",
  },
  { name: "timeLimit", type: "duration", min: 0.001, description: "Begin no tree after this time" },
];

/**
 * Options from checked parameters, for a task and as many training rows.
 *
 * @throws KaaykoError (usage) for a number of features that is none
 */
export function forestOptions(values: ParameterValues, { task, rows }: Pick<Dataset, "task" | "rows">): ForestOptions {
  const isRegression = task.kind === "regression";
  const sampleShare = values.sampleShare as number;
  const usual = isRegression ? LEAF_ROWS.regression : LEAF_ROWS.classes;
  const least = Math.max(usual, Math.ceil((rows.train * sampleShare) / DEFAULT_LEAVES));
  return {
    trees: values.trees as number,
    maxDepth: values.maxDepth as number,
    minLeafRows: (values.minLeafRows as number | undefined) ?? least,
    featureShare: featureShare((values.maxFeatures as string | undefined) ?? (isRegression ? "third" : "sqrt")),
    bootstrap: values.bootstrap as boolean,
    sampleShare,
    randomSplits: values.thresholds === "random",
    balanced: values.classWeight === "balanced" && !isRegression,
    maxBins: values.maxBins as number,
    timeLimit: (values.timeLimit as number | undefined) ?? null,
  };
}

function featureShare(value: string): number | null {
  if (Object.hasOwn(SHARES, value)) return SHARES[value]!;
  const share = Number(value);
  if (share > 0 && share <= 1) return share;
  throw new KaaykoError({
    action: "set maxFeatures",
    rule: 'it must be "sqrt", "third", "all" or a share over 0 and up to 1',
    got: JSON.stringify(value),
    kind: "usage",
  });
}

/** Features that a split chooses among, of as many. */
export function candidatesOf({ featureShare: share }: ForestOptions, features: number): number {
  const wanted = share === null ? Math.round(Math.sqrt(features)) : Math.floor(share * features);
  return Math.max(1, Math.min(features, wanted));
}
