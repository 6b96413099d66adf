import {
  type BandMetrics,
  type BenchmarkResult,
  type BestPossible,
  type Explanation,
  KaaykoError,
  type LocationsResult,
  type ModelContent,
  primaryMetric,
  type Role,
  type RuleProof,
  type RulesResult,
  type State,
} from "../core/index.ts";
import type { Confusion, LabelScore, MetricValues } from "../metrics/index.ts";
import type { AlgorithmResult } from "./document.ts";
import { type Champion, explanationOf } from "./explain/parts.ts";
import { compareLocations } from "./judging/locations.ts";
import { metricsOfResult } from "./score.ts";
import type { Results } from "./sequence.ts";
import type { TrainedModel, TrainingWork } from "./train-stage.ts";

/** How the models compare. */
export interface Comparison {
  readonly algorithms: readonly AlgorithmResult[];
  readonly champion: string;
  readonly primaryMetric: string;
  /** Which rows ranked the models. */
  readonly rankedBy: "validation" | "crossValidation" | "test" | "train";
  /** The champion's, on test rows where there are some. */
  readonly confusion: Confusion | null;
  /** Rows of several labels: how each fares with the champion, on the same rows. */
  readonly labels: readonly LabelScore[] | null;
  /**
   * Rows of several labels: the champion's threshold for each; of two classes that of a rare second one. Forecasts: how far its
   * interval reaches at each step.
   */
  readonly thresholds: readonly number[] | null;
  readonly rules: RulesResult | null;
  readonly bestPossible: BestPossible | null;
  readonly locations: LocationsResult | null;
  /** Null where none was asked for. */
  readonly explanation: Explanation | null;
  /** Null where the run is none. */
  readonly benchmark: BenchmarkResult | null;
}

/** Puts the models side by side and names the champion: the best that keeps its rules. */
export function compareModels(
  work: TrainingWork,
  trained: readonly TrainedModel[],
  results: Results,
): Omit<Comparison, "benchmark"> {
  const proofs = proofsOf(results);
  const algorithms = trained.map((model) => algorithmResult(work, model, results, proofs));
  const winner = championOf(work, trained, results);
  const champion = winner.algorithm;
  const { confusion, labels = null } = metricsOfResult(results.get(`${champion}.${winner.role}`)!);
  return {
    algorithms,
    champion,
    primaryMetric: primaryMetric(work.prepared.dataset.task.kind).name,
    rankedBy: rankingOf(work, trained),
    confusion,
    labels,
    thresholds:
      thresholdsOf(work, trained.find(({ contender }) => contender.algorithm.name === champion)!, results) ?? null,
    rules: rulesResult(work, proofs),
    bestPossible: bestPossible(work, champion, results),
    locations: locationsResult(work, trained, champion, results),
    explanation: explanationOf(work, results, winner),
  };
}

/** The role whose rows say how good a model is: test rows where there are some, else validation, else training rows. */
export function judgedRole({ prepared }: TrainingWork): Role {
  return (["test", "validation"] as const).find((role) => prepared.dataset.rows[role] > 0) ?? "train";
}

/** Models that could be judged, the best first; ties in the order of the run. */
export function candidatesOf(work: TrainingWork, trained: readonly TrainedModel[], results: Results): TrainedModel[] {
  const { name: primary, higherIsBetter } = primaryMetric(work.prepared.dataset.task.kind);
  const rankedBy = rankingOf(work, trained);
  const ranked = trained
    .filter((model) => errorOf(model, results) === undefined)
    .map((model) => {
      const value =
        rankedBy === "crossValidation"
          ? model.crossValidation?.metrics[primary]?.mean
          : roleMetrics(results, model.contender.algorithm.name, rankedBy)?.[primary];
      const score = value === null || value === undefined ? Number.NEGATIVE_INFINITY : higherIsBetter ? value : -value;
      return { model, score };
    });
  return ranked.sort((a, b) => (a.score === b.score ? 0 : b.score - a.score)).map(({ model }) => model);
}

