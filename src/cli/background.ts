import { statSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import type { ParameterSpec } from "../core/index.ts";
import { type Job, type JobPriority, type JobSpec, jobName, PRIORITIES } from "../jobs/index.ts";
import type { Context, Options } from "./context.ts";
import { jobsFolder } from "./job-flags.ts";
import { jobDocument } from "./jobs-folder.ts";
import { environmentName } from "./settings/names.ts";
import { parseFlag } from "./settings/resolve.ts";
import { quoted } from "./training-run.ts";

const RETRIES: ParameterSpec = { name: "retries", type: "integer", min: 0, max: 100, description: "Retries" };
const PRIORITY: ParameterSpec = { name: "priority", type: "choice", choices: PRIORITIES, description: "Urgency" };

/** How often a job goes on after its process died before it is set aside. */
const MAX_DEATHS = 5;

export interface Submission {
  readonly name: string;
  /** The command line that it runs, without `kaayko`. */
  readonly argv: readonly string[];
  /** The run that it makes; null for a command that makes none. */
  readonly run: { readonly id: string; readonly checkpointsDir: string } | null;
  readonly threads: number;
  readonly memoryBytes: number;
}

/** Puts a command into the queue, sees that a worker is there, and says how to follow it. */
export async function submitJob(context: Context, options: Options, submission: Submission): Promise<number> {
  const { output } = context;
  const folder = jobsFolder(context, options);
  const service = await context.services.jobs();
  const job = await service.queue(folder).enqueue(await specOf(context, options, submission));
  const worker = options.worker === false ? null : await service.startWorker(folder);
  const where = options.jobsDir === undefined ? "" : ` --jobs-dir ${quoted(String(options.jobsDir))}`;
  const follow = `kaayko logs ${job.id} --follow${where}`;
  const document = { schemaVersion: 1, ...jobDocument(job), jobsDir: folder, worker, follow };
  await output.result(document, () => submitted(job, follow, where, options.worker === false));
  return 0;
}

function submitted(job: Job, follow: string, where: string, waits: boolean): string {
  const lines = [
    `${jobName(job.id)} (${job.spec.name}, ${job.spec.priority}) is in the queue.`,
    `  ${follow}`,
    `  kaayko queue${where}`,
  ];
  return waits ? [...lines, `  kaayko worker${where}`].join("\n") : lines.join("\n");
}

async function specOf(context: Context, options: Options, submission: Submission): Promise<JobSpec> {
  const { name, argv, run, threads, memoryBytes } = submission;
  const env = await storedEnvironment(context);
  return {
    name,
    priority: (options.priority === undefined ? "normal" : parseFlag(PRIORITY, options.priority)) as JobPriority,
    needs: { threads, memoryBytes },
    retries: options.retries === undefined ? 0 : Number(parseFlag(RETRIES, options.retries)),
    maxDeaths: MAX_DEATHS,
    payload: { argv: [...argv], cwd: context.host.cwd, env, run: run === null ? null : { ...run } },
  };
}

/** Variables that are settings, and no others: a job's file holds no secret of the environment. */
async function storedEnvironment({ host, services }: Context): Promise<Record<string, string>> {
  const names = (await services.parameters()).map(({ name }) => environmentName(name));
  const kept = [...names, "KAAYKO_SET", "KAAYKO_CACHE"].flatMap((name) => {
    const value = host.env[name];
    return value === undefined || value === "" ? [] : [[name, value] as const];
  });
  return Object.fromEntries(kept);
}

const BASE_BYTES = 400 * 2 ** 20;
/** Bytes in memory for one of a text or Parquet file, roughly: decoded columns, encoded features, scores. */
const MEMORY_FACTOR = 6;

/** What training takes, from its flags or by the size of its table; never more than the machine has. */
export function estimatedNeeds(data: string | undefined, threads: unknown, maxMemory: unknown) {
  const table = data === undefined ? 0 : (statSync(data, { throwIfNoEntry: false })?.size ?? 0);
  const memoryBytes = typeof maxMemory === "number" ? maxMemory + BASE_BYTES : BASE_BYTES + MEMORY_FACTOR * table;
  return {
    threads: typeof threads === "number" ? threads : Math.min(8, availableParallelism()),
    memoryBytes: Math.min(Math.round(memoryBytes), totalmem()),
  };
}

const WITH_VALUE = ["--priority", "--retries", "--jobs-dir", "--run-id"];
const WITHOUT = ["--background", "--no-worker", "--json", "--quiet", "-q"];

/** A command line as a job runs it: without what concerned its submission. */
export function jobArguments(argv: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at]!;
    if (WITH_VALUE.includes(word)) at++;
    else if (!WITHOUT.includes(word) && !WITH_VALUE.some((flag) => word.startsWith(`${flag}=`))) kept.push(word);
  }
  return kept;
}
