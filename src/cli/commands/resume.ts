import { Option } from "commander";
import { KaaykoError, unknownName } from "../../core/index.ts";
import { type Context, examples, type Options, onRun, type Register } from "../context.ts";
import { refuseJobFlags } from "../job-flags.ts";
import { stepText } from "../runs.ts";
import type { MoreTraining, ResumeRequest, RunSummary } from "../services.ts";
import { flagLayer } from "../settings/layers.ts";
import { parseFlag, resolveAlgorithmSettings, resolveSettings } from "../settings/resolve.ts";
import { fromHere, resolveFolders } from "../settings/resolve-folders.ts";
import { addTrainFlags } from "../train-flags.ts";
import { runTraining } from "../training-run.ts";

const MORE = [
  {
    name: "addRounds",
    means: "rounds",
    type: "integer",
    min: 1,
    description: "Extend a finished run by N rounds of boosting",
  },
  { name: "addEpochs", means: "epochs", type: "integer", min: 1, description: "Extend a finished run by N epochs" },
  {
    name: "addTrials",
    means: "trials",
    type: "integer",
    min: 1,
    description: "Extend a finished run that searched its settings by N trials",
  },
  {
    name: "addTime",
    means: "seconds",
    type: "duration",
    min: 0.001,
    description: "Extend a finished run that had a time limit by so much",
  },
] as const;

export const register: Register = async (command, context) => {
  examples(command, [
    ["kaayko resume", "the newest interrupted run"],
    ["kaayko resume houses-7k2m", "this one"],
    ["kaayko resume houses-7k2m --threads 2", "what does not change the result may differ"],
    ["kaayko resume houses-7k2m --fork --rounds 800", "a new run from there, with other settings"],
    ["kaayko resume houses-7k2m --add-rounds 200", "more of the same for a finished run, as a new one"],
  ]);
  command.argument("[run]", "The run's name, as status shows it (default: the newest interrupted one)");
  await addTrainFlags(command, context);
  for (const { name, description } of MORE)
    command.addOption(
      new Option(`${kebab(name)} <${name === "addTime" ? "TIME" : "N"}>`, description).helpGroup("Checkpoints:"),
    );
  onRun(command, context, ([run], options) => resume(context, run, options));
};

/** What a finished run is to be extended by, as flags say; undefined where none does. */
function moreIn(options: Options): MoreTraining | undefined {
  const given = MORE.filter(({ name }) => options[name] !== undefined);
  if (given.length === 0) return undefined;
  return Object.fromEntries(given.map((spec) => [spec.means, Number(parseFlag(spec, options[spec.name]))]));
}

function kebab(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Goes on with a run; prints the result again where it is finished. */
export async function resume(context: Context, named: string | undefined, options: Options): Promise<number> {
  const folders = resolveFolders(context.host, options);
  const checkpointsDir = fromHere(context.host, folders.checkpointsDir);
  const runs = await (await context.services.checkpoints()).listRuns(checkpointsDir);
  const run = chooseRun(runs, named, folders.checkpointsDir);
  const request = await resumeRequest(context, options, checkpointsDir, run);
  if (options.background === true) return submitResume(context, options, run.runId, named);
  refuseJobFlags(options);
  const training = await context.services.training();
  const at = run.position === null ? "" : ` at ${run.position.stage}, step ${stepText(run.position)}`;
  const doing = request.more === undefined ? `${run.runId} is finished` : `Extending ${run.runId}`;
  context.output.note(run.status === "completed" ? doing : `Going on with ${run.runId}${at}`);
  return runTraining(context, folders.checkpointsDir, (watch) => training.resume(request, watch));
}

/** The same as a job. Going on twice, where its process dies, is going on once. */
async function submitResume(
  context: Context,
  options: Options,
  run: string,
  named: string | undefined,
): Promise<number> {
  if (options.fork === true || moreIn(options) !== undefined)
    throw new KaaykoError({
      action: "begin a new run from another in the background",
      rule: "a job that is started again must go on with the same run",
      remedy: "Leave out --background, or --fork and --add-….",
      kind: "usage",
    });
  const { estimatedNeeds, jobArguments, submitJob } = await import("../background.ts");
  const [command, ...flags] = jobArguments(context.argv);
  const others = command === "resume" ? flags.filter((word) => word !== named) : [];
  const folder = fromHere(context.host, resolveFolders(context.host, options).checkpointsDir);
  const words = ["resume", run, ...others, "--checkpoints-dir", folder];
  const needs = estimatedNeeds(undefined, options.threads && Number(options.threads), undefined);
  return submitJob(context, options, { name: run, argv: words, run: null, ...needs });
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
  const fork = options.fork === true;
  const more = moreIn(options);
  return {
    checkpointsDir,
    run: run.runId,
    changes: changes.values,
    algorithmChanges,
    fork,
    ...(more === undefined ? {} : { more }),
  };
}