/** The best model that keeps its rules, and what it is judged by. */
export function championOf(work: TrainingWork, trained: readonly TrainedModel[], results: Results): Champion {
  const proofs = proofsOf(results);
  const algorithm = championName(work, trained, results, proofs);
  const role = (["test", "validation", "train"] as const).find((judged) => results.has(`${algorithm}.${judged}`))!;
  const model = trained.find(({ contender }) => contender.algorithm.name === algorithm)!;
  const { importance = [] } = algorithmResult(work, model, results, proofs);
  return {
    algorithm,
    role,
    content: contentFor(model, role),
    thresholds: thresholdsOf(work, model, results),
    importance,
  };
}

/**
 * Each label's threshold, that of an answer at all, or how far the interval of each step of a forecast reaches: the mean of what the
 * held-out rows chose, of the folds as well; undefined where the task has none. Two classes: that of a rare second one. Numbers
 * with intervals: how their errors are spread.
 */
export function thresholdsOf(
  { prepared }: TrainingWork,
  { contender, foldThresholds }: TrainedModel,
  results: Results,
): readonly number[] | undefined {
  const { kind, classes, horizon, interval, outOfScope } = prepared.dataset.task;
  const hasOwn = interval !== undefined || outOfScope !== undefined;
  if (kind !== "multilabel" && kind !== "forecast" && kind !== "binary" && !hasOwn) return undefined;
  const validation = results.get(`${contender.algorithm.name}.validation`);
  const own = validation === undefined ? undefined : metricsOfResult(validation).thresholds;
  if (kind === "binary") return own;
  // What one set of held-out rows says of errors is a whole: means of several would be of none.
  if (interval !== undefined) return own ?? foldThresholds[0];
  const chosen = own === undefined ? foldThresholds : [own, ...foldThresholds];
  if (chosen.length === 0 && outOfScope !== undefined) return [0];
  if (chosen.length === 0) return classes?.map(() => 0.5) ?? new Array<number>(horizon ?? 1).fill(0);
  return chosen[0]!.map((_, k) => chosen.reduce((sum, thresholds) => sum + thresholds[k]!, 0) / chosen.length);
}

/** A model that has seen the validation rows can't be judged by them. */
export function contentFor({ selected, content }: TrainedModel, role: Role): ModelContent {
  return role === "validation" ? selected! : content!;
}

function championName(
  work: TrainingWork,
  trained: readonly TrainedModel[],
  results: Results,
  proofs: readonly RuleProof[],
): string {
  if (work.rules === null) return candidatesOf(work, trained, results)[0]!.contender.algorithm.name;
  const proved = proofs.find(({ broken }) => broken === null);
  if (proved !== undefined) return proved.algorithm;
  const breaks = proofs.map(({ algorithm, broken }) => `${algorithm} breaks ${broken!.rule} at ${broken!.where}`);
  throw new KaaykoError({
    action: "choose a model",
    rule: `one must keep every rule, but ${breaks.join("; ")}`,
    remedy: "Train an algorithm that can be constrained, such as xgboost or hist-gradient.",
  });
}

function proofsOf(results: Results): RuleProof[] {
  return [...results].filter(([name]) => name.startsWith("proof.")).map(([, { json }]) => json as unknown as RuleProof);
}

function rulesResult({ rules }: TrainingWork, proofs: readonly RuleProof[]): RulesResult | null {
  if (rules === null) return null;
  const { caps, unknown, monotone } = rules.rules;
  const all = [...caps, ...(unknown === null ? [] : [unknown])];
  return { caps: all.map(({ name, cap, reason }) => ({ name, cap, reason })), monotone, proofs };
}

/** Nothing where rows are not what the truth and its noise can make. */
function bestPossible(work: TrainingWork, champion: string, results: Results): BestPossible | null {
  const role = judgedRole(work);
  const result = results.get(`truth.${role}`);
  const title = work.recipe?.truth?.title;
  if (result === undefined || title === undefined || result.json.beyond !== 0) return null;
  const metrics = result.json.values as MetricValues;
  const own = roleMetrics(results, champion, role)?.rmse ?? null;
  const best = metrics.rmse ?? null;
  const bands = bandsOf(result);
  return {
    title,
    metrics,
    ...(bands === undefined ? {} : { bands }),
    championWithin: own === null || best === null || best === 0 ? null : own / best - 1,
  };
}

