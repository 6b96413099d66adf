import { ALGORITHMS } from "../../algorithms/index.ts";
import { type CheckpointStore, DONE_STAGE, readLatest } from "../../checkpoints/index.ts";
import { type JsonObject, KaaykoError, type ParameterValues } from "../../core/index.ts";
import { requestOfRun, stepLimits, type TrainingRequest } from "../../training/index.ts";
import type { MoreTraining, ResumeRequest } from "../services.ts";

/**
 * What extends a finished run, as a fork that asks for more: rounds or epochs on top of what each algorithm was asked for,
 * trials on top of those of a search, seconds on top of the time limit.
 *
 * @throws KaaykoError (usage) where the run is not finished, or what is to be extended was never bounded by the user and is
 *   not known
 */
export async function withMore(
  store: CheckpointStore,
  asked: ResumeRequest,
  more: MoreTraining,
): Promise<ResumeRequest> {
  const latest = await readLatest(store, asked.run);
  if (latest?.position.stage !== DONE_STAGE)
    throw refused(asked.run, "it must be finished", `Finish it first: kaayko resume ${asked.run}.`);
  const request = requestOfRun((latest.state.json.run as { request: JsonObject }).request);
  const changes: ParameterValues = { ...asked.changes, ...moreOf(asked.run, request, more) };
  const limits = stepLimits(latest.state);
  const algorithmChanges: Record<string, ParameterValues> = { ...asked.algorithmChanges };
  for (const setting of ["rounds", "epochs"] as const) {
    const added = more[setting];
    if (added === undefined) continue;
    const raised = await raisedFor(request, setting, added, limits);
    if (Object.keys(raised).length === 0)
      throw refused(asked.run, `an algorithm must have a known number of ${setting}`, `Use --fork --${setting} N.`);
    for (const [name, values] of Object.entries(raised))
      algorithmChanges[name] = { ...algorithmChanges[name], ...values };
  }
  return { ...asked, fork: true, changes, algorithmChanges };
}

/** What the whole run was bounded by, with something added. */
function moreOf(run: string, { settings }: TrainingRequest, { seconds, trials }: MoreTraining): ParameterValues {
  const raised: Record<string, number> = {};
  if (seconds !== undefined) {
    if (typeof settings.timeLimit !== "number")
      throw refused(run, "it must have had a time limit", "Use --add-rounds or --add-epochs.");
    raised.timeLimit = settings.timeLimit + seconds;
  }
  if (trials !== undefined) {
    if (typeof settings.trials !== "number" || settings.trials === 0)
      throw refused(run, "it must have searched its settings", "Use --fork --trials N.");
    raised.trials = settings.trials + trials;
  }
  return raised;
}

/** The setting with something added, for each algorithm of the run that has it and of which it is known. */
async function raisedFor(
  { settings, algorithmSettings = {} }: TrainingRequest,
  setting: "rounds" | "epochs",
  added: number,
  limits: ReadonlyMap<string, number>,
): Promise<Record<string, ParameterValues>> {
  const chosen = settings.algorithms;
  const names = Array.isArray(chosen) ? chosen.map(String) : Object.keys(ALGORITHMS);
  const raised: Record<string, ParameterValues> = {};
  for (const name of names) {
    const algorithm = await ALGORITHMS[name]!();
    if (!algorithm.parameters.some((spec) => spec.name === setting)) continue;
    const kept = algorithm.growsWith === setting ? limits.get(name) : undefined;
    const before = algorithmSettings[name]?.[setting] ?? settings[setting] ?? kept;
    if (typeof before === "number") raised[name] = { [setting]: before + added };
  }
  return raised;
}

function refused(run: string, rule: string, remedy: string): KaaykoError {
  return new KaaykoError({ action: `extend ${run}`, rule, remedy, kind: "usage" });
}
