import {
  type Dataset,
  outputsOf,
  type ParameterSpec,
  type ParameterValues,
  type SearchRange,
  type Task,
  withSearch,
} from "../../../core/index.ts";
import { CONSTRAINT_PARAMETERS, readConstraints } from "../growing/constraints.ts";
import type { GrowthOptions } from "../growing/growth-options.ts";
import { ONE_SIDED_PARAMETERS, readOneSided } from "../growing/one-sided.ts";
import { OBJECTIVE_PARAMETERS } from "../losses/objective.ts";
import { CLASS_WEIGHT_PARAMETER } from "./class-weights.ts";
import { INITIAL_SCORE_PARAMETER } from "./initial-scores.ts";

/** Settings of a boosting run. */
export interface BoostingOptions extends GrowthOptions {
  /** Rounds at most. */
  readonly rounds: number | null;
  readonly earlyStoppingRounds: number;
  /** Seconds after which no round is begun, or null. */
  readonly timeLimit: number | null;
}

/** What differs between the boosters. */
export interface BoostingDefaults {
  readonly policy: "depth" | "leaf";
  readonly learningRate: number;
  readonly maxDepth: number;
  readonly maxLeaves: number;
  /** Null where the number of classes says (`leastWeight`). */
  readonly minChildWeight: number | null;
  readonly lambda: number;
  readonly colsample: number;
  readonly earlyStoppingRounds: number;
  readonly categorySmoothing: number;
  readonly categoryLambda: number;
  readonly categoryMinRows: number;
}

/** Rounds where validation rows tell when to stop, and, at a learning rate of 0.05, where there are none. */
export const ROUNDS_WITH_VALIDATION = 1000;
export const ROUNDS_WITHOUT_VALIDATION = 200;
/**
 * Rows in a child where a row of a class, or of a ranking, weighs less the surer it is, so that the least weight of a child bounds it
 * by depth; by leaf that weight is next to nothing, as LightGBM's is.
 */
const CLASS_ROWS = { depth: 1, leaf: 20 } as const;
/** Rows in a child of a regression tree: many where rows are few. */
const REGRESSION_ROWS = { few: 20, many: 5 } as const;
/** With as many rows or fewer, a child has the most. */
const FEW_ROWS = 1000;
/**
 * Share of rows that a tree by depth sees of a small table of classes: trees that differ make up for each other's noise, of which large
 * tables have little. Log loss falls by 0.5 % to 5 % on five of six real tables (`bench/tables/real`); by leaf, and in regressions, as
 * many lose as gain.
 */
const SMALL_SHARE = 0.8;
const SMALL_ROWS = 50_000;
/**
 * What a split over many categories of a table of classes must gain for each but one. Gradients of a class vary by its hessian, so that
 * a category's gradient squared over its hessian is 1 on average where it tells nothing, and the best two sides keep 2 / pi of that by
 * chance. Half of it: log loss falls by 6 % and 5 % on delayed flights and phone contracts, by 0.3 % where thousands of categories of
 * few rows matter; the whole loses 1 % there.
 */
const SET_GAIN = 0.32;
/** Leaves of a tree at most, whatever is asked. */
const LEAF_LIMIT = 65_536;

/** What a search tries. */
const SEARCHED: Readonly<Record<string, SearchRange>> = {
  learningRate: { low: 0.02, high: 0.3, log: true },
  minChildRows: { low: 1, high: 100, log: true },
  lambda: { low: 0.01, high: 100, log: true },
  subsample: { low: 0.5, high: 1 },
  colsample: { low: 0.3, high: 1 },
};
const SEARCHED_BY_DEPTH: Readonly<Record<string, SearchRange>> = { maxDepth: { low: 3, high: 11 } };
const SEARCHED_BY_LEAF: Readonly<Record<string, SearchRange>> = { maxLeaves: { low: 7, high: 255, log: true } };

