import { examples, onRun, type Register } from "../context.ts";
import { fromHere, resolveFolders } from "../settings/resolve-folders.ts";
import { addTrainFlags } from "../train-flags.ts";
import { train } from "./train.ts";

/** Flags that say what to do instead of going on. */
const INSTEAD = ["resume", "status", "listCheckpoints", "cleanupOld", "clearCache", "smokeTest"];

/** The three generations of the command line, as presets of `train`. */
export const register: Register = async (command, context) => {
  const generation = command.name();
  examples(command, EXAMPLES[generation]!);
  await addTrainFlags(command, context);
  onRun(command, context, async (_args, options) => {
    if (generation === "v1") return train(context, options, "always");
    if (generation === "v2") return train(context, options, "never");
    const asksElse = INSTEAD.some((name) => options[name] !== undefined);
    const named = options.data !== undefined || options.recipe !== undefined;
    const goesOn = !asksElse && !named && (await hasInterruptedRun());
    return train(context, goesOn ? { ...options, resume: true } : options, "open");

    async function hasInterruptedRun(): Promise<boolean> {
      const { checkpointsDir } = resolveFolders(context.host, options);
      const runs = await (await context.services.checkpoints()).listRuns(fromHere(context.host, checkpointsDir));
      return runs.some((run) => run.status === "interrupted" && run.position !== null);
    }
  });
};

const EXAMPLES: Record<string, [string, string][]> = {
  v1: [
    ["kaayko v1", "asks for table, target, rows and algorithms; suggests the last answers"],
    ["kaayko v1 --data houses.parquet --target price", "asks only for the rest"],
  ],
  v2: [
    ["kaayko v2 --data houses.parquet --target price --sample-size small --json", ""],
    ["kaayko v2 --smoke-test", "everything once, in seconds"],
  ],
  v3: [
    ["kaayko v3 --data houses.parquet --target price", "train with checkpoints"],
    ["kaayko v3", "go on with the interrupted run, or ask"],
    ["kaayko v3 --list-checkpoints", ""],
    ["kaayko v3 --cleanup-old", "remove checkpoints older than 7 days"],
  ],
};
