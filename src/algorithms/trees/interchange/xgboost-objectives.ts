import type { JsonObject } from "../../../core/index.ts";
import type { ForeignObjective } from "./foreign-types.ts";
import type { ModelForest } from "./model-forest.ts";

/** What becomes of an objective's scores, and in which space its base score is written. */
export interface XgboostObjective extends ForeignObjective {
  readonly base: "score" | "probability" | "mean";
  readonly notice?: string;
}

const SCORES: XgboostObjective = { kind: "regression", loss: "squared", base: "score" };
const RANKING: XgboostObjective = { ...SCORES, notice: "A model that ranks: its predictions are scores to sort by." };
const PROBABILITY: XgboostObjective = { kind: "binary", loss: "logistic", base: "probability" };
const CLASSES: XgboostObjective = { kind: "multiclass", loss: "softmax", base: "score" };
const HAZARD: XgboostObjective = { kind: "regression", loss: "custom", link: "log", base: "mean" };

const OBJECTIVES: Readonly<Record<string, XgboostObjective>> = {
  "reg:squarederror": SCORES,
  "reg:linear": SCORES,
  "reg:squaredlogerror": SCORES,
  "reg:pseudohubererror": SCORES,
  "reg:absoluteerror": { ...SCORES, loss: "absolute" },
  "reg:quantileerror": { ...SCORES, loss: "quantile" },
  "count:poisson": { kind: "regression", loss: "poisson", base: "mean" },
  "reg:gamma": { kind: "regression", loss: "gamma", base: "mean" },
  "reg:tweedie": { kind: "regression", loss: "tweedie", base: "mean" },
  "survival:cox": HAZARD,
  "survival:aft": HAZARD,
  "reg:logistic": PROBABILITY,
  "binary:logistic": PROBABILITY,
  "binary:logitraw": {
    ...PROBABILITY,
    base: "score",
    notice: "binary:logitraw gives scores; here the probability of the second class is given.",
  },
  "multi:softprob": CLASSES,
  "multi:softmax": CLASSES,
  "rank:pairwise": RANKING,
  "rank:ndcg": RANKING,
  "rank:map": RANKING,
};

export const XGBOOST_OBJECTIVES: readonly string[] = Object.keys(OBJECTIVES);

/** What a stored objective says; undefined where ours has no function for its scores. */
export function readObjective(stored: JsonObject): XgboostObjective | undefined {
  const name = String(stored.name);
  const known = Object.hasOwn(OBJECTIVES, name) ? OBJECTIVES[name]! : undefined;
  if (known?.loss === "quantile")
    return shaped(known, numberIn(stored.quantile_loss_param, "quantile_alpha"), (share) => share > 0 && share < 1);
  if (known?.loss === "tweedie")
    return shaped(
      known,
      numberIn(stored.tweedie_regression_param, "tweedie_variance_power") ?? 1.5,
      (power) => power > 1 && power < 2,
    );
  return known;
}

/** The objective with its parameter; where that is none that ours takes, one that predicts the same. */
function shaped(
  objective: XgboostObjective,
  parameter: number | undefined,
  holds: (value: number) => boolean,
): XgboostObjective {
  if (parameter !== undefined && holds(parameter)) return { ...objective, parameter };
  return objective.base === "mean" ? HAZARD : SCORES;
}

/** A number that lies as text in an object, alone or in brackets. */
function numberIn(stored: unknown, name: string): number | undefined {
  if (typeof stored !== "object" || stored === null) return undefined;
  const text = (stored as Record<string, unknown>)[name];
  const number = typeof text === "string" ? Number(text.replace(/^\[|\]$/g, "")) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

/** The objective that makes XGBoost do with our scores what ours does; parameters of ours where it has them. */
export function writtenObjective({ loss, link, classes, parameter }: ModelForest): JsonObject {
  const common = { reg_loss_param: { scale_pos_weight: "1" } };
  if (link === "softmax") return { name: "multi:softprob", softmax_multiclass_param: { num_class: String(classes) } };
  if (link === "logistic") return { name: loss === "logistic" ? "binary:logistic" : "reg:logistic", ...common };
  if (link === "log") return logObjective(loss, parameter);
  if (loss === "absolute") return { name: "reg:absoluteerror" };
  if (loss === "quantile")
    return { name: "reg:quantileerror", quantile_loss_param: { quantile_alpha: `[${parameter}]` } };
  if (loss === "lambdarank") return { name: "rank:ndcg", lambdarank_param: {} };
  return { name: "reg:squarederror", ...common };
}

function logObjective(loss: string, parameter: number | null): JsonObject {
  if (loss === "gamma") return { name: "reg:gamma", reg_loss_param: { scale_pos_weight: "1" } };
  if (loss === "tweedie")
    return { name: "reg:tweedie", tweedie_regression_param: { tweedie_variance_power: String(parameter) } };
  return { name: "count:poisson", poisson_regression_param: { max_delta_step: "0.7" } };
}
