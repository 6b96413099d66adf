import {
  type CrossValidationResult,
  deriveSeed,
  type JsonObject,
  KaaykoError,
  type LearningHistory,
  type ModelContent,
  type ParameterValues,
  type SearchResult,
  type State,
  type StepReport,
  type Trainer,
} from "../core/index.ts";
import { type MetricValues, metricNames } from "../metrics/index.ts";
import {
  contentOfResult,
  createCombination,
  createFit,
  factsOfResult,
  historyOfResult,
  refitFacts,
  secondsOfResult,
} from "./fit.ts";
import type { Stage } from "./preparation.ts";
import type { Contender } from "./request.ts";
import { createScore, metricsOfResult } from "./score.ts";
import { foundParameters, searchParts, searchResult } from "./search/search-parts.ts";
import { searchRequest } from "./search/search-request.ts";
import { type Part, type Results, Sequence } from "./sequence.ts";
import { createRuledPredictor, errorText, type TrainingWork, trainerContext } from "./training-work.ts";

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

/** Rows up to which a model is fitted again on training and validation rows by default: beyond, a tenth more hardly helps. */
const REFIT_ROWS = 100_000;
/** Rows under which one held-out tenth says little about when to stop, and folds are asked as well. */
const FEW_ROWS = 4000;
const FEW_ROWS_FOLDS = 5;

function partsOf(work: TrainingWork): Part[] {
  const counts = work.contenders.map((contender) => foldsOf(work, contender));
  let remaining = counts.reduce((sum, count) => sum + count + 1, 0);
  const learning = work.contenders.flatMap((contender, index) => {
    const { name } = contender.algorithm;
    if (contender.algorithm.combine !== undefined) return [];
    const count = counts[index]!;
    const trials = searchParts(searchRequest(work, contender));
    const parts = Array.from({ length: count }, (_, k) => foldParts(work, contender, k, count, remaining--)).flat();
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

/** Folds as asked for; a few where a model will be fitted again and the held-out rows are too few to say when to stop. */
function foldsOf(work: TrainingWork, contender: Contender): number {
  const asked = (work.settings.folds as number | undefined) ?? 0;
  // One fold would have nothing to learn from.
  if (asked >= 2) return asked;
  const { train, validation } = work.prepared.dataset.rows;
  // A development run fits as often as one on all rows will.
  if (work.settings.dev === true) return 0;
  return isRefitted(work, contender) && train + validation < FEW_ROWS && train >= 4 * FEW_ROWS_FOLDS
    ? FEW_ROWS_FOLDS
    : 0;
}

function isRefitted({ prepared, settings }: TrainingWork, { algorithm }: Contender): boolean {
  const { train, validation } = prepared.dataset.rows;
  if (algorithm.refitParameters === undefined || validation === 0 || settings.refit === "never") return false;
  return settings.refit === "always" || (settings.timeLimit === undefined && train + validation <= REFIT_ROWS);
}

/** The last fit: on all rows that may be learnt from, stopped where the fits before it were best. */
function refitPart(work: TrainingWork, contender: Contender, earlier: readonly Part[]): Part {
  const { algorithm } = contender;
  return {
    name: `${algorithm.name}.refit`,
    subject: `${algorithm.name}, all rows`,
    create: async (results) => {
      const models = earlier.map(({ name }) => factsOfResult(results.get(name))).filter((facts) => facts !== undefined);
      const parameters = foundParameters(searchRequest(work, contender), results);
      const refitted = { ...parameters, ...algorithm.refitParameters!(models) };
      const context = trainerContext(work, refitted, await work.prepared.whole(), work.settings.seed as number);
      return createFit(algorithm, context, null, work.previous.get(`${algorithm.name}.refit`));
    },
  };
}

function foldParts(work: TrainingWork, contender: Contender, k: number, folds: number, remaining: number): Part[] {
  const { name } = contender.algorithm;
  const subject = `${name}, fold ${k + 1} of ${folds}`;
  const fit = `${name}.fold-${k + 1}`;
  return [
    fitPart(work, contender, fit, subject, remaining, { k, folds }),
    {
      name: `${fit}.score`,
      subject: `${subject}, held-out rows`,
      drops: [fit],
      create: async (results) => {
        const dataset = await work.prepared.fold(k, folds);
        const content = contentOfResult(results.get(fit)!);
        const predictor = await createRuledPredictor(work, contender, content);
        // The fit's result is dropped with this part; its time and what a last fit asks of it are carried on.
        const kept = { seconds: secondsOfResult(results.get(fit)), ...refitFacts(contender, content) };
        return createScore({ dataset, role: "validation", predictor, carry: kept });
      },
    },
  ];
}

function fitPart(
  work: TrainingWork,
  contender: Contender,
  name: string,
  subject: string,
  remaining: number,
  fold: { readonly k: number; readonly folds: number } | null,
): Part {
  return {
    name,
    subject,
    create: async (results) => {
      const dataset = fold === null ? work.prepared.dataset : await work.prepared.fold(fold.k, fold.folds);
      const seed = work.settings.seed as number;
      const own = fold === null ? seed : deriveSeed(seed, "fold", fold.k);
      const parameters = foundParameters(searchRequest(work, contender), results);
      const context = trainerContext(work, parameters, dataset, own);
      const allowed = secondsAllowed(work.settings, results, remaining);
      return createFit(contender.algorithm, context, allowed, work.previous.get(name));
    },
  };
}

/** The fits that remain share what is left of the time limit equally. */
function secondsAllowed(settings: ParameterValues, results: Results, remaining: number): number | null {
  if (typeof settings.timeLimit !== "number") return null;
  const spent = [...results.values()].reduce((sum, result) => sum + secondsOfResult(result), 0);
  return Math.max(0, settings.timeLimit - spent) / remaining;
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
  const folds = own.filter(([part]) => part.endsWith(".score")).map(([, result]) => metricsOfResult(result));
  const scores = folds.map(({ values }) => values);
  const modelOf = (part: string): ModelContent | null => {
    const result = failed === undefined ? results.get(part) : undefined;
    return result === undefined ? null : contentOfResult(result);
  };
  const selected = modelOf(name);
  const request = searchRequest(work, contender);
  return {
    contender: { ...contender, parameters: foundParameters(request, results) },
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
