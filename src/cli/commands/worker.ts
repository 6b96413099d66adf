import { Option } from "commander";
import type { ParameterSpec } from "../../core/index.ts";
import { type Context, examples, type Options, onRun, type Register } from "../context.ts";
import { addJobsDir, jobsFolder } from "../job-flags.ts";
import { parseFlag } from "../settings/resolve.ts";
import { withSignals } from "../terminal/signals.ts";

const CONCURRENCY: ParameterSpec = {
  name: "concurrency",
  type: "integer",
  min: 1,
  max: 256,
  description: "Jobs at once",
};
const CORES: ParameterSpec = { name: "cores", type: "integer", min: 1, max: 4096, description: "Cores" };
const MEMORY: ParameterSpec = { name: "memory", type: "bytes", min: 1, description: "Memory" };

export const register: Register = (command, context) => {
  examples(command, [
    ["kaayko worker", "run jobs until Ctrl-C; they go back into the queue then"],
    ["kaayko worker --drain", "until none is left"],
    ["kaayko worker --once", "one job"],
    ["kaayko worker --concurrency 2 --cores 6 --memory 16GB", "leave the rest of the machine alone"],
  ]);
  const add = (flags: string, text: string): void => void command.addOption(new Option(flags, text));
  add("--concurrency <N>", "Jobs at once (default: one a core)");
  add("--cores <N>", "Threads for the jobs of all workers of this machine together (default: all cores)");
  add("--memory <SIZE>", "Memory for them (default: 80 % of the machine's)");
  add("--drain", "End when no job waits or runs");
  add("--once", "End after one job");
  addJobsDir(command);
  onRun(command, context, (_args, options) => work(context, options));
};

/** Runs background jobs. */
async function work(context: Context, options: Options): Promise<number> {
  const { output } = context;
  const concurrency =
    options.concurrency === undefined ? undefined : Number(parseFlag(CONCURRENCY, options.concurrency));
  const request = {
    jobsDir: jobsFolder(context, options),
    budget: {
      ...(options.cores === undefined ? {} : { threads: Number(parseFlag(CORES, options.cores)) }),
      ...(options.memory === undefined ? {} : { memoryBytes: Number(parseFlag(MEMORY, options.memory)) }),
    },
    ...(concurrency === undefined ? {} : { concurrency }),
    until: options.once === true ? "once" : options.drain === true ? "drained" : "stopped",
  } as const;
  const service = await context.services.jobs();
  return withSignals(output, "Asking the jobs to save and stop", async (signals) => {
    output.note(`Running the jobs in ${request.jobsDir}; Ctrl-C stops, nothing is lost`);
    await service.work(request, (line) => output.note(line), signals.stop);
    return signals.exitCode() ?? 0;
  });
}
