import { loadAlgorithm, loadWithObjective } from "../algorithms/index.ts";
import type { ParameterValues } from "../core/index.ts";
import { modelOfJson, TreeEstimator, type TreeSettings } from "./tree-estimator.ts";
import type { GradientBoostingOptions, RandomForestOptions } from "./tree-options.ts";

export type { LabelledRows, TrainingRows } from "./rows-dataset.ts";
export type { ArrowTableLike, ColumnTable, ColumnValues, TableInput } from "./table-input.ts";
export type { TargetInput } from "./training-data.ts";
export type { EstimatorJson, FitOptions, Round } from "./tree-estimator.ts";
export type { GradientBoostingOptions, RandomForestOptions } from "./tree-options.ts";

/** Boosted trees over columns in memory. */
export class GradientBoosting extends TreeEstimator {
  /** @param options settings; checked when training begins */
  constructor(options: GradientBoostingOptions = {}) {
    super(boostingSettings(options));
  }

  /** An estimator of what `toJSON` made, trained as it was. @throws KaaykoError (damaged) */
  static fromJSON(stored: unknown, options: GradientBoostingOptions = {}): GradientBoosting {
    const estimator = new GradientBoosting(options);
    estimator.restore(modelOfJson(stored));
    return estimator;
  }
}

/** Random forests over columns in memory. */
export class RandomForest extends TreeEstimator {
  /** @param options settings; checked when training begins */
  constructor(options: RandomForestOptions = {}) {
    super(forestSettings(options));
  }

  /** An estimator of what `toJSON` made, trained as it was. @throws KaaykoError (damaged) */
  static fromJSON(stored: unknown, options: RandomForestOptions = {}): RandomForest {
    const estimator = new RandomForest(options);
    estimator.restore(modelOfJson(stored));
    return estimator;
  }
}

function boostingSettings({ growth = "leaf", objective, ...rest }: GradientBoostingOptions): TreeSettings {
  const name = growth === "depth" ? "xgboost" : "hist-gradient";
  const isOwn = typeof objective === "object";
  const named = objective === undefined || isOwn ? {} : { objective };
  return settingsOf(() => (isOwn ? loadWithObjective(name, objective) : loadAlgorithm(name)), { ...rest, ...named });
}

function forestSettings(options: RandomForestOptions): TreeSettings {
  return settingsOf(() => loadAlgorithm("random-forest"), options);
}

type Given = Pick<RandomForestOptions, "task" | "seed" | "threads" | "set">;

function settingsOf(load: TreeSettings["load"], { task, seed = 42, threads = 1, set, ...own }: Given): TreeSettings {
  const given = Object.entries({ ...own, ...set }).filter(([, value]) => value !== undefined);
  return { load, values: Object.fromEntries(given) as ParameterValues, task, seed, threads };
}
