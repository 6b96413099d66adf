import { Option } from "commander";
import { KaaykoError } from "../../core/index.ts";
import { type Context, examples, type Options, onRun, type Register } from "../context.ts";
import { addParameterFlags, flagValue } from "../settings/flags.ts";
import { readSettings } from "../settings/read-settings.ts";
import { fromHere } from "../settings/resolve-folders.ts";
import { createProgress } from "../terminal/progress.ts";
import { withSignals } from "../terminal/signals.ts";
import type { Member } from "../train-all/members.ts";
import { renderSummary, summaryDocument } from "../train-all/summary.ts";
import { type MemberResult, trainMembers } from "../train-all/train-members.ts";
import { quoted } from "../training-run.ts";

const INTERRUPTED = 130;
/** Settings of `train` that mean something for several models at once. */
const COMMON = [
  "sampleSize",
  "rounds",
  "epochs",
  "folds",
  "trials",
  "seed",
  "threads",
  "backend",
  "timeLimit",
  "maxMemory",
  "smokeTest",
  "dev",
  "report",
  "minScore",
  "testSize",
  "validationSize",
  "checkpointEvery",
  "checkpointsDir",
  "modelsDir",
];

export const register: Register = async (command, context) => {
  examples(command, [
    ["kaayko train-all --recipe assistant", "everything an assistant needs, on synthetic tables"],
    ["kaayko train-all --models intent,ner --continue-on-error", "two of them; one that fails stops nothing"],
    ["kaayko train-all --models intent,ner --data intent=questions.csv,ner=train.conll", "on your own tables"],
    ["kaayko train-all --recipe assistant", "the same again after a kill: goes on where it stopped"],
    ["kaayko train-all --recipe assistant --fresh --json", "all from the start, one document"],
  ]);
  const add = (flags: string, description: string) =>
    command.addOption(new Option(flags, description).helpGroup("Models:").argParser(collected(flags, context.argv)));
  add("--models <a,b>", "Recipes by name, short where only one has it: ner, assistant-ner");
  add(
    "--recipe <a,b>",
    "Groups of recipes (assistant, transactions) or recipes: all of them, or those that --models names",
  );
  add("--data <MODEL=FILE>", "A model's table (default: one that its recipe makes up)");
  add("--test <MODEL=FILE>", "A model's held-out table");
  command.addOption(new Option("--continue-on-error", "Train the others where one fails").helpGroup("Models:"));
  command.addOption(new Option("--fresh", "Train again what is finished").helpGroup("Models:"));
  const specs = (await context.services.parameters()).filter(({ name }) => COMMON.includes(name));
  addParameterFlags(command, specs, context.argv);
  command.addOption(
    new Option("--set <key=value>", "A setting of an algorithm, wherever it is trained (may be repeated)")
      .helpGroup("Training:")
      .argParser((value: string, earlier?: string[]) => [...(earlier ?? []), flagValue("--set", value, context.argv)]),
  );
  command.addOption(
    new Option("--config <FILE>", "Settings as JSON (default: kaayko.config.json)").helpGroup("Training:"),
  );
  onRun(command, context, (_args, options) => trainAll(context, options));
};

function collected(flags: string, argv: readonly string[]) {
  const flag = flags.split(" ")[0]!;
  return (value: string, earlier?: string): string =>
    earlier === undefined ? flagValue(flag, value, argv) : `${earlier},${flagValue(flag, value, argv)}`;
}

/** Trains several recipes one after another: one summary, one exit code. */
export async function trainAll(context: Context, options: Options): Promise<number> {
  const recipes = await recipesOf(options);
  const specs = await context.services.parameters();
  const { data, test, recipe: _recipe, models: _models, ...common } = options;
  const settings = readSettings(context, common, specs);
  const files = { data: listOf(data), test: listOf(test) };
  const { membersOf } = await import("../train-all/members.ts");
  const members = await membersOf(context, recipes, settings, files);
  const checkpointsDir = fromHere(context.host, String(settings.values.checkpointsDir));
  const { output } = context;
  return withSignals(output, "Finishing the step and saving", async (signals) => {
    const progress = createProgress(output);
    const onBegin = (member: Member, index: number, how: string): void => {
      output.note(`(${index + 1} of ${members.length}) ${member.recipe}: ${how}`);
    };
    const continueOnError = options.continueOnError === true;
    const asked = { checkpointsDir, continueOnError, fresh: options.fresh === true, onBegin };
    try {
      const results = await trainMembers(context, members, asked, { observer: progress.observer, stop: signals.stop });
      progress.finish(true);
      await output.result(summaryDocument(results), () => renderSummary(results, output.dataStyle));
      return conclude(context, results, signals.exitCode());
    } finally {
      progress.finish(false);
    }
  });
}

function conclude(context: Context, results: readonly MemberResult[], signal: number | undefined): number {
  const { status } = summaryDocument(results);
  const again = `kaayko ${context.argv
    .filter((word) => word !== "--fresh")
    .map(quoted)
    .join(" ")}`;
  if (status === "interrupted") {
    context.output.say(`Interrupted; everything up to the last step is saved. Go on with:\n  ${again}`);
    return signal ?? INTERRUPTED;
  }
  if (status === "completed") return 0;
  if (results.some((result) => result.status === "not begun"))
    context.output.say("The others were not begun: --continue-on-error trains them all the same.");
  context.output.say(`Mend what failed, then the same command trains only what is missing:\n  ${again}`);
  return 1;
}

async function recipesOf({ models, recipe }: Options): Promise<string[]> {
  const { recipesNamed } = await import("../../recipes/index.ts");
  const within = listOf(recipe);
  if (models !== undefined) return recipesNamed(listOf(models), within);
  if (within.length > 0) return recipesNamed(within);
  throw new KaaykoError({
    action: "train several models",
    rule: "it must be said which",
    remedy: "Use --recipe assistant, or --models with names such as intent,ner.",
    kind: "usage",
  });
}

function listOf(value: unknown): string[] {
  if (typeof value !== "string") return [];
  return value
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
