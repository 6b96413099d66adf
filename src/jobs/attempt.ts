import { setTimeout as sleep } from "node:timers/promises";
import { KaaykoError } from "../core/index.ts";
import type { Job, JobProgress } from "./job.ts";
import type { JobExit, JobProcess, LaunchJob } from "./launch.ts";
import type { Ending, JobQueue } from "./queue.ts";

export interface AttemptOptions {
  readonly queue: JobQueue;
  readonly launch: LaunchJob;
  /** Aborted when the worker is to end: the job then stops after its step and goes back into the queue. */
  readonly stop: AbortSignal;
  readonly heartbeatMs: number;
  /** A process that does not stop is killed after this long. */
  readonly killAfterMs: number;
}

const RETRY_MS = 1000;
const LOG_EVERY_MS = 200;

/** Runs a claimed job to the end of this attempt and records how it ended. Never throws for the job's own mistakes. */
export async function runAttempt(claimed: Job, options: AttemptOptions): Promise<void> {
  const { queue } = options;
  const log = bufferedLog(queue, claimed.id);
  let progress: JobProgress | null = null;
  let child: JobProcess;
  try {
    child = await options.launch(claimed, { log: log.add, progress: (now) => (progress = now) });
  } catch (error) {
    const known = error instanceof KaaykoError;
    const ending = { kind: "failed" as const, exitCode: known ? error.exitCode : 1, reason: messageOf(error) };
    await settle(claimed, options, ending);
    return;
  }
  const job = await changeMine(queue, claimed, (newest) => queue.started(newest, child.identity));
  if (job === undefined) {
    child.kill();
    return;
  }
  child.begin();
  const watch = watchOver(job, child, options, () => progress);
  const exit = await child.ended;
  const asked = watch.end();
  await log.flush();
  await settle(job, options, endingOf(exit, asked));
}

/** Heartbeats, and passes on what the job is asked. Ends the process where another owner has the job. */
function watchOver(job: Job, child: JobProcess, options: AttemptOptions, progress: () => JobProgress | null) {
  let asked = false;
  let killer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    if (asked) return;
    asked = true;
    child.stop();
    killer = setTimeout(() => child.kill(), options.killAfterMs);
  };
  const beat = async (): Promise<void> => {
    try {
      const now = await options.queue.heartbeat(job, { progress: progress() });
      if (!isSame(now, job)) child.kill();
      else if (now.stop !== null) stop();
    } catch (error) {
      // Removed or damaged: nobody may go on with it. A disk that does not answer may answer later.
      if (error instanceof KaaykoError && error.kind !== "failed") child.kill();
    }
  };
  let beating = beat();
  const timer = setInterval(() => {
    beating = beating.then(beat);
  }, options.heartbeatMs);
  options.stop.addEventListener("abort", stop);
  if (options.stop.aborted) stop();
  return {
    end(): boolean {
      clearInterval(timer);
      clearTimeout(killer);
      options.stop.removeEventListener("abort", stop);
      return asked;
    },
  };
}

/** What a process's end means. */
export function endingOf(exit: JobExit, asked: boolean): Ending {
  const { code, signal, result } = exit;
  if (code === 0) return { kind: "completed", result };
  const interrupted = signal !== null || code === 129 || code === 130 || code === 143;
  if (interrupted && asked) return { kind: "stopped" };
  if (interrupted) return { kind: "died", reason: `its process was ended by ${signal ?? `a signal (exit ${code})`}` };
  if (code === 5) return { kind: "died", reason: exit.reason ?? "another process works on its run" };
  return { kind: "failed", exitCode: code ?? 1, reason: exit.reason ?? `it ended with exit code ${code}` };
}

/** Records an ending, as long as it takes: a full disk may have room again. */
async function settle(job: Job, { queue, stop }: AttemptOptions, ending: Ending): Promise<void> {
  for (;;) {
    try {
      await changeMine(queue, job, (newest) =>
        ending.kind === "completed" ? queue.complete(newest, ending.result) : queue.fail(newest, ending),
      );
      return;
    } catch (error) {
      // A worker that is to end leaves it to the next, which finds the same.
      if (stop.aborted || !(error instanceof KaaykoError) || error.kind !== "failed") return;
      await sleep(RETRY_MS);
    }
  }
}

/** Changes a job's newest revision as long as it is this attempt's; undefined once it is another's. */
async function changeMine(
  queue: JobQueue,
  job: Job,
  change: (newest: Job) => Promise<Job | undefined>,
): Promise<Job | undefined> {
  for (let newest = job; isSame(newest, job); newest = await queue.get(job.id)) {
    const done = await change(newest);
    if (done !== undefined) return done;
  }
  return undefined;
}

function isSame(newest: Job, mine: Job): boolean {
  return newest.attempts === mine.attempts && newest.owner?.worker === mine.owner?.worker;
}

/** Collects what a process says, so that a talkative one costs a write now and then. */
function bufferedLog(queue: JobQueue, id: number) {
  let text = "";
  let writing: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const part = text;
    text = "";
    if (part !== "") writing = writing.then(() => queue.appendLog(id, part)).catch(() => undefined);
    return writing;
  };
  return {
    add(part: string): void {
      text += part;
      timer ??= setTimeout(flush, LOG_EVERY_MS);
    },
    flush,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : `something unexpected: ${String(error)}`;
}
