import { KaaykoError, unknownName } from "../../core/index.ts";
import { type Context, examples, type Options, onRun, type Register } from "../context.ts";
import { stepText } from "../runs.ts";
import type { ResumeRequest, RunSummary } from "../services.ts";
import { flagLayer } from "../settings/layers.ts";
import { resolveAlgorithmSettings, resolveSettings } from "../settings/resolve.ts";
import { fromHere, resolveFolders } from "../settings/resolve-folders.ts";
import { addTrainFlags } from "../train-flags.ts";
import { runTraining } from "../training-run.ts";

export const register: Register = async (command, context) => {
  examples(command, [
    ["kaayko resume", "the newest interrupted run"],
    ["kaayko resume houses-7k2m", "this one"],
    ["kaayko resume houses-7k2m --threads 2", "what does not change the result may differ"],
    ["kaayko resume houses-7k2m --fork --rounds 800", "a new run from there, with other settings"],
  ]);
  command.argument("[run]", "The run's name, as status shows it (default: the newest interrupted one)");
  await addTrainFlags(command, context);
  onRun(command, context, ([run], options) => resume(context, run, options));
};

/** Goes on with a run; prints the result again where it is finished. */
export async function resume(context: Context, named: string | undefined, options: Options): Promise<number> {
  const folders = resolveFolders(context.host, options);
  const checkpointsDir = fromHere(context.host, folders.checkpointsDir);
  const runs = await (await context.services.checkpoints()).listRuns(checkpointsDir);
  const run = chooseRun(runs, named, folders.checkpointsDir);
  const request = await resumeRequest(context, options, checkpointsDir, run);
  const training = await context.services.training();
  const at = run.position === null ? "" : ` at ${run.position.stage}, step ${stepText(run.position)}`;
  context.output.note(run.status === "completed" ? `${run.runId} is finished` : `Going on with ${run.runId}${at}`);
  return runTraining(context, folders.checkpointsDir, (watch) => training.resume(request, watch));
}

/**
 * The run that is meant: the one named, or the newest that can go on, else the newest.
 *
 * @throws KaaykoError (usage) where there is none
 */
export function chooseRun(runs: readonly RunSummary[], named: string | undefined, checkpointsDir: string): RunSummary {
  if (named !== undefined) {
    const found = runs.find((run) => run.runId === named);
    if (found !== undefined) return found;
    if (runs.length > 0)
      throw unknownName(
        "run",
        named,
        runs.map((run) => run.runId),
      );
  }
  const unfinished = runs.find(
    ({ status, position }) => (status === "interrupted" || status === "failed") && position !== null,
  );
  // A newest run without a position is not passed over for an older one's result: opening it says what it lacks.
  const chosen = unfinished ?? runs[0];
  if (chosen !== undefined) return chosen;
  throw new KaaykoError({
    action: named === undefined ? "resume" : `resume ${named}`,
    rule: `there is nothing to resume in ${checkpointsDir}`,
    remedy: "Start a run with kaayko train, or name the folder with --checkpoints-dir DIR.",
    kind: "usage",
  });
}

async function resumeRequest(
  context: Context,
  options: Options,
  checkpointsDir: string,
  run: RunSummary,
): Promise<ResumeRequest> {
  const specs = await context.services.parameters();
  const flags = Object.fromEntries(
    specs.filter(({ name }) => options[name] !== undefined).map(({ name }) => [name, options[name]]),
  );
  const layer = flagLayer(flags, (options.set as string[] | undefined) ?? []);
  const withoutDefaults = specs.map(({ default: _default, ...spec }) => spec);
  const changes = resolveSettings(withoutDefaults, [layer]);
  const table = await context.services.algorithms();
  const chosen = changes.values.algorithms;
  const algorithms = Array.isArray(chosen)
    ? chosen.map(String).filter((name) => Object.hasOwn(table, name))
    : Object.keys(table);
  const algorithmChanges = await resolveAlgorithmSettings(changes.algorithms, algorithms, table);
  return { checkpointsDir, run: run.runId, changes: changes.values, algorithmChanges, fork: options.fork === true };
}