function locationsResult(
  work: TrainingWork,
  trained: readonly TrainedModel[],
  champion: string,
  results: Results,
): LocationsResult | null {
  const locations = work.recipe?.locations;
  if (locations === undefined) return null;
  const places = (name: string) => results.get(`${name}.locations`)?.json.places as MetricValues[] | undefined;
  const judged = trained.flatMap(({ contender }): [string, MetricValues[]][] => {
    const own = places(contender.algorithm.name);
    return own === undefined ? [] : [[contender.algorithm.name, own]];
  });
  return compareLocations(locations, new Map(judged), places("truth") ?? null, champion);
}

function rankingOf(work: TrainingWork, trained: readonly TrainedModel[]): Comparison["rankedBy"] {
  const { rows } = work.prepared.dataset;
  if (rows.validation > 0) return "validation";
  if (trained.some(({ crossValidation }) => crossValidation !== null)) return "crossValidation";
  return rows.test > 0 ? "test" : "train";
}

function roleMetrics(results: Results, algorithm: string, role: Role): MetricValues | undefined {
  const result = results.get(`${algorithm}.${role}`);
  return result === undefined || result.json.error !== undefined ? undefined : metricsOfResult(result).values;
}

function scoresOf({ contender }: TrainedModel, results: Results): (State | undefined)[] {
  return (["test", "validation", "train"] as const).map((role) => results.get(`${contender.algorithm.name}.${role}`));
}

function errorOf(model: TrainedModel, results: Results): string | undefined {
  const error = model.error ?? scoresOf(model, results).find((result) => result?.json.error !== undefined)?.json.error;
  return error === undefined || error === null ? undefined : String(error);
}

/** How each of several steps ahead fares, on the test rows where there are some. */
function stepsOf(scored: readonly (State | undefined)[]): Pick<AlgorithmResult, "steps"> {
  const found = scored.find((result) => result?.json.steps !== undefined);
  const steps = found === undefined ? [] : (metricsOfResult(found).steps ?? []);
  return steps.length > 1 ? { steps } : {};
}

function bandsOf(result: State | undefined): BandMetrics | undefined {
  return result?.json.bands as unknown as BandMetrics | undefined;
}

function algorithmResult(
  work: TrainingWork,
  model: TrainedModel,
  results: Results,
  proofs: readonly RuleProof[],
): AlgorithmResult {
  const { name, title } = model.contender.algorithm;
  const scored = scoresOf(model, results);
  const error = errorOf(model, results);
  const validation = roleMetrics(results, name, "validation");
  const test = roleMetrics(results, name, "test");
  const bands = bandsOf(scored.find((result) => result?.json.bands !== undefined));
  const broken = proofs.find((proof) => proof.algorithm === name)?.broken ?? null;
  return {
    name,
    title,
    metrics: { ...(validation === undefined ? {} : { validation }), ...(test === undefined ? {} : { test }) },
    seconds: Math.round(model.seconds * 1000) / 1000,
    ...(model.crossValidation === null ? {} : { crossValidation: model.crossValidation }),
    ...(bands === undefined ? {} : { bands }),
    ...(broken === null ? {} : { brokenRule: broken }),
    ...stepsOf(scored),
    ...(error === undefined ? {} : { error }),
    ...importanceOf(work, scored),
    ...(model.history === null ? {} : { history: model.history }),
    ...(model.search === null ? {} : { search: model.search }),
  };
}

function importanceOf(
  work: TrainingWork,
  scored: readonly (State | undefined)[],
): Pick<AlgorithmResult, "importance" | "importanceMeasure"> {
  const found = scored.find((result) => result?.json.importance !== undefined && result.json.importance !== null);
  if (found === undefined) return {};
  const { measure, values } = found.json.importance as unknown as { measure: string; values: number[] };
  const importance = work.prepared.dataset.features
    .map((feature, i) => ({ feature: feature.name, share: values[i] ?? 0 }))
    .sort((a, b) => b.share - a.share);
  return { importance, importanceMeasure: measure };
}