/** The settings that a booster declares. */
export function boostingParameters(defaults: BoostingDefaults): readonly ParameterSpec[] {
  const specs: readonly ParameterSpec[] = [
    {
      name: "rounds",
      type: "integer",
      min: 1,
      max: 100_000,
      description: `Trees at most, per class (default: ${ROUNDS_WITH_VALIDATION} with validation rows, which say when to stop, else ${ROUNDS_WITHOUT_VALIDATION})`,
    },
    ...OBJECTIVE_PARAMETERS,
    number("learningRate", defaults.learningRate, 1e-6, 1, "Share of each tree's correction that is taken"),
    number(
      "learningRateDecay",
      1,
      0.5,
      1,
      "What the learning rate is multiplied with after each round, down to a hundredth",
    ),
    integer("maxDepth", defaults.maxDepth, 1, 64, "Levels of splits at most"),
    integer(
      "maxLeaves",
      defaults.maxLeaves,
      0,
      LEAF_LIMIT,
      "Leaves of a tree at most; 0 for as many as the depth allows",
    ),
    minChildWeight(defaults.minChildWeight),
    {
      name: "minChildRows",
      type: "integer",
      min: 1,
      max: 2 ** 31 - 1,
      description: `Least rows in a child (default: ${CLASS_ROWS[defaults.policy]}; for numbers ${REGRESSION_ROWS.few} up to ${FEW_ROWS} rows, falling to ${REGRESSION_ROWS.many})`,
    },
    number("lambda", defaults.lambda, 0, 1e15, "L2 regularisation of leaf values"),
    number("alpha", 0, 0, 1e15, "L1 regularisation of leaf values"),
    number("gamma", 0, 0, 1e300, "Least gain of a split"),
    number("maxDeltaStep", 0, 0, 1e15, "Largest size of a leaf's value before the learning rate; 0 for any"),
    {
      name: "subsample",
      type: "number",
      min: 0.001,
      max: 1,
      description: `Share of rows that a tree sees (default: ${defaults.policy === "depth" ? `${SMALL_SHARE} for classes up to ${SMALL_ROWS} rows without goss, else ` : ""}1)`,
    },
    ...ONE_SIDED_PARAMETERS,
    number("colsample", defaults.colsample, 0.001, 1, "Share of features that a tree sees, but at least 8 of them"),
    number("colsampleLevel", 1, 0.001, 1, "Share of a tree's features that each of its levels sees"),
    number("colsampleNode", 1, 0.001, 1, "Share of a level's features that each node sees"),
    INITIAL_SCORE_PARAMETER,
    ...CONSTRAINT_PARAMETERS,
    CLASS_WEIGHT_PARAMETER,
    integer("maxBins", 255, 2, 255, "Bins of a numeric feature at most"),
    number(
      "categorySmoothing",
      defaults.categorySmoothing,
      0,
      1e15,
      "Added to the hessian when categories are put in order",
    ),
    number("categoryLambda", defaults.categoryLambda, 0, 1e15, "L2 on splits over sets of categories"),
    {
      name: "categoryGain",
      type: "number",
      min: 0,
      max: 1e300,
      description: `Least gain of a split over a set of more than four categories, for each but one (default: ${SET_GAIN} for classes, else 0)`,
    },
    integer(
      "categoryMinRows",
      defaults.categoryMinRows,
      0,
      2 ** 24,
      "Categories of fewer rows in a node are not told apart",
    ),
    integer(
      "earlyStoppingRounds",
      defaults.earlyStoppingRounds,
      0,
      100_000,
      "Stop after this many rounds without a better validation metric, and keep the best; 0 never",
    ),
    { name: "timeLimit", type: "duration", min: 0.001, description: "Begin no tree after this time" },
  ];
  return withSearch(specs, { ...SEARCHED, ...(defaults.policy === "depth" ? SEARCHED_BY_DEPTH : SEARCHED_BY_LEAF) });
}

function minChildWeight(value: number | null): ParameterSpec {
  const description = "Least sum of hessians in a child (rows, for squared error)";
  if (value !== null) return number("minChildWeight", value, 0, 1e15, description);
  const byClasses = `${description} (default: 1, less for three and more classes)`;
  return { name: "minChildWeight", type: "number", min: 0, max: 1e15, description: byClasses };
}

