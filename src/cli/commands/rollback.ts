import { Option } from "commander";
import { printable } from "../../reports/text/index.ts";
import { examples, onRun, type Register } from "../context.ts";
import { addCheckpointsDir, findRun, openRuns } from "../runs.ts";
import { parseFlag } from "../settings/resolve.ts";

const SEQUENCE = { name: "to", type: "integer", min: 0, description: "Sequence of the checkpoint" } as const;

export const register: Register = (command, context) => {
  examples(command, [
    ["kaayko list-checkpoints houses-7k2m", "shows the sequences"],
    ["kaayko rollback houses-7k2m --to 12", "resume then goes on from there"],
  ]);
  command.argument("<run>", "The run's name");
  command.addOption(new Option("--to <SEQ>", "Sequence of the checkpoint to go back to").makeOptionMandatory());
  addCheckpointsDir(command);
  onRun(command, context, async ([name], options) => {
    const sequence = Number(parseFlag(SEQUENCE, options.to));
    const opened = await openRuns(context, options);
    const run = findRun(opened, name, "roll back");
    for (const warning of await opened.service.rollback(opened.folder, run.runId, sequence))
      context.output.warn(warning);
    await context.output.result(
      { schemaVersion: 1, run: run.runId, sequence },
      () =>
        `${printable(run.runId)} is back at checkpoint ${sequence}; kaayko resume ${printable(run.runId)} goes on from there.`,
    );
    return 0;
  });
};
