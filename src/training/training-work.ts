import { availableParallelism } from "node:os";
import {
  type Dataset,
  KaaykoError,
  type ModelContent,
  type ParameterValues,
  type PeerBench,
  type Predictor,
  type PredictorContext,
  type Recipe,
  type TrainerContext,
} from "../core/index.ts";
import { applyRules, type CompiledRules } from "../features/index.ts";
import type { PreparedData } from "./preparation.ts";
import type { Contender } from "./request.ts";
import type { Results } from "./sequence.ts";

/** What every part of the train and evaluate stages needs. */
export interface TrainingWork {
  readonly prepared: PreparedData;
  readonly contenders: readonly Contender[];
  readonly settings: ParameterValues;
  /** What judges the models besides the rows; null for nothing. */
  readonly recipe: Recipe | null;
  /** The recipe's rules, bound to the features; null for none. */
  readonly rules: CompiledRules | null;
  readonly notify: (message: string) => void;
  /** Results of the run that this one was forked from, by the names of parts: fits that ask for more go on from theirs. */
  readonly previous: Results;
  /** The model that training goes on from; null where it begins anew. */
  readonly warmStart: ModelContent | null;
  /** Other programs that a benchmark measures; null for none. */
  readonly peers: PeerBench | null;
}

export function threadsOf(settings: ParameterValues): number {
  return typeof settings.threads === "number" ? settings.threads : Math.min(8, availableParallelism());
}

export function backendOf(settings: ParameterValues): PredictorContext["backend"] {
  return (settings.backend ?? "auto") as PredictorContext["backend"];
}

/** What a trainer of this run works with. */
export function trainerContext(
  { settings, notify, warmStart }: TrainingWork,
  parameters: ParameterValues,
  dataset: Dataset,
  seed: number,
): TrainerContext {
  const machine = { threads: threadsOf(settings), backend: backendOf(settings) };
  return { dataset, parameters, seed, ...machine, notify, ...(warmStart === null ? {} : { warmStart }) };
}

/** An error in one line, with its remedy. */
export function errorText(error: unknown): string {
  if (error instanceof KaaykoError)
    return error.remedy === undefined ? error.message : `${error.message}. ${error.remedy}`;
  return error instanceof Error ? error.message : String(error);
}

export function predictorContext(dataset: Dataset, settings: ParameterValues): PredictorContext {
  return {
    task: dataset.task,
    features: dataset.features,
    ...(dataset.parts === undefined ? {} : { parts: dataset.parts }),
    threads: threadsOf(settings),
    backend: backendOf(settings),
  };
}

/** The predictor of a model as it will be saved: under the recipe's rules. */
export async function createRuledPredictor(
  { prepared, settings, rules }: TrainingWork,
  { algorithm }: Contender,
  content: ModelContent,
): Promise<Predictor> {
  const predictor = await algorithm.createPredictor(content, predictorContext(prepared.dataset, settings));
  if (rules === null) return predictor;
  return {
    async predict(table) {
      const predictions = await predictor.predict(table);
      applyRules(rules, table, predictions);
      return predictions;
    },
    importance: () => predictor.importance(),
    dispose: () => predictor.dispose(),
  };
}
