import { type Command, Option } from "commander";
import { printable } from "../../reports/text/index.ts";
import { type Context, examples, onRun, type Register } from "../context.ts";
import { addCheckpointsDir, findRun, openRuns } from "../runs.ts";
import { parseFlag } from "../settings/resolve.ts";

const SEQUENCE = { name: "seq", type: "integer", min: 1, description: "Sequence of the checkpoint" } as const;

export const register: Register = (command, context) => {
  examples(command, [
    ["kaayko pin houses-7k2m", "the newest checkpoint of a run"],
    ["kaayko pin houses-7k2m --seq 12", "list-checkpoints shows the sequences"],
    ["kaayko unpin houses-7k2m --seq 12", "let it go again"],
  ]);
  registerPinning(command, context, "pin");
};

/** What `pin` and `unpin` have in common. */
export function registerPinning(command: Command, context: Context, action: "pin" | "unpin"): void {
  command.argument("<run>", "The run's name");
  command.addOption(new Option("--seq <SEQ>", "Sequence of the checkpoint (default: the newest)"));
  addCheckpointsDir(command);
  onRun(command, context, async ([name], options) => {
    const opened = await openRuns(context, options);
    const { runId } = findRun(opened, name, action);
    const sequence =
      options.seq === undefined
        ? await newestSequence(opened.folder, runId, context)
        : Number(parseFlag(SEQUENCE, options.seq));
    const changed = await opened.service[action](opened.folder, runId, sequence);
    const pinned = action === "pin";
    const what = `Checkpoint ${sequence} of ${printable(runId)}`;
    const state = pinned ? "is pinned; no clean-up removes it" : "is not pinned any more";
    await context.output.result(
      { schemaVersion: 1, run: runId, sequence, pinned, changed },
      () => `${what} ${changed ? state : `was ${pinned ? "pinned" : "not pinned"} before`}.`,
    );
    return 0;
  });
}

async function newestSequence(folder: string, runId: string, context: Context): Promise<number> {
  const checkpoints = await (await context.services.checkpoints()).listCheckpoints(folder, runId);
  return checkpoints.find(({ state }) => state === "good")?.sequence ?? 0;
}
