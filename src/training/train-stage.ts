import {
  type CrossValidationResult,
  type JsonObject,
  KaaykoError,
  type LearningHistory,
  type ModelContent,
  type SearchResult,
  type State,
  type StepReport,
  type Trainer,
} from "../core/index.ts";
import { type MetricValues, metricNames } from "../metrics/index.ts";
import { contentOfResult, createCombination, factsOfResult, historyOfResult, secondsOfResult } from "./fit.ts";
import { fitPart, foldParts, refitPart } from "./fit-parts.ts";
import { belongsToChosen, chosenParameters, foldsOf, isRefitted, variantsOf } from "./fold-plan.ts";
import type { Stage } from "./preparation.ts";
import type { Contender } from "./request.ts";
import { metricsOfResult } from "./score.ts";
import { searchParts, searchResult } from "./search/search-parts.ts";
import { searchRequest } from "./search/search-request.ts";
import { type Part, type Results, Sequence } from "./sequence.ts";
import { errorText, type TrainingWork, trainerContext } from "./training-work.ts";

export { createRuledPredictor, errorText, predictorContext, type TrainingWork } from "./training-work.ts";

/** What training one algorithm gave. */
export interface TrainedModel {
  readonly contender: Contender;
  /** The model that is kept; null where it failed. */
  readonly content: ModelContent | null;
  /** The model that has not seen the validation rows; the same one where it was not fitted again. */
  readonly selected: ModelContent | null;
  readonly seconds: number;
  readonly crossValidation: CrossValidationResult | null;
  /** Rows of several labels: the thresholds that each fold's held-out rows chose. */
  readonly foldThresholds: readonly (readonly number[])[];
  readonly error: string | null;
  /** Of the fit that had held-out rows; null where it reported nothing. */
  readonly history: LearningHistory | null;
  /** What a search over its settings found; null where there was none. */
  readonly search: SearchResult | null;
}

/** A stage that is a sequence of parts; `last` says which part the last step worked on. */
export interface SequenceStage<T> extends Stage<T> {
  readonly last: { readonly subject: string; readonly report: StepReport } | null;
}

/**
 * Fits every contender: with folds, first a model on all folds but one, scored on that one, for each fold; then the final
 * model on all training rows. A contender that fails is left out; only where all fail does the stage.
 */
export function createTrainStage(work: TrainingWork): SequenceStage<TrainedModel[]> {
  const sequence = new Sequence(partsOf(work), "fit");
  return sequenceStage(sequence, async () => {
    const trained = work.contenders.map((contender) => trainedModel(work, contender, sequence.results));
    const errors = trained.flatMap(({ contender, error }) =>
      error === null ? [] : [`${contender.algorithm.name}: ${error}`],
    );
    if (errors.length < trained.length) return trained;
    throw new KaaykoError({ action: "train a model", rule: `none of the algorithms could (${errors.join("; ")})` });
  });
}

/** A sequence as a stage with a product. */
export function sequenceStage<T>(sequence: Sequence, product: () => Promise<T>): SequenceStage<T> {
  return {
    version: sequence.version,
    step: () => sequence.step(),
    getState: () => sequence.getState(),
    setState: (state) => sequence.setState(state),
    dispose: () => sequence.dispose(),
    product,
    get last() {
      return sequence.last;
    },
  };
}

function partsOf(work: TrainingWork): Part[] {
  const counts = work.contenders.map((contender) => foldsOf(work, contender));
  const variants = work.contenders.map((contender) => variantsOf(work, contender));
  let remaining = counts.reduce((sum, count, i) => sum + count * variants[i]!.length + 1, 0);
  const learning = work.contenders.flatMap((contender, index) => {
    const { name } = contender.algorithm;
    if (contender.algorithm.combine !== undefined) return [];
    const count = counts[index]!;
    const trials = searchParts(searchRequest(work, contender));
    const parts = variants[index]!.flatMap((parameters, variant) =>
      Array.from({ length: count }, (_, k) => {
        const fold = { k, folds: count, variant, parameters };
        return foldParts(work, contender, fold, remaining--);
      }).flat(),
    );
    parts.push(fitPart(work, contender, name, name, remaining--, null));
    if (isRefitted(work, contender)) parts.push(refitPart(work, contender, parts));
    return [...trials, ...parts.map((part) => ({ ...part, ...failureRules(work, contender, part) }))];
  });
  const combining = work.contenders.flatMap((contender) =>
    combineParts(work, contender).map((part) => ({ ...part, ...failureRules(work, contender, part) })),
  );
  return [...learning, ...combining];
}

