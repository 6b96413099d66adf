import type { LoadedCheckpoint } from "../core/index.ts";
import type { TrainingOptions, TrainingRequest } from "./options.ts";
import { describeRequest, differencesOf, refuseResume, requestOfRun } from "./request.ts";
import { RunRecord } from "./run-record.ts";
import { resultsState } from "./sequence.ts";

const STAGES = ["load", "features", "train", "evaluate", "save"] as const;

/**
 * The record of a run: new, or as its newest checkpoint has it.
 *
 * @throws KaaykoError (usage) where the request differs from the one that the run began with
 */
export function openRecord(options: TrainingOptions): RunRecord {
  const request: TrainingRequest = requestOfRun(describeRequest(options));
  const { latest, run } = options.session;
  // Nothing may be committed yet, but the run was published with a request of its own.
  if (run.settings !== undefined) refuseDifferent(requestOfRun(run), request);
  if (latest !== null) {
    const before = RunRecord.fromState(latest.state);
    refuseDifferent(before.request, request);
    return copyRecord(before, request);
  }
  return options.forkFrom === undefined ? new RunRecord(request) : forkRecord(options.forkFrom, request);
}

function forkRecord(checkpoint: LoadedCheckpoint, request: TrainingRequest): RunRecord {
  const before = RunRecord.fromState(checkpoint.state);
  const differences = differencesOf(before.request, request);
  const touched = Math.min(...differences.map(({ stage }) => STAGES.indexOf(stage)), STAGES.indexOf("save"));
  const record = copyRecord(before, request);
  // Fits that were finished and differ in how much they ask for only are gone on with.
  if (touched === STAGES.indexOf("train")) record.previous = resultsState(before.stageState("train")) ?? null;
  // A fork saves a model of its own even where nothing differs.
  record.forget(STAGES.slice(touched));
  return record;
}

function refuseDifferent(before: TrainingRequest, now: TrainingRequest): void {
  const differences = differencesOf(before, now);
  if (differences.length > 0) throw refuseResume(differences.map(({ text }) => text));
}

/** The same run under the settings of now, which may differ in what does not decide the result. */
function copyRecord(before: RunRecord, request: TrainingRequest): RunRecord {
  const state = before.toState();
  const run = { ...(state.json.run as object), request: JSON.parse(JSON.stringify(request)) };
  return RunRecord.fromState({ ...state, json: { ...state.json, run } });
}