/**
 * The least weight of a child where nobody says: 1, and for K classes what makes up as many rows of a table without a model as 1 does
 * for two of them, since a row of K equal classes has a hessian of (K - 1) / K². At 1, 19 classes had a fifth more log loss.
 */
export function leastWeight(task: Task): number {
  if (task.kind !== "multiclass") return 1;
  const classes = Math.max(2, outputsOf(task));
  return (4 * (classes - 1)) / (classes * classes);
}

/**
 * The least rows of a child of a regression tree where nobody says. A leaf of few rows is mostly noise on a table of hundreds (5 rows
 * lose 5 % to 20), and what is rare but real on one of thousands (20 rows lose 2 to 10 %); `bench/tables/real`.
 */
export function leastRows(rows: number): number {
  return Math.min(
    REGRESSION_ROWS.few,
    Math.max(REGRESSION_ROWS.many, Math.round((REGRESSION_ROWS.few * FEW_ROWS) / rows)),
  );
}

/** The share of rows that a tree sees where nobody says. */
export function shareOfRows(policy: "depth" | "leaf", task: Task, rows: number): number {
  return policy === "depth" && isOfClasses(task) && rows <= SMALL_ROWS ? SMALL_SHARE : 1;
}

function isOfClasses({ kind }: Task): boolean {
  return kind === "binary" || kind === "multiclass";
}

function number(name: string, value: number, min: number, max: number, description: string): ParameterSpec {
  return { name, type: "number", default: value, min, max, description };
}

function integer(name: string, value: number, min: number, max: number, description: string): ParameterSpec {
  return { name, type: "integer", default: value, min, max, description };
}

/** Options from checked parameters, for a task and as many training rows. */
export function boostingOptions(
  values: ParameterValues,
  policy: "depth" | "leaf",
  { task, rows, features }: Pick<Dataset, "task" | "rows" | "features">,
): BoostingOptions {
  const get = (name: string): number => values[name] as number;
  const oneSided = readOneSided(values);
  // Held-out rows count, so that a fit with them and one without have the same.
  const learnable = rows.train + rows.validation;
  const maxDepth = get("maxDepth");
  const byDepth = maxDepth >= 16 ? LEAF_LIMIT : 2 ** maxDepth;
  const asked = get("maxLeaves") === 0 ? LEAF_LIMIT : get("maxLeaves");
  return {
    policy,
    rounds: (values.rounds as number | undefined) ?? null,
    learningRate: get("learningRate"),
    learningRateDecay: get("learningRateDecay"),
    maxDepth,
    maxLeaves: Math.max(1, Math.min(asked, byDepth, rows.train)),
    minChildWeight: (values.minChildWeight as number | undefined) ?? leastWeight(task),
    minChildRows:
      (values.minChildRows as number | undefined) ??
      (task.kind === "regression" ? leastRows(learnable) : CLASS_ROWS[policy]),
    lambda: get("lambda"),
    alpha: get("alpha"),
    gamma: get("gamma"),
    maxDeltaStep: get("maxDeltaStep"),
    subsample:
      (values.subsample as number | undefined) ?? (oneSided === null ? shareOfRows(policy, task, learnable) : 1),
    oneSided,
    colsample: get("colsample"),
    colsampleLevel: get("colsampleLevel"),
    colsampleNode: get("colsampleNode"),
    constraints: readConstraints(values, features),
    maxBins: get("maxBins"),
    categorySmoothing: get("categorySmoothing"),
    categoryLambda: get("categoryLambda"),
    categoryGain: (values.categoryGain as number | undefined) ?? (isOfClasses(task) ? SET_GAIN : 0),
    categoryMinRows: get("categoryMinRows"),
    earlyStoppingRounds: get("earlyStoppingRounds"),
    timeLimit: (values.timeLimit as number | undefined) ?? null,
  };
}
