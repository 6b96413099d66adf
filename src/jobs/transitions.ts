import { type JsonValue, KaaykoError } from "../core/index.ts";
import { isFinished, type Job, type JobOwner, type JobPriority, type JobSpec, type JobStop, jobName } from "./job.ts";
import type { Ending } from "./queue.ts";

/** How long a job waits before it goes on after a death or a failure: a second, doubled each time, at most this. */
const LONGEST_PAUSE_MS = 5 * 60_000;
const FIRST_PAUSE_MS = 1000;

type Changes = Partial<Omit<Job, "id" | "revision" | "spec" | "createdAt">>;

function changed(job: Job, changes: Changes, now: Date): Job {
  const changedAt = changes.state === undefined || changes.state === job.state ? job.changedAt : now.toISOString();
  return { ...job, ...changes, changedAt, revision: job.revision + 1 };
}

const IDLE = { owner: null, stop: null, startedAs: null } as const;

export function newJob(id: number, spec: JobSpec, now: Date): Job {
  const time = now.toISOString();
  return {
    id,
    revision: 1,
    spec,
    state: "queued",
    createdAt: time,
    changedAt: time,
    waitingSince: time,
    notBefore: null,
    ...IDLE,
    attempts: 0,
    failures: 0,
    deaths: 0,
    exitCode: null,
    reason: null,
    result: null,
  };
}

export function claimed(job: Job, owner: JobOwner, startedAs: JobPriority, now: Date): Job {
  const changes: Changes = { state: "running", owner, startedAs, stop: null, notBefore: null };
  return changed(job, { ...changes, attempts: job.attempts + 1 }, now);
}

export function startedAs(job: Job, child: JobOwner["child"], now: Date): Job {
  return changed(job, { owner: { ...job.owner!, child } }, now);
}

export function completed(job: Job, result: JsonValue, now: Date): Job {
  return changed(job, { ...IDLE, state: "completed", exitCode: 0, reason: null, result }, now);
}

/** What becomes of a running job whose attempt ended without a result. */
export function ended(job: Job, ending: Exclude<Ending, { kind: "completed" }>, now: Date): Job {
  if (ending.kind === "failed") return failed(job, ending.exitCode, ending.reason, now);
  // Whoever asked a job to stop gets that, also where it died on the way: its last checkpoint is kept.
  if (job.stop === "cancel") return changed(job, { ...IDLE, state: "cancelled", reason: null }, now);
  if (job.stop === "pause") return changed(job, { ...IDLE, state: "paused", reason: null }, now);
  if (ending.kind === "stopped" || job.stop === "preempt") {
    const reason = job.stop === "preempt" ? "made room for a more urgent job" : "its worker was stopped";
    return changed(job, { ...IDLE, state: "queued", reason, notBefore: null }, now);
  }
  return died(job, ending.reason, now);
}

function failed(job: Job, exitCode: number, why: string, now: Date): Job {
  const failures = job.failures + 1;
  const reason = why.slice(0, 2000);
  // Only an exit code of 1 may be another time's success: wrong use and wrong input stay wrong.
  if (exitCode === 1 && failures <= job.spec.retries && job.stop !== "cancel") {
    const state = job.stop === "pause" ? "paused" : "queued";
    return changed(job, { ...IDLE, state, failures, exitCode, reason, notBefore: pauseAfter(failures, now) }, now);
  }
  return changed(job, { ...IDLE, state: "failed", failures, exitCode, reason }, now);
}

function died(job: Job, why: string, now: Date): Job {
  const deaths = job.deaths + 1;
  if (deaths > job.spec.maxDeaths) {
    const reason = `set aside after ${deaths} deaths; the last: ${why}`.slice(0, 2000);
    return changed(job, { ...IDLE, state: "poisoned", deaths, reason }, now);
  }
  const reason = why.slice(0, 2000);
  return changed(job, { ...IDLE, state: "queued", deaths, reason, notBefore: pauseAfter(deaths, now) }, now);
}

function pauseAfter(times: number, now: Date): string {
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(times - 1, 20));
  return new Date(now.getTime() + pause).toISOString();
}

/** Whether a job may start now. A time that is further away than any pause is a clock's mistake. */
export function mayStart(job: Job, now: Date): boolean {
  if (job.state !== "queued") return false;
  if (job.notBefore === null) return true;
  const left = Date.parse(job.notBefore) - now.getTime();
  return left <= 0 || left > LONGEST_PAUSE_MS;
}

/** Cancels or pauses: at once where nobody works on it, else by asking. */
export function stopped(job: Job, stop: Exclude<JobStop, "preempt">, now: Date): Job {
  if (job.state === "running") return changed(job, { stop }, now);
  return changed(job, { state: stop === "cancel" ? "cancelled" : "paused", notBefore: null }, now);
}

export function askedToMakeRoom(job: Job, now: Date): Job {
  return changed(job, { stop: "preempt" }, now);
}

/** Back into the queue, with its counts as new. */
export function resumed(job: Job, now: Date): Job {
  const counts = { failures: 0, deaths: 0, exitCode: null, reason: null, notBefore: null };
  return changed(job, { ...IDLE, ...counts, state: "queued", waitingSince: now.toISOString() }, now);
}

export function removed(job: Job, now: Date): Job {
  const emptied = { ...job, spec: { ...job.spec, payload: {} }, result: null };
  return changed(emptied, { ...IDLE, state: "removed", reason: null }, now);
}

/** @throws KaaykoError (usage) where a job cannot be cancelled or paused any more */
export function checkStoppable(job: Job, action: string): void {
  if (!isFinished(job)) return;
  throw wrongState(job, action, "it must wait or run", "kaayko queue shows where every job stands.");
}

export function wrongState(job: Job, action: string, rule: string, remedy: string): KaaykoError {
  return new KaaykoError({
    action: `${action} ${jobName(job.id)}`,
    rule,
    got: `one that is ${job.state}`,
    remedy,
    kind: "usage",
  });
}
