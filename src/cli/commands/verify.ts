import { KaaykoError } from "../../core/index.ts";
import { formatPlural, paint, printable, sign } from "../../reports/index.ts";
import { examples, onRun, type Register } from "../context.ts";
import { addCheckpointsDir, findRun, openRuns } from "../runs.ts";

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
    const { checkpoints } = await opened.service.verify(opened.folder, run.runId);
    const damaged = checkpoints.filter((checkpoint) => checkpoint.problem !== null);
    const { output } = context;
    await output.result(
      { schemaVersion: 1, run: run.runId, status: damaged.length === 0 ? "intact" : "damaged", checkpoints },
      () => {
        const style = output.dataStyle;
        const lines = checkpoints.map(({ sequence, problem }) =>
          problem === null
            ? `${paint(style, "green", sign(style, "✓", "+"))} checkpoint ${sequence}`
            : `${paint(style, "red", sign(style, "✗", "x"))} checkpoint ${sequence}: ${printable(problem)}`,
        );
        const good = checkpoints.length - damaged.length;
        return [
          ...lines,
          `${printable(run.runId)}: ${good} of ${formatPlural(checkpoints.length, "checkpoint")} intact`,
        ].join("\n");
      },
    );
    if (damaged.length === 0) return 0;
    if (damaged.length < checkpoints.length) return 1;
    return new KaaykoError({ action: "verify", rule: "no checkpoint is intact", kind: "damaged" }).exitCode;
  });
};
