import { Option } from "commander";
import { KaaykoError, type ParameterSpec } from "../../core/index.ts";
import { formatBytes, formatPlural, printable } from "../../reports/text/index.ts";
import { type Context, examples, type Options, onRun, type Register } from "../context.ts";
import { addCheckpointsDir } from "../runs.ts";
import type { CleanupReport } from "../services.ts";
import { parseFlag } from "../settings/resolve.ts";
import { fromHere, resolveFolders } from "../settings/resolve-folders.ts";

const OLDER_THAN: ParameterSpec = { name: "olderThan", type: "duration", min: 0, description: "Age" };
const KEEP_LAST: ParameterSpec = { name: "keepLast", type: "integer", min: 0, description: "Runs that stay" };
const KEEP_CHECKPOINTS: ParameterSpec = {
  name: "keepCheckpoints",
  type: "integer",
  min: 2,
  description: "Checkpoints that stay",
};
const KEEP_EVERY: ParameterSpec = { name: "keepEvery", type: "integer", min: 1, description: "Every n-th stays" };
const KEEP_DAILY: ParameterSpec = { name: "keepDaily", type: "integer", min: 1, description: "Days" };
const MAX_SIZE: ParameterSpec = { name: "maxSize", type: "bytes", min: 1, description: "Size of a run" };
const RULES = [OLDER_THAN, KEEP_LAST, KEEP_CHECKPOINTS, KEEP_EVERY, KEEP_DAILY, MAX_SIZE];

export const register: Register = (command, context) => {
  examples(command, [
    ["kaayko cleanup --older-than 7d --dry-run", "show what would go"],
    ["kaayko cleanup --older-than 7d", ""],
    ["kaayko cleanup --keep-last 5", "the five newest runs stay"],
    ["kaayko cleanup --keep-checkpoints 2", "all runs stay, with their two newest and their best checkpoints"],
    ["kaayko cleanup --keep-daily 7 --max-size 2GB", "and the newest of each of seven days, 2 GB a run at most"],
  ]);
  command.addOption(new Option("--older-than <TIME>", "Runs that were not used for longer go: 12h, 7d"));
  command.addOption(new Option("--keep-last <N>", "The newest N runs stay in any case"));
  command.addOption(new Option("--keep-checkpoints <N>", "Checkpoints that stay in each run that stays (2 and more)"));
  command.addOption(new Option("--keep-every <N>", "Every N-th checkpoint stays too"));
  command.addOption(new Option("--keep-daily <DAYS>", "The newest checkpoint of each of the last days stays too"));
  command.addOption(new Option("--max-size <SIZE>", "Of what stays, the newest that fit: 2GB a run"));
  command.addOption(new Option("--dry-run", "Remove nothing, show what would go"));
  addCheckpointsDir(command);
  onRun(command, context, (_args, options) => cleanup(context, options));
};

/** Removes old checkpoints: asks first where a person can be asked. */
export async function cleanup(context: Context, options: Options): Promise<number> {
  const { output } = context;
  if (RULES.every(({ name }) => options[name] === undefined))
    throw new KaaykoError({
      action: "clean up",
      rule: "it must be said what may go",
      remedy: "Give --older-than 7d, --keep-last 5 or --keep-checkpoints 2; --dry-run shows what would go.",
      kind: "usage",
    });
  const rules = {
    checkpointsDir: fromHere(context.host, resolveFolders(context.host, options).checkpointsDir),
    ...Object.assign({}, ...RULES.map((rule) => numberIn(options, rule))),
  };
  const service = await context.services.checkpoints();
  const dryRun = options.dryRun === true;
  if (!dryRun && context.interactive && !output.switches.yes) {
    const planned = await service.cleanup({ ...rules, dryRun: true });
    if (planned.removed.length > 0 && !(await confirmed(context, planned))) return 0;
  }
  const report = await service.cleanup({ ...rules, dryRun });
  await output.result({ schemaVersion: 1, dryRun, ...report }, () => renderReport(report, dryRun));
  return 0;
}

function numberIn(options: Options, spec: ParameterSpec): Record<string, number> {
  const raw = options[spec.name];
  return raw === undefined ? {} : { [spec.name]: Number(parseFlag(spec, raw)) };
}

async function confirmed(context: Context, planned: CleanupReport): Promise<boolean> {
  context.output.say(renderReport(planned, true));
  const { createPrompter } = await import("../terminal/prompter.ts");
  return (await createPrompter(context.host)).confirm("Remove them?", false);
}

function renderReport({ removed, kept }: CleanupReport, dryRun: boolean): string {
  const bytes = removed.reduce((sum, item) => sum + item.bytes, 0);
  const lines = removed.map(
    (item) =>
      `${dryRun ? "would remove" : "removed"} ${printable(item.what)}  ${formatBytes(item.bytes)}  ${printable(item.why)}`,
  );
  const stays = kept.map((item) => `kept ${printable(item.what)}: ${printable(item.reason)}`);
  const total =
    removed.length === 0 ? "Nothing to remove." : `${formatPlural(removed.length, "item")}, ${formatBytes(bytes)}`;
  return [...lines, ...stays, total].join("\n");
}
