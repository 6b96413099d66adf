import { Option } from "commander";
import { KaaykoError, type ParameterSpec, parseParameter } from "../../core/index.ts";
import { formatBytes, formatPlural, printable } from "../../reports/index.ts";
import { type Context, examples, type Options, onRun, type Register } from "../context.ts";
import { addCheckpointsDir } from "../runs.ts";
import type { CleanupReport } from "../services.ts";
import { fromHere, resolveFolders } from "../settings/resolve-folders.ts";

const OLDER_THAN: ParameterSpec = { name: "olderThan", type: "duration", min: 0, description: "Age" };
const KEEP_LAST: ParameterSpec = { name: "keepLast", type: "integer", min: 1, description: "Checkpoints that stay" };

export const register: Register = (command, context) => {
  examples(command, [
    ["kaayko cleanup --older-than 7d --dry-run", "show what would go"],
    ["kaayko cleanup --older-than 7d", ""],
    ["kaayko cleanup --keep-last 2", "two checkpoints of every run stay"],
  ]);
  command.addOption(new Option("--older-than <TIME>", "Only what is older: 12h, 7d"));
  command.addOption(new Option("--keep-last <N>", "Checkpoints of every run that stay in any case"));
  command.addOption(new Option("--dry-run", "Remove nothing, show what would go"));
  addCheckpointsDir(command);
  onRun(command, context, (_args, options) => cleanup(context, options));
};

/** Removes old checkpoints: asks first where a person can be asked. */
export async function cleanup(context: Context, options: Options): Promise<number> {
  const { output } = context;
  if (options.olderThan === undefined && options.keepLast === undefined)
    throw new KaaykoError({
      action: "clean up",
      rule: "it must be said what may go",
      remedy: "Give --older-than 7d, --keep-last 2, or both; --dry-run shows what would go.",
      kind: "usage",
    });
  const rules = {
    checkpointsDir: fromHere(context.host, resolveFolders(context.host, options).checkpointsDir),
    ...(options.olderThan === undefined ? {} : { olderThan: Number(parseParameter(OLDER_THAN, options.olderThan)) }),
    ...(options.keepLast === undefined ? {} : { keepLast: Number(parseParameter(KEEP_LAST, options.keepLast)) }),
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

async function confirmed(context: Context, planned: CleanupReport): Promise<boolean> {
  context.output.say(renderReport(planned, true));
  const { createPrompter } = await import("../terminal/prompter.ts");
  return (await createPrompter(context.host)).confirm("Remove them?", false);
}

function renderReport({ removed, kept }: CleanupReport, dryRun: boolean): string {
  const bytes = removed.reduce((sum, item) => sum + item.bytes, 0);
  const lines = removed.map(
    (item) => `${dryRun ? "would remove" : "removed"} ${printable(item.what)}  ${formatBytes(item.bytes)}`,
  );
  const stays = kept.map((item) => `kept ${printable(item.what)}: ${printable(item.reason)}`);
  const total =
    removed.length === 0 ? "Nothing to remove." : `${formatPlural(removed.length, "item")}, ${formatBytes(bytes)}`;
  return [...lines, ...stays, total].join("\n");
}
