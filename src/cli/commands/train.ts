import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join, parse } from "node:path";
import { fileOfTable, KaaykoError, suggest, unknownName } from "../../core/index.ts";
import { type Context, examples, type Options, onRun, type Register } from "../context.ts";
import { refuseJobFlags } from "../job-flags.ts";
import { cacheFolder } from "../settings/folders.ts";
import { flagName } from "../settings/names.ts";
import { readSettings } from "../settings/read-settings.ts";
import { givenNames, type ResolvedSettings, resolveAlgorithmSettings, withAnswers } from "../settings/resolve.ts";
import { fromHere } from "../settings/resolve-folders.ts";
import { addTrainFlags } from "../train-flags.ts";

/** When questions are asked: where the data or the target is open, always, never. */
export type AskMode = "open" | "always" | "never";

export const register: Register = async (command, context) => {
  examples(command, [
    ["kaayko train --data houses.parquet --target price", "every algorithm that fits"],
    ["kaayko train --data big.parquet --target y --sample-size 10%", "a first look"],
    ["kaayko train --data churn.csv --target left --algorithms xgboost,mlp --folds 5", ""],
    ["kaayko train --data a.csv --target y --set xgboost.maxDepth=8 --min-score 'auc>=0.9' --json", ""],
    ["kaayko train --data a.csv --target y --background --priority high", "as a job; returns at once"],
    ["kaayko train --data today.parquet --warm-start churn --rounds 50", "more rounds for a model, on new rows"],
    ["kaayko train --smoke-test", "everything once, in seconds"],
    ["kaayko train", "answer questions instead"],
  ]);
  await addTrainFlags(command, context);
  onRun(command, context, (_args, options) => train(context, options, "open"));
};

/** Trains, or does what a flag asks for instead. */
export async function train(context: Context, options: Options, ask: AskMode): Promise<number> {
  const instead = await insteadOfTraining(context, options);
  if (instead !== undefined) return instead;
  if (options.fork === true)
    throw new KaaykoError({
      action: "use --fork",
      rule: "it needs a run to go on from",
      remedy: "Add --resume RUN.",
      kind: "usage",
    });
  const settled = await settle(context, options, ask);
  if (await namesGroup(settled)) return trainGroup(context, options, settled);
  const settings = options.background === true ? settled : await withTable(context, settled);
  const { algorithms, request } = await checkedRequest(context, settings);
  if (options.background === true) return submitTraining(context, options, settings);
  refuseJobFlags(options);
  explain(context, settings, algorithms);
  // What trains takes its time to load: behind the first line.
  const { runTraining } = await import("../training-run.ts");
  const training = await context.services.training();
  return runTraining(context, String(settings.values.checkpointsDir ?? "checkpoints"), (watch) =>
    training.start(typeof options.runId === "string" ? { ...request, runId: options.runId } : request, watch),
  );
}

async function namesGroup({ values }: ResolvedSettings): Promise<boolean> {
  return typeof values.recipe === "string" && (await import("../../recipes/index.ts")).isGroup(values.recipe);
}

/** Several recipes under one name are trained one after another. */
async function trainGroup(context: Context, options: Options, { values, origins }: ResolvedSettings): Promise<number> {
  const wrong = ["target", "task", "name", "algorithms"].find((name) => origins[name]?.kind === "flag");
  if (wrong !== undefined || options.background === true)
    throw new KaaykoError({
      action: `train ${values.recipe} with --${wrong === undefined ? "background" : flagName(wrong)}`,
      rule: "it stands for several recipes, each with its own",
      remedy: "Train one of them, such as --recipe assistant-ner, or see kaayko train-all --help.",
      kind: "usage",
    });
  const { trainAll } = await import("./train-all.ts");
  return trainAll(context, { ...options, recipe: values.recipe });
}

/** The same command line as a job, with what a person answered. Its table and settings are read when it runs. */
async function submitTraining(
  context: Context,
  options: Options,
  { values, origins }: ResolvedSettings,
): Promise<number> {
  const { estimatedNeeds, jobArguments, submitJob } = await import("../background.ts");
  const { newRunId } = await import("../../checkpoints/index.ts");
  const answers = Object.entries(values).flatMap(([name, value]) =>
    origins[name]?.kind === "answer" ? [`--${flagName(name)}=${String(value)}`] : [],
  );
  const data = typeof values.data === "string" ? fromHere(context.host, values.data) : undefined;
  const name = values.name ?? values.recipe ?? (data === undefined ? "smoke-test" : parse(data).name);
  return submitJob(context, options, {
    name: String(name),
    argv: [...jobArguments(context.argv), ...answers],
    run: {
      id: typeof options.runId === "string" ? options.runId : newRunId(),
      checkpointsDir: fromHere(context.host, String(values.checkpointsDir)),
    },
    ...estimatedNeeds(data, values.threads, values.maxMemory),
  });
}

