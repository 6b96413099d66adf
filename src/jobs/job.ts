import type { JsonObject, JsonValue } from "../core/index.ts";
import type { ProcessIdentity } from "../storage/index.ts";

/** From the most urgent to the least. */
export const PRIORITIES = ["high", "normal", "low"] as const;
export type JobPriority = (typeof PRIORITIES)[number];

/**
 * `queued` waits its turn; `paused` waits until somebody resumes it. The other four are the end: `completed`, `failed` (by
 * its own doing), `cancelled`, and `poisoned`: set aside because its process died too often. A `removed` job is only a mark
 * that its number was used.
 */
export const JOB_STATES = [
  "queued",
  "running",
  "paused",
  "completed",
  "failed",
  "cancelled",
  "poisoned",
  "removed",
] as const;
export type JobState = (typeof JOB_STATES)[number];

/** Why a running job is asked to stop after its step. */
export const STOPS = ["cancel", "pause", "preempt"] as const;
export type JobStop = (typeof STOPS)[number];

/** What a job takes of the machine while it runs. More than the machine has means all of it. */
export interface JobNeeds {
  readonly threads: number;
  readonly memoryBytes: number;
}

/** What somebody asks for. Never changes. */
export interface JobSpec {
  /** For a person; need not be unique. */
  readonly name: string;
  readonly priority: JobPriority;
  readonly needs: JobNeeds;
  /** How often it is tried again after it failed by its own doing (exit code 1). */
  readonly retries: number;
  /** How often it goes on after its process or its worker died, before it is set aside. */
  readonly maxDeaths: number;
  /** What is to be run, in the words of whoever runs it. At most 256 KiB as JSON. */
  readonly payload: JsonObject;
}

/** Who works on a job. */
export interface JobOwner {
  /** Name of the worker. */
  readonly worker: string;
  readonly process: ProcessIdentity;
  /** The job's own process; null between the claim and its start. */
  readonly child: ProcessIdentity | null;
}

/** One job, as its newest revision says. */
export interface Job {
  /** Counts from 1, never used twice. A lower one was submitted earlier. */
  readonly id: number;
  /** One more with every change. */
  readonly revision: number;
  readonly spec: JobSpec;
  readonly state: JobState;
  /** ISO 8601, for people and for aging. */
  readonly createdAt: string;
  /** When it came into its state. */
  readonly changedAt: string;
  /** Since when it waits for its turn; a pre-empted job keeps what it waited. */
  readonly waitingSince: string;
  /** Not started before; null where it may start at once. */
  readonly notBefore: string | null;
  /** Urgency that it was started with, aging included; null unless it is running. */
  readonly startedAs: JobPriority | null;
  readonly owner: JobOwner | null;
  readonly stop: JobStop | null;
  /** Times that it was started. */
  readonly attempts: number;
  readonly failures: number;
  readonly deaths: number;
  /** Of the last process that ended by itself. */
  readonly exitCode: number | null;
  /** Why it failed, was set aside or waits again. */
  readonly reason: string | null;
  /** What a completed job gave; null where it gave nothing. */
  readonly result: JsonValue;
}

/** A job whose newest revision cannot be read. Nobody runs it; `resume` goes on from the last good revision. */
export interface DamagedJob {
  readonly id: number;
  readonly revision: number;
  readonly error: string;
  /** The newest revision that can be read. */
  readonly lastGood: Job | null;
}

/** How far a running job is, as its process says. */
export interface JobProgress {
  readonly stage: string;
  readonly subject: string | null;
  readonly step: number;
  readonly total: number | null;
  readonly secondsLeft: number | null;
}

export const FINISHED: readonly JobState[] = ["completed", "failed", "cancelled", "poisoned"];

export function isFinished(job: Job): boolean {
  return FINISHED.includes(job.state);
}

/** As people name it. */
export function jobName(id: number): string {
  return `job-${id}`;
}
