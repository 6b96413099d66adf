import type { JsonValue } from "../core/index.ts";
import type { ProcessIdentity } from "../storage/index.ts";
import type { Job, JobProgress } from "./job.ts";

/** How a job's process ended. */
export interface JobExit {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly signal: string | null;
  /** What it gave; null where that is nothing. */
  readonly result: JsonValue;
  /** The error that it ended with, in its own words; null where it said none. */
  readonly reason: string | null;
}

/**
 * A job's process. It waits until it may begin, so that who it is can be recorded first; and it ends by itself, with what it
 * has saved, once the worker that started it is gone.
 */
export interface JobProcess {
  readonly identity: ProcessIdentity;
  begin(): void;
  /** Asks it to save after its step and end. */
  stop(): void;
  kill(): void;
  readonly ended: Promise<JobExit>;
}

export interface JobEvents {
  /** Whole lines for the job's log. */
  log(text: string): void;
  progress(progress: JobProgress): void;
}

/** Starts a job's process, or goes on with what an earlier attempt saved. What it is, is the business of whoever wires it. */
export type LaunchJob = (job: Job, events: JobEvents) => Promise<JobProcess>;
