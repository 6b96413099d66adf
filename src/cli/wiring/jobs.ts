import { spawn } from "node:child_process";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { discardRun, listRuns, localStore } from "../../checkpoints/index.ts";
import { isObject, KaaykoError } from "../../core/index.ts";
import {
  createQueue,
  folderJobStore,
  type Job,
  type JobQueue,
  jobName,
  type LaunchJob,
  runWorker,
  startJobProcess,
} from "../../jobs/index.ts";
import { appendLine } from "../../storage/index.ts";
import type { JobService, WorkRequest } from "../services.ts";

const CHILD = fileURLToPath(new URL("../job-child.js", import.meta.url));
const PROGRAM = fileURLToPath(new URL("../../../bin/kaayko", import.meta.url));

/** Jobs are command lines, each run in a process of its own; the queue is a folder. */
export const jobService: JobService = { queue, work, startWorker };

function queue(jobsDir: string): JobQueue {
  return createQueue(folderJobStore(jobsDir));
}

async function work(request: WorkRequest, say: (line: string) => void, stop: AbortSignal): Promise<void> {
  const { threads = availableParallelism(), memoryBytes = Math.round(machineMemory() * 0.8) } = request.budget;
  await runWorker({
    queue: queue(request.jobsDir),
    launch: launchCommand,
    budget: { threads, memoryBytes },
    concurrency: request.concurrency ?? availableParallelism(),
    until: request.until,
    stop,
    say: (line) => {
      say(line);
      void note(request.jobsDir, line);
    },
  });
}

const WORKER_LOG_BYTES = 2 ** 20;

/** What a worker without a terminal says. A log that cannot be written stops nothing. */
async function note(jobsDir: string, line: string): Promise<void> {
  const text = `${new Date().toISOString()} ${process.pid} ${line}`;
  await appendLine(join(jobsDir, "worker.log"), text, { rotateBytes: WORKER_LOG_BYTES }).catch(() => undefined);
}

/** The machine's, or what a container may use of it. */
function machineMemory(): number {
  const limit = process.constrainedMemory?.() ?? 0;
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

async function startWorker(jobsDir: string): Promise<number | null> {
  if ((await queue(jobsDir).workers()).length > 0) return null;
  const child = spawn(process.execPath, [PROGRAM, "worker", "--drain", "--quiet", "--jobs-dir", jobsDir], {
    // The folder that it was started from may go, the jobs' own cannot while it works.
    cwd: jobsDir,
    detached: true,
    stdio: "ignore",
    env: workerEnvironment({}),
  });
  child.unref();
  return child.pid ?? null;
}

/** The worker's environment without settings of its own: a job's are those that it was submitted with. */
function workerEnvironment(own: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("KAAYKO_"));
  return { ...Object.fromEntries(inherited), ...own };
}

/** Starts a job's command, or goes on with the run that an earlier attempt began. */
const launchCommand: LaunchJob = async (job, events) => {
  const { argv, cwd, env, run } = payloadOf(job);
  const words = run === null ? argv : await wordsFor(argv, run);
  const message = { argv: words };
  return startJobProcess({ script: CHILD, cwd, env: workerEnvironment(env), message }, events);
};

async function wordsFor(argv: string[], run: { id: string; checkpointsDir: string }): Promise<string[]> {
  const store = localStore(run.checkpointsDir);
  const found = (await listRuns(store)).find(({ runId }) => runId === run.id);
  if (found === undefined) return [...argv, "--run-id", run.id];
  if (found.checkpoints > 0 || !(await discardRun(store, run.id)))
    return ["resume", run.id, "--checkpoints-dir", run.checkpointsDir];
  return [...argv, "--run-id", run.id];
}

interface Payload {
  readonly argv: string[];
  readonly cwd: string;
  readonly env: Record<string, string>;
  readonly run: { readonly id: string; readonly checkpointsDir: string } | null;
}

/** @throws KaaykoError (damaged) where somebody else than `submitJob` wrote it */
function payloadOf(job: Job): Payload {
  const { argv, cwd, env, run } = job.spec.payload;
  const isRun = run === null || (isObject(run) && typeof run.id === "string" && typeof run.checkpointsDir === "string");
  const isEnv =
    isObject(env) && Object.entries(env).every(([name, value]) => /^KAAYKO_/.test(name) && typeof value === "string");
  const isArgv = Array.isArray(argv) && argv.every((word) => typeof word === "string");
  if (isArgv && typeof cwd === "string" && isEnv && isRun) return { argv, cwd, env, run } as unknown as Payload;
  throw new KaaykoError({
    action: `run ${jobName(job.id)}`,
    rule: "it must say which command is to be run, and where",
    remedy: "Submit it again.",
    kind: "damaged",
  });
}
