import { formatPlural, paint, printable, type Style, sign } from "../../reports/text/index.ts";
import { examples, onRun, type Register } from "../context.ts";
import { addCheckpointsDir, findRun, openRuns } from "../runs.ts";
import type { VerifyReport } from "../services.ts";

const DAMAGED_BUT_RESUMABLE = 1;
const BEYOND_ROLLBACK = 4;

export const register: Register = (command, context) => {
  examples(command, [
    ["kaayko verify houses-7k2m", "read and hash every byte that its checkpoints name"],
    ["kaayko verify houses-7k2m --json", ""],
  ]);
  command.argument("[run]", "The run's name (default: the newest)");
  addCheckpointsDir(command);
  onRun(command, context, async ([name], options) => {
    const opened = await openRuns(context, options);
    const run = findRun(opened, name, "verify");
    const report = await opened.service.verify(opened.folder, run.runId);
    const { output } = context;
    await output.result({ schemaVersion: 1, run: run.runId, ...report }, () =>
      renderReport(run.runId, report, output.dataStyle),
    );
    if (report.ok) return 0;
    return report.resumable ? DAMAGED_BUT_RESUMABLE : BEYOND_ROLLBACK;
  });
};

function renderReport(run: string, { ok, resumable, checkpoints }: VerifyReport, style: Style): string {
  const lines = checkpoints.map((checkpoint) =>
    checkpoint.ok
      ? `${paint(style, "green", sign(style, "✓", "+"))} checkpoint ${checkpoint.sequence}`
      : `${paint(style, "red", sign(style, "✗", "x"))} checkpoint ${checkpoint.sequence}: ${printable(checkpoint.error ?? "it is damaged")}`,
  );
  const good = checkpoints.filter((checkpoint) => checkpoint.ok).length;
  const verdict = ok
    ? ""
    : resumable
      ? "; kaayko resume goes on from the newest good one"
      : "; nothing good is left to go on from";
  return [
    ...lines,
    `${printable(run)}: ${good} of ${formatPlural(checkpoints.length, "checkpoint")} intact${verdict}`,
  ].join("\n");
}
