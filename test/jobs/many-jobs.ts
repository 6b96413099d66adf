import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type RandomStream, randomStream } from "../../src/core/index.ts";
import { createQueue, folderJobStore, isFinished, type Job, type JobQueue, PRIORITIES } from "../../src/jobs/index.ts";
import { aJob } from "./scenario.ts";

const HOLD = "hold";
const WORKER = fileURLToPath(new URL("./children/worker.mjs", import.meta.url));

export interface ManyJobs {
  readonly jobs: number;
  readonly workers: number;
  /** Mean time between two kills of a worker or of a job. */
  readonly killEveryMs: number;
  /** Kills stop after so many, so that the end is reached. */
  readonly kills: number;
  /** Whether the last job goes on until all kills are done, however fast the others are. Default false. */
  readonly lastWaits?: boolean;
  readonly steps: number;
  readonly seed: number;
}

export interface ManyJobsReport {
  readonly killedWorkers: number;
  readonly killedJobs: number;
  readonly seconds: number;
  readonly attempts: number;
  /** Jobs by state at the end. */
  readonly states: Record<string, number>;
  /** Jobs whose result is not that of the whole work, or that worked to the end other than once. */
  readonly wrong: string[];
  /** Beginnings while an earlier process of the same job still lived. */
  readonly overlaps: number;
  /** Pairs of first starts in the wrong order of priority. */
  readonly inversions: number;
}

/** Submits jobs of every priority, lets workers run them, and kills workers and jobs at random (SIGKILL) meanwhile. */
export async function runManyJobs(plan: ManyJobs): Promise<ManyJobsReport> {
  const folder = mkdtempSync(join(tmpdir(), "kaayko-many-jobs-"));
  const queue = createQueue(folderJobStore(folder));
  const random = randomStream(plan.seed, "kills");
  const began = performance.now();
  for (let n = 0; n < plan.jobs; n++) {
    const payload = { state: join(folder, `state-${n + 1}`), steps: plan.steps, diary: join(folder, "diary.jsonl") };
    const held = plan.lastWaits === true && n === plan.jobs - 1 ? { hold: join(folder, HOLD) } : {};
    await queue.enqueue(aJob({ priority: PRIORITIES[n % 3]!, maxDeaths: 100, payload: { ...payload, ...held } }));
  }
  writeFileSync(join(folder, HOLD), "");
  const workers = Array.from({ length: plan.workers }, () => startWorker(folder));
  const killed = await killWhileWorking(queue, workers, random, plan, folder);
  await Promise.all(workers.map((worker) => worker.exitCode ?? once(worker, "exit")));
  const report = judge(
    (await queue.list()).jobs.map(({ job }) => job),
    folder,
    plan.steps,
  );
  rmSync(folder, { recursive: true, force: true });
  return { ...killed, ...report, seconds: (performance.now() - began) / 1000 };
}

function startWorker(folder: string): ChildProcess {
  return spawn(process.execPath, [WORKER, folder, "2", "4", "drained"], { stdio: "ignore" });
}

async function killWhileWorking(
  queue: JobQueue,
  workers: ChildProcess[],
  random: RandomStream,
  plan: ManyJobs,
  folder: string,
) {
  let [killedWorkers, killedJobs] = [0, 0];
  for (;;) {
    await sleep(2 * plan.killEveryMs * random.float());
    const jobs = (await queue.list()).jobs.map(({ job }) => job);
    if (jobs.every(isFinished)) return { killedWorkers, killedJobs };
    if (killedWorkers + killedJobs >= plan.kills) {
      rmSync(join(folder, HOLD), { force: true });
      continue;
    }
    if (random.float() < 0.4) {
      // One that has begun to work: a slow machine may need longer to start it than kills are apart.
      const busy = workers.flatMap(({ pid }, at) => (jobs.some(({ owner }) => owner?.process.pid === pid) ? at : []));
      const at = busy[Math.floor(random.float() * busy.length)];
      if (at === undefined) continue;
      workers[at]!.kill("SIGKILL");
      workers[at] = startWorker(folder);
      killedWorkers++;
    } else if (killOne(jobs, random)) killedJobs++;
  }
}

function killOne(jobs: readonly Job[], random: RandomStream): boolean {
  const running = jobs.flatMap((job) => job.owner?.child?.pid ?? []);
  const pid = running[Math.floor(random.float() * running.length)];
  try {
    return pid !== undefined && process.kill(pid, "SIGKILL");
  } catch {
    return false;
  }
}

function judge(jobs: readonly Job[], folder: string, steps: number) {
  const diary = readFileSync(join(folder, "diary.jsonl"), "utf8").trimEnd().split("\n");
  const notes = diary.map((line) => JSON.parse(line) as { id: number; what: string });
  const wrong = jobs.flatMap((job) => {
    const ends = notes.filter(({ id, what }) => id === job.id && what === `ends at ${steps}`).length;
    const right = job.state === "completed" && (job.result as { counted?: number } | null)?.counted === steps;
    // A job that is killed after its last step and before its exit is known works to the end again, from its state.
    return right && ends >= 1 ? [] : [`job ${job.id}: ${job.state}, ${ends} ends`];
  });
  const states: Record<string, number> = {};
  for (const { state } of jobs) states[state] = (states[state] ?? 0) + 1;
  const starts = jobs
    .map((job) => ({ rank: PRIORITIES.indexOf(job.spec.priority), at: firstStart(folder, job.id) }))
    .sort((a, b) => a.at - b.at);
  const inversions = starts.filter((start, index) =>
    starts.slice(index + 1).some((later) => later.rank < start.rank && later.at > start.at),
  );
  return {
    wrong,
    states,
    attempts: jobs.reduce((sum, job) => sum + job.attempts, 0),
    overlaps: notes.filter(({ what }) => what === "overlap").length,
    inversions: inversions.length,
  };
}

/** When a job was claimed for the first time. */
function firstStart(folder: string, id: number): number {
  for (let revision = 2; existsSync(join(folder, "revisions", `${id}-${revision}.json`)); revision++) {
    const { content } = JSON.parse(readFileSync(join(folder, "revisions", `${id}-${revision}.json`), "utf8"));
    if (content.job.state === "running") return Date.parse(content.job.changedAt);
  }
  return Number.POSITIVE_INFINITY;
}
