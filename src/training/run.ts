import {
  type Algorithm,
  type JsonObject,
  KaaykoError,
  type ModelContent,
  type ParameterValues,
  type Task,
} from "../core/index.ts";
import { compileRules, keepParts } from "../features/index.ts";
import type { Model } from "../models/index.ts";
import { checkRequest } from "./check-request.ts";
import type { Comparison } from "./compare-models.ts";
import type { TrainDocument } from "./document.ts";
import { RunInterrupted } from "./drive.ts";
import { createEvaluateStage } from "./evaluate-stage.ts";
import { judge, parseGate } from "./gate.ts";
import { openRecord } from "./open-record.ts";
import type { TrainingOptions } from "./options.ts";
import type { LoadedData, PreparedData } from "./preparation.ts";
import { recipeAdvice } from "./recipe-advice.ts";
import {
  type Contender,
  chooseContenders,
  describeRequest,
  effectiveSettings,
  memoryNeed,
  partsWanted,
  slowOnes,
} from "./request.ts";
import { RunContext } from "./run-context.ts";
import { createSaveStage, type SavedModel } from "./save-stage.ts";
import { resultsOfState } from "./sequence.ts";
import { createTrainStage, errorText, type TrainedModel, type TrainingWork } from "./train-stage.ts";
import { type DocumentParts, writeDocument } from "./write-document.ts";

/** Probability from which the second of two classes is predicted. */
const THRESHOLD = 0.5;

/**
 * Runs the five stages (load, features, train, evaluate, save), or what of them is left where the session holds a
 * checkpoint, and gives the result. A run that was interrupted by `stop` gives a document with status "interrupted"; a run
 * that was finished before gives its document again; a missed gate gives "failed" with `gate`, and no model is published.
 *
 * The result of a run that was interrupted anywhere and resumed is the same bytes as of one that never was.
 *
 * @throws KaaykoError (usage) for settings that do not fit or differ from the run's, (input) for data that cannot be learnt
 *   from, (failed) where no algorithm could be trained or a disk is full
 */
