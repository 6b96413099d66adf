import { resolve } from "node:path";
import { ALGORITHMS } from "./algorithms/index.ts";
import { createRun, localStore, memoryStore, openRun, parseSavePolicy } from "./checkpoints/index.ts";
import {
  type CheckpointSession,
  type JsonValue,
  KaaykoError,
  type ParameterValues,
  type RunObserver,
  resolveParameters,
  type TableSource,
} from "./core/index.ts";
import { openSource, type Row, rowsSource } from "./data/index.ts";
import { loadUserFeatures } from "./features/index.ts";
import { createModelPredictor, loadModel, type Model, type ModelPredictor } from "./models/index.ts";
import { columnsOfRules, recipeOf, trainingTable } from "./recipes/index.ts";
import { renderReports } from "./reports/index.ts";
import {
  type CustomStage,
  createFilePreparation,
  describeRequest,
  runTraining,
  TRAINING_PARAMETERS,
  type TrainDocument,
  type TrainingRequest,
} from "./training/index.ts";

/** A table: the path of a file, a source, or rows. */
export type TableLike = string | TableSource | readonly Row[];

/** What to learn, and how. Every setting of `kaayko train` may stand here under its name, such as `folds` or `sampleSize`. */
export interface TrainOptions {
  readonly data: TableLike;
  /** Column to predict. */
  readonly target: string;
  /** Held-out table; without it a part of the data is held out. */
  readonly test?: TableLike;
  /** Settings of algorithms, by algorithm: `{ xgboost: { maxDepth: 8 } }`. Default none. */
  readonly set?: Readonly<Record<string, ParameterValues>>;
  /**
   * Folder of the run's checkpoints; null keeps them in memory, so that nothing is there to resume once the process ends.
   * Default `checkpoints`, as of the command.
   */
  readonly checkpointsDir?: string | null;
  /** Goes on with this run, given the same options, instead of starting one. Default: starts one. */
  readonly resume?: string;
  /** Stages of your own. Default none. */
  readonly customStages?: readonly CustomStage[];
  /** Is told about progress. Default: nobody is. */
  readonly observer?: RunObserver;
  /** Once aborted, the step is finished, everything saved, and the document says "interrupted". Default: never. */
  readonly signal?: AbortSignal;
  readonly [setting: string]: unknown;
}

export interface TrainResult {
  /** What `kaayko train --json` prints. */
  readonly document: TrainDocument;
  /** The champion, ready for `createModelPredictor`; null where none was published (interrupted, or `minScore` missed). */
  readonly model: Model | null;
  /** A predictor of the champion. The caller disposes of it. @throws KaaykoError where there is no model */
  predictor(): Promise<ModelPredictor>;
}

const SILENT: RunObserver = { stage: () => {}, progress: () => {}, notice: () => {}, warning: () => {} };
/** Options that are no settings. */
const OWN = new Set(["set", "resume", "customStages", "observer", "signal"]);

/**
 * Trains algorithms on a table, compares them on held-out rows and saves the best as a model: `kaayko train` for programs.
 *
 * @throws KaaykoError (usage) for an unknown setting or a value out of its rule, (input) for data that cannot be learnt from,
 *   (leased) where another process owns the run that is to be resumed
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const tables = new Map<string, TableSource>();
  const request = requestOf(options, tables);
  const session = await openSession(options, request);
  let document: TrainDocument;
  try {
    const recipe = await recipeOf(request.settings);
    document = await runTraining({
      ...request,
      session,
      algorithms: ALGORITHMS,
      observer: options.observer ?? SILENT,
      stop: () => (options.signal?.aborted === true ? "SIGTERM" : null),
      ...(options.customStages === undefined ? {} : { customStages: options.customStages }),
      ...(recipe === null ? {} : { recipe }),
      renderReports,
      preparation: createFilePreparation(
        async (path) => trainingTable(recipe, tables.get(path) ?? (await openSource(path)), request.settings),
        columnsOfRules(recipe),
      ),
    });
  } finally {
    await session.close();
  }
  return resultOf(document, request.settings);
}

function requestOf(options: TrainOptions, tables: Map<string, TableSource>): TrainingRequest {
  const given: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options))
    if (!OWN.has(name) && value !== null && value !== undefined) given[name] = value;
  for (const name of ["data", "test"])
    if (given[name] !== undefined) given[name] = named(given[name] as TableLike, name, tables);
  const settings = resolveParameters(TRAINING_PARAMETERS, given, "setting");
  return { settings, algorithmSettings: options.set ?? {} };
}

/** The path of a table; one in memory is kept under its name. */
function named(table: TableLike, name: string, tables: Map<string, TableSource>): string {
  if (typeof table === "string") return table;
  const source = "open" in table ? table : rowsSource(table, name);
  tables.set(source.path, source);
  return source.path;
}

async function openSession(options: TrainOptions, request: TrainingRequest): Promise<CheckpointSession> {
  const folder = request.settings.checkpointsDir as JsonValue;
  const store = options.checkpointsDir === null ? memoryStore() : localStore(resolve(String(folder)));
  const policy = { save: parseSavePolicy(String(request.settings.checkpointEvery)) };
  if (options.resume === undefined) return createRun(store, { run: describeRequest(request), policy });
  if (options.checkpointsDir === null)
    throw new KaaykoError({
      action: "resume",
      rule: "the run must lie in a checkpointsDir",
      got: "null",
      kind: "usage",
    });
  return openRun(store, options.resume, { policy });
}

async function resultOf(document: TrainDocument, settings: ParameterValues): Promise<TrainResult> {
  const { status, modelPath } = document;
  const model = status === "completed" && modelPath !== null ? (await loadModel(modelPath)).model : null;
  return {
    document,
    model,
    predictor: async () => {
      if (model === null)
        throw new KaaykoError({ action: "predict", rule: "the run must have published a model", got: status });
      const user = typeof settings.features === "string" ? await loadUserFeatures(settings.features) : null;
      return createModelPredictor(model, { user });
    },
  };
}
