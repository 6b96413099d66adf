import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import {
  type CheckpointStore,
  createRun,
  discardRun,
  FAILED_EVENT,
  localStore,
  openRun,
  parseSavePolicy,
  readLatest,
} from "../../checkpoints/index.ts";
import {
  type CheckpointSession,
  type JsonObject,
  type JsonValue,
  KaaykoError,
  type LoadedCheckpoint,
  type ParameterValues,
} from "../../core/index.ts";
import { type SchemaRow as DescribedColumn, openSource, tableAddress } from "../../data/index.ts";
import { columnsOfRules, recipeOf, trainingTable } from "../../recipes/index.ts";
import { benchmarkFiles, renderReports, type SchemaRow, type TrainDocument } from "../../reports/index.ts";
import { writeFileAtomic } from "../../storage/index.ts";
import {
  createFilePreparation,
  describeRequest,
  requestOfRun,
  runTraining,
  type TrainingRequest,
} from "../../training/index.ts";
import type { AlgorithmSettings, ResumeRequest, TrainingService, TrainRequest, Watch } from "../services.ts";
import { readVersion } from "../version.ts";
import { readGivenFiles } from "./given-files.ts";
import { withMore } from "./more-training.ts";
import { withRecipe } from "./recipe-request.ts";

/** Runs over the local store. */
export const trainingService: TrainingService = { start, resume };

async function start(asked: TrainRequest, watch: Watch): Promise<TrainDocument> {
  const { request } = await readGivenFiles(await withRecipe(asked, watch));
  const store = localStore(resolve(String(request.settings.checkpointsDir)));
  const session = await createRun(store, {
    run: describeRequest(request),
    policy: policyOf(request.settings),
    ...(asked.runId === undefined ? {} : { runId: asked.runId }),
  });
  return discarding(store, session.runId, () => run(session, request, watch));
}

async function resume(asked: ResumeRequest, watch: Watch): Promise<TrainDocument> {
  const store = localStore(asked.checkpointsDir);
  if (asked.more !== undefined) return fork(await withMore(store, asked, asked.more), watch);
  if (asked.fork) return fork(asked, watch);
  const policy = asked.changes.checkpointEvery === undefined ? {} : { policy: policyOf(asked.changes) };
  const session = await openRun(store, asked.run, policy);
  for (const warning of session.warnings) watch.observer.warning(warning);
  if (session.latest === null) {
    await session.close();
    throw neverSaved(asked.run);
  }
  return run(session, await guarded(session, () => requestOf(session.run, asked)), watch);
}

/** A new run that begins with another's newest checkpoint, which is only read. */
async function fork(asked: ResumeRequest, watch: Watch): Promise<TrainDocument> {
  const store = localStore(asked.checkpointsDir);
  const origin = await readLatest(store, asked.run);
  if (origin === null)
    throw new KaaykoError({
      action: `fork ${asked.run}`,
      rule: "it must have a checkpoint to go on from",
      got: "none",
      remedy: "Start a new run with kaayko train.",
      kind: "usage",
    });
  const before = (origin.state.json.run as { request: JsonObject }).request;
  const { request } = await readGivenFiles(requestOf(before, asked));
  const described = { ...describeRequest(request), forkedFrom: asked.run };
  const session = await createRun(store, { run: described, policy: policyOf(request.settings) });
  return discarding(store, session.runId, () => run(session, request, watch, origin));
}

/** Where a run fails before anything of it was saved, nothing of it stays. */
async function discarding<T>(store: CheckpointStore, runId: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // The error that counts is the first: a disk that is full may not let go of the run either.
    await discardRun(store, runId).catch(() => undefined);
    throw error;
  }
}

function neverSaved(run: string): KaaykoError {
  return new KaaykoError({
    action: `resume ${run}`,
    rule: "there is nothing to resume",
    got: "a run that was stopped before its first checkpoint",
    remedy: "Start it again with kaayko train.",
    kind: "usage",
  });
}