async function insteadOfTraining(context: Context, options: Options): Promise<number | undefined> {
  if (options.resume !== undefined) {
    const { resume } = await import("./resume.ts");
    return resume(context, typeof options.resume === "string" ? options.resume : undefined, options);
  }
  if (options.status === true) return (await import("./status.ts")).status(context, undefined, options);
  if (options.listCheckpoints === true)
    return (await import("./list-checkpoints.ts")).listCheckpoints(context, undefined, options);
  if (options.cleanupOld === true)
    return (await import("./cleanup.ts")).cleanup(context, { ...options, olderThan: "7d" });
  if (options.clearCache === true) return (await import("./clear-cache.ts")).clearCache(context);
  return undefined;
}

/** Every setting, from all layers and a person's answers. */
async function settle(context: Context, options: Options, ask: AskMode): Promise<ResolvedSettings> {
  const specs = await context.services.parameters();
  const resolved = readSettings(context, options, specs);
  if (ask === "never" || !context.interactive || (ask === "open" && hasTask(resolved))) return resolved;
  const { createPrompter } = await import("../terminal/prompter.ts");
  const { askOpenSettings } = await import("../questions.ts");
  const answers = await askOpenSettings(context, await createPrompter(context.host), specs, resolved);
  return withAnswers(resolved, specs, answers);
}

/** Whether it is clear what is to be learnt. */
function hasTask({ values }: ResolvedSettings): boolean {
  if (values.recipe !== undefined || (values.smokeTest === true && values.data === undefined)) return true;
  const named = (values.target ?? values.warmStart) !== undefined || values.task === "anomaly";
  return values.data !== undefined && named;
}

/** A smoke test without data makes some up. */
async function withTable(context: Context, settings: ResolvedSettings): Promise<ResolvedSettings> {
  const { values } = settings;
  if (values.smokeTest !== true || values.data !== undefined || values.recipe !== undefined) return settings;
  const out = join(cacheFolder(context.host), "data", "smoke-test.parquet");
  const observer = { stage: () => {}, progress: () => {}, notice: () => {}, warning: () => {} };
  const table = await (await context.services.data()).generate(
    { out },
    { observer, stop: new AbortController().signal },
  );
  const madeUp = { kind: "default", where: "" } as const;
  return {
    ...settings,
    values: { ...values, data: table.path, target: table.target },
    origins: { ...settings.origins, data: madeUp, target: madeUp },
  };
}

async function checkedRequest(context: Context, settings: ResolvedSettings) {
  const table = await context.services.algorithms();
  const { values } = settings;
  const algorithms = Array.isArray(values.algorithms) ? values.algorithms.map(String) : Object.keys(table);
  for (const name of algorithms)
    if (!Object.hasOwn(table, name)) throw unknownName("algorithm", name, Object.keys(table));
  if (!hasTask(settings)) throw openTask(settings);
  checkFiles(context, values);
  const algorithmSettings = await resolveAlgorithmSettings(settings.algorithms, algorithms, table);
  return { algorithms, request: { settings: values, given: givenNames(settings), algorithmSettings } };
}

/** Files that are plainly not there are no reason to begin a run. */
function checkFiles({ host }: Context, values: ResolvedSettings["values"]): void {
  for (const name of ["data", "test", "features"]) {
    const path = values[name];
    if (typeof path !== "string" || isThere(fromHere(host, path))) continue;
    const folder = dirname(fromHere(host, path));
    const near = existsSync(folder) ? suggest(basename(path), readdirSync(folder)) : undefined;
    throw new KaaykoError({
      action: `read ${path}`,
      rule: "there is no such file",
      remedy: near === undefined ? "Check the path." : `Did you mean ${join(dirname(path), near)}?`,
      kind: "input",
    });
  }
}

function isThere(path: string): boolean {
  return existsSync(path) || existsSync(fileOfTable(path));
}

function openTask({ values }: ResolvedSettings): KaaykoError {
  const missing = values.data === undefined ? "a table" : "a target column";
  return new KaaykoError({
    action: "train",
    rule: `it needs ${missing} to learn from`,
    remedy:
      values.data === undefined
        ? "Name them: --data FILE --target COL (or --smoke-test to try everything on made-up rows)."
        : "Name it: --target COL. kaayko data inspect FILE shows the columns.",
    kind: "usage",
  });
}

/** The first line, at once: what begins. More of it with `--verbose`. */
function explain({ output }: Context, { values, origins }: ResolvedSettings, algorithms: readonly string[]): void {
  const what = values.data ?? values.recipe ?? "made-up rows";
  const target = values.target === undefined ? "" : `, predicting ${values.target}`;
  // Where nobody named any, the recipe or the task decides.
  const named = values.algorithms === undefined ? "" : `: ${algorithms.join(", ")}`;
  output.note(`Learning from ${what}${target}${named}`);
  for (const [name, origin] of Object.entries(origins))
    output.detail(
      `${name} = ${JSON.stringify(values[name])} (${origin.kind === "default" ? "default" : origin.where})`,
    );
}