/** The fits of an algorithm that puts the others' models together: those with held-out rows, then those of all rows. */
function combineParts(work: TrainingWork, { algorithm, parameters }: Contender): Part[] {
  const { combine, name, refitParameters } = algorithm;
  if (combine === undefined) return [];
  const members = (results: Results, refitted: boolean): ModelContent[] =>
    work.contenders.flatMap(({ algorithm: other }) => {
      if (other.combine !== undefined || failedPart(other.name, results) !== undefined) return [];
      const own = refitted ? (results.get(`${other.name}.refit`) ?? results.get(other.name)) : results.get(other.name);
      return [contentOfResult(own!)];
    });
  const part = (own: string, subject: string, combineAll: (results: Results) => Promise<Trainer>): Part => ({
    name: own,
    subject,
    create: async (results) => createCombination(await combineAll(results)),
  });
  const { dataset } = work.prepared;
  const seed = work.settings.seed as number;
  const first = part(name, name, (results) =>
    combine(members(results, false), trainerContext(work, parameters, dataset, seed)),
  );
  if (refitParameters === undefined || !work.contenders.some((other) => isRefitted(work, other))) return [first];
  const last = part(`${name}.refit`, `${name}, all rows`, (results) => {
    const found = { ...parameters, ...refitParameters([factsOfResult(results.get(name))!]) };
    return combine(members(results, true), trainerContext(work, found, dataset, seed));
  });
  return [first, last];
}

/** A contender that failed is skipped from then on; alone, its error ends the run. */
function failureRules(work: TrainingWork, contender: Contender, part: Part): Pick<Part, "skip" | "recover"> {
  if (work.contenders.length < 2) return {};
  const { name } = contender.algorithm;
  return {
    skip: (results) => part.name !== failedPart(name, results) && failedPart(name, results) !== undefined,
    recover: (error) => {
      const message = errorText(error);
      work.notify(`${name} failed: ${message}`);
      return { json: { failed: name, error: message } satisfies JsonObject, arrays: {} } satisfies State;
    },
  };
}

function failedPart(algorithm: string, results: Results): string | undefined {
  for (const [name, result] of results) if (result.json.failed === algorithm) return name;
  return undefined;
}

function trainedModel(work: TrainingWork, contender: Contender, results: Results): TrainedModel {
  const { name } = contender.algorithm;
  const own = [...results].filter(([part]) => part === name || part.startsWith(`${name}.`));
  const failed = failedPart(name, results);
  const folds = own
    .filter(([part]) => part.endsWith(".score") && belongsToChosen(work, contender, part, results))
    .map(([, result]) => metricsOfResult(result));
  const scores = folds.map(({ values }) => values);
  const modelOf = (part: string): ModelContent | null => {
    const result = failed === undefined ? results.get(part) : undefined;
    return result === undefined ? null : contentOfResult(result);
  };
  const selected = modelOf(name);
  const request = searchRequest(work, contender);
  return {
    contender: { ...contender, parameters: chosenParameters(work, contender, results) },
    content: modelOf(`${name}.refit`) ?? selected,
    selected,
    seconds: own.reduce((sum, [, result]) => sum + secondsOfResult(result), 0),
    crossValidation: failed === undefined && scores.length > 0 ? summariseFolds(work, scores) : null,
    foldThresholds: failed === undefined ? folds.flatMap(({ thresholds }) => (thresholds ? [thresholds] : [])) : [],
    error: failed === undefined ? null : String(results.get(failed)!.json.error),
    history: failed === undefined ? historyOfResult(results.get(name)) : null,
    search: searchResult(request, results),
  };
}

function summariseFolds(work: TrainingWork, scores: readonly MetricValues[]): CrossValidationResult {
  const names = metricNames(work.prepared.dataset.task.kind);
  const metrics = names.map((name) => [name, meanAndSpread(scores.map((values) => values[name] ?? null))] as const);
  return { folds: scores.length, metrics: Object.fromEntries(metrics) };
}

/** Over the folds in which the metric is defined. */
function meanAndSpread(values: readonly (number | null)[]): { mean: number | null; std: number | null } {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return { mean: null, std: null };
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const variance = known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length;
  return { mean, std: Math.sqrt(variance) };
}