async function run(
  session: CheckpointSession,
  asked: TrainingRequest,
  watch: Watch,
  forkFrom?: LoadedCheckpoint,
): Promise<TrainDocument> {
  return guarded(session, async () => {
    const { request, algorithms, warmStart } = await readGivenFiles(asked);
    const recipe = await recipeOf(request.settings);
    const document = await runTraining({
      ...request,
      session,
      algorithms,
      ...(warmStart === undefined ? {} : { warmStart }),
      observer: watch.observer,
      stop: () => signalOf(watch.stop),
      ...(forkFrom === undefined ? {} : { forkFrom }),
      ...(recipe === null ? {} : { recipe }),
      onSchema: (rows) => watch.onSchema?.(rows.map(shownColumn)),
      renderReports,
      ...(request.settings.benchmark === undefined
        ? {}
        : { peers: (await import("../../peers/index.ts")).pythonPeers }),
      environment: { kaayko: readVersion() },
      preparation: createFilePreparation(
        async (path) => trainingTable(recipe, await openSource(path), request.settings),
        columnsOfRules(recipe),
      ),
    });
    await session.close();
    return withBenchmarkFiles(document, request.settings.benchmark);
  });
}

/** Writes what a benchmark measured where it was asked for, and the page beside it. */
async function withBenchmarkFiles(document: TrainDocument, path: JsonValue | undefined): Promise<TrainDocument> {
  const { benchmark } = document;
  if (benchmark === undefined || typeof path !== "string") return document;
  const page = `${path.replace(/\.json$/i, "")}.html`;
  const files = await benchmarkFiles(document, benchmark);
  await writeFileAtomic(path, files.json);
  await writeFileAtomic(page, files.page);
  return { ...document, benchmarkPath: path, benchmarkPage: page };
}

/** Gives the run back where something throws; the error that counts is the first. */
async function guarded<T>(session: CheckpointSession, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    session.event({ type: FAILED_EVENT, error: error instanceof Error ? error.message : String(error) });
    await session.close().catch(() => undefined);
    throw error;
  }
}

function isThere(path: string): boolean {
  return existsSync(tableAddress(path).file);
}

/** What the run was asked to do, with what was given now. Files that were named from another folder are found again. */
function requestOf(run: JsonObject, asked: ResumeRequest): TrainingRequest {
  const saved = requestOfRun(run);
  const settings: Record<string, ParameterValues[string]> = { ...saved.settings, checkpointsDir: asked.checkpointsDir };
  for (const name of ["data", "test", "features", "objective", "warmStart"]) {
    const path = settings[name];
    const other = typeof path === "string" ? resolve(dirname(asked.checkpointsDir), path) : undefined;
    if (typeof path === "string" && !isThere(path) && isThere(other!)) settings[name] = other!;
  }
  const algorithmSettings: AlgorithmSettings = saved.algorithmSettings ?? {};
  const merged = Object.fromEntries(
    [...Object.keys(algorithmSettings), ...Object.keys(asked.algorithmChanges)].map((name) => [
      name,
      { ...algorithmSettings[name], ...asked.algorithmChanges[name] },
    ]),
  );
  return { settings: { ...settings, ...asked.changes }, algorithmSettings: merged };
}

function policyOf(settings: ParameterValues) {
  return { save: parseSavePolicy(String(settings.checkpointEvery ?? "auto")) };
}

function signalOf(stop: AbortSignal): "SIGINT" | "SIGTERM" | null {
  if (!stop.aborted) return null;
  return stop.reason === "SIGINT" ? "SIGINT" : "SIGTERM";
}

function shownColumn({ column, kind, missing, distinct, example, decision }: DescribedColumn): SchemaRow {
  const count = Number(distinct);
  return {
    name: column,
    kind,
    ...(decision === kind ? {} : { role: decision }),
    missing: Number.parseFloat(missing) / 100,
    ...(Number.isNaN(count) ? {} : { distinct: count }),
    examples: [example],
  };
}
