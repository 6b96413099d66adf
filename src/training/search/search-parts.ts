import {
  type Algorithm,
  type JsonObject,
  type ParameterValues,
  primaryMetric,
  type SearchResult,
  type State,
  type TaskKind,
  type TrialResult,
} from "../../core/index.ts";
import { secondsOfResult } from "../fit.ts";
import type { Part, Results } from "../sequence.ts";
import { openTrial } from "./kept-trial.ts";
import { type JudgedTrial, proposeSettings } from "./propose.ts";
import { type Curve, EMPTY_CURVE } from "./pruning.ts";
import { dimensionsOf, searchedValues } from "./space.ts";
import type { TrialPlan } from "./trial.ts";

/** An algorithm whose settings are searched. */
export interface SearchRequest {
  readonly algorithm: Algorithm;
  /** Complete: what it would be trained with without a search. */
  readonly parameters: ParameterValues;
  /** Settings that the user decided, which are left as they are. */
  readonly fixed: readonly string[];
  readonly task: TaskKind;
  /** Trials at most; 0 searches nothing. */
  readonly trials: number;
  readonly seed: number;
  /** No trial but the first begins once all parts together took this long; null for no limit. */
  readonly secondsAllowed: number | null;
  readonly createTrial: (parameters: ParameterValues) => Promise<Omit<TrialPlan, "settings" | "others">>;
  /** Results of the run that this one was forked from, by the names of parts: a trial that was made there is not made again. */
  readonly previous: Results;
  /** Told of a trial that failed. */
  readonly notify: (message: string) => void;
}

/** The trials of one algorithm, one part each; none where there is nothing to search. */
export function searchParts(request: SearchRequest): Part[] {
  const { algorithm, fixed, trials } = request;
  if (dimensionsOf(algorithm.parameters, fixed).length === 0) return [];
  return Array.from({ length: trials }, (_, index) => trialPart(request, index));
}

function trialName({ algorithm }: Pick<SearchRequest, "algorithm">, index: number): string {
  return `${algorithm.name}.trial-${index + 1}`;
}

function trialPart(request: SearchRequest, index: number): Part {
  const { algorithm, trials, secondsAllowed } = request;
  let settings: ParameterValues = {};
  return {
    name: trialName(request, index),
    subject: `${algorithm.name}, trial ${index + 1} of ${trials}`,
    skip: (results) => index > 0 && secondsAllowed !== null && spent(results) >= secondsAllowed,
    create: async (results) => {
      settings = settingsOf(request, results, index);
      const ended = judgedResults(request, results).filter(({ pruned }) => !pruned);
      const plan = await request.createTrial({ ...request.parameters, ...settings });
      return openTrial(
        { ...plan, settings, others: ended.map(({ curve }) => curve) },
        request.previous.get(trialName(request, index)),
      );
    },
    recover: (error) => failed(request, index, settings, error),
  };
}

/** The first trial has the settings of a run without a search, so that the search never ends worse by its own judgement. */
function settingsOf(request: SearchRequest, results: Results, index: number): ParameterValues {
  const { algorithm, parameters, fixed, seed } = request;
  const dimensions = dimensionsOf(algorithm.parameters, fixed);
  if (index === 0) return searchedValues(dimensions, parameters);
  return proposeSettings(dimensions, judgedResults(request, results), index, seed);
}

function failed({ algorithm, notify }: SearchRequest, index: number, settings: ParameterValues, error: unknown): State {
  const message = error instanceof Error ? error.message : String(error);
  notify(`${algorithm.name}, trial ${index + 1} failed: ${message}`);
  const curve = EMPTY_CURVE as unknown as JsonObject;
  const json = { settings: { ...settings }, value: null, steps: 0, seconds: 0, curve, trialError: message };
  return { json, arrays: {} };
}

function spent(results: Results): number {
  return [...results.values()].reduce((sum, result) => sum + secondsOfResult(result), 0);
}

/** Trials that are over, in order. */
function trialResults(request: Pick<SearchRequest, "algorithm" | "trials">, results: Results): [number, JsonObject][] {
  return Array.from({ length: request.trials }, (_, index) => index).flatMap((index) => {
    const result = results.get(trialName(request, index));
    return result === undefined ? [] : [[index, result.json] as [number, JsonObject]];
  });
}

function judgedResults(request: SearchRequest, results: Results): (JudgedTrial & { curve: Curve })[] {
  const { higherIsBetter } = primaryMetric(request.task);
  return trialResults(request, results).map(([, json]) => {
    const value = typeof json.value === "number" ? json.value : null;
    return {
      settings: json.settings as ParameterValues,
      loss: value === null ? Number.POSITIVE_INFINITY : higherIsBetter ? -value : value,
      pruned: json.prunedAt !== undefined,
      curve: json.curve as unknown as Curve,
    };
  });
}

/** What the search found; null where there was none. */
export function searchResult(request: SearchRequest, results: Results): SearchResult | null {
  const over = trialResults(request, results);
  if (over.length === 0) return null;
  const { name, higherIsBetter } = primaryMetric(request.task);
  let best: TrialResult | null = null;
  const trials = over.map(([index, json]): TrialResult => {
    const { value, seconds, steps, prunedAt, trialError } = json as unknown as TrialResult & { trialError?: string };
    const settings = json.settings as ParameterValues;
    const trial: TrialResult = {
      trial: index + 1,
      settings,
      value: value ?? null,
      seconds: Math.round(seconds * 1000) / 1000,
      steps,
      ...(prunedAt === undefined ? {} : { prunedAt }),
      ...(trialError === undefined ? {} : { error: trialError }),
    };
    const usable = trial.value !== null && prunedAt === undefined;
    if (usable && (best === null || (higherIsBetter ? trial.value! > best.value! : trial.value! < best.value!)))
      best = trial;
    return trial;
  });
  return { metric: name, trials, best: (best as TrialResult | null)?.trial ?? null };
}

/** The settings to train with: those of the best trial, the given ones where there is none. */
export function foundParameters(request: SearchRequest, results: Results): ParameterValues {
  const found = searchResult(request, results);
  const best = found?.trials.find(({ trial }) => trial === found.best);
  return { ...request.parameters, ...best?.settings };
}
