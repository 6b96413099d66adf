import {
  type Explanation,
  type ModelContent,
  type Predictor,
  primaryMetric,
  type Role,
  type State,
} from "../core/index.ts";
import type { Confusion, LabelScore, MetricValues } from "../metrics/index.ts";
import type { AlgorithmResult } from "./document.ts";
import { type Champion, explainParts, explanationOf } from "./explain/parts.ts";
import { createScore, metricsOfResult } from "./score.ts";
import { type Part, type Results, Sequence } from "./sequence.ts";
import {
  errorText,
  predictorContext,
  type SequenceStage,
  sequenceStage,
  type TrainedModel,
  type TrainingWork,
} from "./train-stage.ts";

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
  /** Rows of several labels: the champion's threshold for each. */
  readonly thresholds: readonly number[] | null;
  /** Null where none was asked for. */
  readonly explanation: Explanation | null;
}

/**
 * Scores every model block by block on the validation and the test rows (on the training rows only where there are neither),
 * and chooses the champion: best primary metric on the validation rows; without them the mean over the folds, else the test
 * rows. Ties go to the algorithm named first; the baseline may win.
 */
export function createEvaluateStage(work: TrainingWork, trained: readonly TrainedModel[]): SequenceStage<Comparison> {
  const models = trained.filter(({ content }) => content !== null);
  const roles = rolesToScore(work);
  const parts = models.flatMap((model) => roles.map((role) => scorePart(work, model, role, models.length > 1)));
  const explaining = explainParts(work, (results) => championOf(work, trained, results));
  const sequence = new Sequence([...parts, ...explaining], "block");
  return sequenceStage(sequence, async () => compare(work, trained, sequence.results));
}

function rolesToScore({ prepared }: TrainingWork): Role[] {
  const roles = (["validation", "test"] as const).filter((role) => prepared.dataset.rows[role] > 0);
  return roles.length > 0 ? roles : ["train"];
}

function scorePart(work: TrainingWork, model: TrainedModel, role: Role, recoverable: boolean): Part {
  const { algorithm } = model.contender;
  const { dataset } = work.prepared;
  const part: Part = {
    name: `${algorithm.name}.${role}`,
    subject: `${algorithm.name}, ${role} rows`,
    create: async (results) => {
      const predictor: Predictor = await algorithm.createPredictor(
        contentFor(model, role),
        predictorContext(dataset, work.settings),
      );
      return createScore(
        dataset,
        role,
        predictor,
        {},
        role === "validation" ? undefined : thresholdsOf(work, model, results),
      );
    },
  };
  if (!recoverable) return part;
  return {
    ...part,
    recover: (error): State => {
      work.notify(`${algorithm.name} could not be evaluated: ${errorText(error)}`);
      return { json: { error: errorText(error) }, arrays: {} };
    },
  };
}

/** Each label's threshold: the mean of those that the held-out rows chose, of the folds as well; undefined where none did. */
function thresholdsOf({ prepared }: TrainingWork, { contender, foldThresholds }: TrainedModel, results: Results) {
  if (prepared.dataset.task.kind !== "multilabel") return undefined;
  const validation = results.get(`${contender.algorithm.name}.validation`);
  const own = validation === undefined ? undefined : metricsOfResult(validation).thresholds;
  const chosen = own === undefined ? foldThresholds : [own, ...foldThresholds];
  if (chosen.length === 0) return prepared.dataset.task.classes!.map(() => 0.5);
  return chosen[0]!.map((_, k) => chosen.reduce((sum, thresholds) => sum + thresholds[k]!, 0) / chosen.length);
}

/** A model that has seen the validation rows can't be judged by them. */
function contentFor({ selected, content }: TrainedModel, role: Role): ModelContent {
  return role === "validation" ? selected! : content!;
}

function compare(work: TrainingWork, trained: readonly TrainedModel[], results: Results): Comparison {
  const algorithms = trained.map((model) => algorithmResult(work, model, results));
  const champion = championOf(work, trained, results);
  const { confusion, labels } = metricsOfResult(results.get(`${champion.algorithm}.${champion.role}`)!);
  const thresholds = thresholdsOf(
    work,
    trained.find((model) => model.contender.algorithm.name === champion.algorithm)!,
    results,
  );
  return {
    algorithms,
    champion: champion.algorithm,
    primaryMetric: primaryMetric(work.prepared.dataset.task.kind).name,
    rankedBy: rankingOf(work, algorithms),
    confusion,
    labels: labels ?? null,
    thresholds: thresholds ?? null,
    explanation: explanationOf(work, results, champion),
  };
}

function championOf(work: TrainingWork, trained: readonly TrainedModel[], results: Results): Champion {
  const algorithms = trained.map((model) => algorithmResult(work, model, results));
  const { name: primary, higherIsBetter } = primaryMetric(work.prepared.dataset.task.kind);
  const rankedBy = rankingOf(work, algorithms);
  let champion: { name: string; value: number } | null = null;
  for (const { name, error, ...result } of algorithms) {
    if (error !== undefined) continue;
    const value =
      rankedBy === "crossValidation"
        ? result.crossValidation?.metrics[primary]?.mean
        : roleMetrics(results, name, rankedBy)?.[primary];
    const score = value === null || value === undefined ? Number.NEGATIVE_INFINITY : higherIsBetter ? value : -value;
    if (champion === null || score > champion.value) champion = { name, value: score };
  }
  const { name } = champion!;
  const role = (["test", "validation", "train"] as const).find((judged) => results.has(`${name}.${judged}`))!;
  const model = trained.find(({ contender }) => contender.algorithm.name === name)!;
  const { importance = [] } = algorithms.find((result) => result.name === name)!;
  return { algorithm: name, role, content: contentFor(model, role), importance };
}

function rankingOf(work: TrainingWork, algorithms: readonly AlgorithmResult[]): Comparison["rankedBy"] {
  const { rows } = work.prepared.dataset;
  if (rows.validation > 0) return "validation";
  if (algorithms.some(({ crossValidation }) => crossValidation !== undefined)) return "crossValidation";
  return rows.test > 0 ? "test" : "train";
}

function roleMetrics(results: Results, algorithm: string, role: Role): MetricValues | undefined {
  const result = results.get(`${algorithm}.${role}`);
  return result === undefined || result.json.error !== undefined ? undefined : metricsOfResult(result).values;
}

function algorithmResult(work: TrainingWork, model: TrainedModel, results: Results): AlgorithmResult {
  const { name, title } = model.contender.algorithm;
  const scored = (["validation", "test", "train"] as const).map((role) => results.get(`${name}.${role}`));
  const error = model.error ?? scored.find((result) => result?.json.error !== undefined)?.json.error;
  const validation = roleMetrics(results, name, "validation");
  const test = roleMetrics(results, name, "test");
  return {
    name,
    title,
    metrics: { ...(validation === undefined ? {} : { validation }), ...(test === undefined ? {} : { test }) },
    seconds: Math.round(model.seconds * 1000) / 1000,
    ...(model.crossValidation === null ? {} : { crossValidation: model.crossValidation }),
    ...(error === undefined || error === null ? {} : { error: String(error) }),
    ...importanceOf(work, scored),
    ...(model.history === null ? {} : { history: model.history }),
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