export async function runTraining(options: TrainingOptions): Promise<TrainDocument> {
  checkRequest(options);
  const record = openRecord(options);
  if (record.document !== null) return record.document;
  const context = new RunContext(options, record);
  const parts: Mutable<DocumentParts> = { status: "interrupted" };
  try {
    await runStages(context, parts);
  } catch (error) {
    if (!(error instanceof RunInterrupted)) {
      options.session.event({ type: "failed", message: errorText(error) });
      throw error;
    }
    parts.signal = error.signal;
    return writeDocument(context, parts);
  } finally {
    await context.dispose();
  }
  return context.finish(writeDocument(context, parts));
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

async function runStages(context: RunContext, parts: Mutable<DocumentParts>): Promise<void> {
  const settings = effectiveSettings(context.options.settings);
  const loaded = await load(context, settings);
  if (settings.dev === true && loaded.sampled !== undefined) parts.sampled = loaded.sampled;
  await context.customStages("load", null);
  const prepared = await features(context, settings, loaded);
  parts.dataset = prepared.dataset;
  parts.schema = prepared.schema;
  checkTestRows(context, prepared);
  await context.customStages("features", prepared);

  const work = await trainingWork(context, settings, prepared);
  const trained = await context.stage<TrainedModel[]>("train", async () => createTrainStage(work));
  await context.customStages("train", prepared);
  const comparison = await context.stage<Comparison>("evaluate", async () => createEvaluateStage(work, trained));
  parts.comparison = comparison;
  const rare = rareClassNotice(prepared.dataset.task, comparison);
  if (rare !== null) context.notify(rare);
  await context.customStages("evaluate", prepared);

  const gateRule = settings.minScore as string | undefined;
  const champion = comparison.algorithms.find(({ name }) => name === comparison.champion)!;
  if (gateRule !== undefined)
    parts.gate = judge(parseGate(gateRule, prepared.dataset.task.kind), champion.metrics.test);
  if (parts.gate?.passed === false) {
    parts.status = "failed";
    return;
  }
  parts.saved = await save(context, settings, prepared, comparison, trained, parts);
  parts.status = "completed";
}

async function load(context: RunContext, settings: ParameterValues): Promise<LoadedData> {
  const need = await memoryNeed(context.options.algorithms, context.options);
  const loaded = await context.stage("load", () => context.preparation.createLoader(settings, need));
  context.checkFingerprint(loaded.fingerprint);
  for (const notice of loaded.notices) context.notify(notice);
  return loaded;
}

async function features(context: RunContext, settings: ParameterValues, loaded: LoadedData): Promise<PreparedData> {
  const parts = await partsWanted(context.options.algorithms, context.options);
  const prepared = await context.stage("features", () =>
    context.preparation.createFitter(loaded, settings, parts, context.options.warmStart),
  );
  for (const notice of prepared.notices) context.notify(notice);
  context.options.onSchema?.(prepared.schema);
  return prepared;
}

function checkTestRows(context: RunContext, prepared: PreparedData): void {
  const rule = context.options.settings.minScore;
  if (typeof rule !== "string") return;
  parseGate(rule, prepared.dataset.task.kind);
  if (prepared.dataset.rows.test === 0) context.refuseGateWithoutTest(rule);
}

async function trainingWork(
  context: RunContext,
  settings: ParameterValues,
  prepared: PreparedData,
): Promise<TrainingWork> {
  const { options, notify } = context;
  const { task, features } = prepared.dataset;
  const recipe = options.recipe ?? null;
  const rules = recipe?.rules === undefined ? null : compileRules(recipe.rules, features);
  if (rules !== null && task.kind !== "regression")
    throw new KaaykoError({
      action: `train ${recipe!.name}`,
      rule: "its rules need a target of numbers",
      got: task.kind,
      kind: "usage",
    });
  const advice =
    recipe === null ? undefined : (algorithm: Algorithm) => recipeAdvice(recipe, algorithm, prepared.dataset);
  const contenders = await chooseContenders(options.algorithms, options, prepared.dataset, advice);
  const slow = await slowOnes(options.algorithms, options, prepared.dataset);
  if (slow.length > 0) notify(`Also learn from texts, slowly: ${slow.join(", ")}. Name them, or give a --time-limit.`);
  const previous = resultsOfState(context.record.previous);
  return {
    prepared,
    contenders,
    settings,
    recipe,
    rules,
    notify,
    previous,
    peers: options.peers ?? null,
    warmStart: warmStartOf(contenders, options),
  };
}

/** What training goes on from, which an algorithm of the run must be able to. */
function warmStartOf(contenders: readonly Contender[], { warmStart }: TrainingOptions): ModelContent | null {
  if (warmStart === undefined) return null;
  const unable = contenders.find(
    ({ algorithm }) => algorithm.warmStarts !== true || algorithm.name !== warmStart.content.algorithm,
  );
  if (unable === undefined) return warmStart.content;
  throw new KaaykoError({
    action: "go on from a model",
    rule: "it must be of boosted trees, and its algorithm that of the run",
    got: `${unable.algorithm.name} and a model of ${warmStart.content.algorithm}`,
    kind: "usage",
  });
}

/** What is worth knowing where one of two classes is rare. */
function rareClassNotice({ kind, classes }: Task, { thresholds }: Comparison): string | null {
  if (kind !== "binary" || thresholds === null) return null;
  const name = JSON.stringify(classes![1]);
  return `${name} is rare: it is predicted from a probability of ${thresholds[0]!.toPrecision(3)} on, which gave the best F1 on validation rows. Judge by averagePrecision, recall and precision; accuracy says little.`;
}

/** Without held-out rows nobody knows how far predictions are off. */
function withoutInterval({ interval: _, intervalBy: __, ...task }: Task): Task {
  return task;
}

function save(
  context: RunContext,
  settings: ParameterValues,
  prepared: PreparedData,
  comparison: Comparison,
  trained: readonly TrainedModel[],
  parts: DocumentParts,
): Promise<SavedModel> {
  const { recipe } = context.options;
  const { content, contender } = trained.find((model) => model.contender.algorithm.name === comparison.champion)!;
  const binary = prepared.dataset.task.kind === "binary";
  const model: Model = {
    task: comparison.thresholds === null ? withoutInterval(prepared.dataset.task) : prepared.dataset.task,
    threshold: binary ? (comparison.thresholds?.[0] ?? THRESHOLD) : THRESHOLD,
    ...(comparison.thresholds === null || binary ? {} : { thresholds: comparison.thresholds }),
    pipeline: keepParts(prepared.pipeline, contender.algorithm.parts ?? []),
    content: content!,
    ...(recipe?.rules === undefined ? {} : { rules: recipe.rules }),
  };
  const facts: JsonObject = {
    request: describeRequest(context.options),
    parameters: contender.parameters as JsonObject,
    dataFingerprint: context.record.fingerprint,
    environment: context.environment(),
    savedAt: new Date().toISOString(),
  };
  return context.stage("save", async () =>
    createSaveStage({
      model,
      algorithm: contender.algorithm,
      settings,
      run: context.options.session.runId,
      document: (saved) => writeDocument(context, { ...parts, status: "completed", saved }),
      renderReports: context.options.renderReports ?? null,
      facts,
    }),
  );
}
