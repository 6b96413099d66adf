import type { JsonValue } from "../core/index.ts";
import type { ProcessIdentity } from "../storage/index.ts";
import type { DamagedJob, Job, JobNeeds, JobPriority, JobProgress, JobSpec } from "./job.ts";
import type { LogPiece } from "./store.ts";
import type { WorkerNote } from "./workers.ts";

/** Who asks for work, and how much of its machine all workers there may hand out. */
export interface Claimant {
  readonly worker: string;
  readonly process: ProcessIdentity;
  /** Threads and memory for the jobs of all workers of this host together. */
  readonly budget: JobNeeds;
  /** Jobs that this worker can take now. */
  readonly freeSlots: number;
  /** Jobs that other workers of this host could take now: nobody is pre-empted for a job that they will take. */
  readonly otherSlots: number;
}

/** How an attempt ended. */
export type Ending =
  | { readonly kind: "completed"; readonly result: JsonValue }
  /** By its own doing: an exit code that is not 0. */
  | { readonly kind: "failed"; readonly exitCode: number; readonly reason: string }
  /** Stopped after a step, as it was asked to; what it saved is kept. */
  | { readonly kind: "stopped" }
  /** Its process or its worker died. */
  | { readonly kind: "died"; readonly reason: string };

export interface JobStatus {
  readonly job: Job;
  /** Turn among the queued jobs, from 1; null for others. */
  readonly position: number | null;
  /** Urgency with aging; null for jobs that are not queued. */
  readonly urgency: JobPriority | null;
  /** Null unless it runs and has said so. */
  readonly progress: JobProgress | null;
  /** It runs by its record, but its worker died: the next one goes on with it. */
  readonly stranded: boolean;
}

export interface Listing {
  /** In the order in which they were submitted. */
  readonly jobs: readonly JobStatus[];
  readonly damaged: readonly DamagedJob[];
}

/** What a worker says while it works on a job. */
export interface Heartbeat {
  readonly progress: JobProgress | null;
}

/**
 * Jobs that wait, run and end. Every change is one atomic step that exactly one caller makes: methods that change a job
 * that somebody holds give undefined where it was changed by another in between. Nothing is ever run by two owners, and a
 * job ends once.
 */
export interface JobQueue {
  /** For a person: the folder. */
  readonly name: string;
  /** Adds a job behind those of its priority. @throws KaaykoError (usage) for a payload that is too large */
  enqueue(spec: JobSpec): Promise<Job>;
  list(): Promise<Listing>;
  /** @throws KaaykoError (usage) where there is none; (damaged) where it cannot be read */
  get(id: number): Promise<Job>;
  /** The most urgent job that fits into what is free, now owned by the claimant; undefined where none does. Asks less urgent ones
   * to make room where that helps. */
  claim(claimant: Claimant): Promise<Job | undefined>;
  /** Records the job's process before it begins to work. */
  started(job: Job, child: ProcessIdentity): Promise<Job | undefined>;
  /** Shows that the owner lives. Gives the job as it is now: what it was asked, or that another took it. */
  heartbeat(job: Job, beat: Heartbeat): Promise<Job>;
  /** Whatever changes while it is read shows a living owner. */
  beatOf(id: number): Promise<string | undefined>;
  /** The result, once. */
  complete(job: Job, result: JsonValue): Promise<Job | undefined>;
  /** Ends an attempt that gave no result: the job fails, is tried again, pauses, is cancelled or set aside. */
  fail(job: Job, ending: Exclude<Ending, { kind: "completed" }>): Promise<Job | undefined>;
  /** Ends a waiting job; asks a running one to stop. @throws KaaykoError (usage) where it is finished */
  cancel(id: number): Promise<Job>;
  /** Takes a waiting job out of its turn; asks a running one to stop and stay. @throws KaaykoError (usage) where it is finished */
  pause(id: number): Promise<Job>;
  /** Puts a paused, failed, cancelled, poisoned or damaged job back into the queue. @throws KaaykoError (usage) for others */
  resume(id: number): Promise<Job>;
  /** Forgets a job that does not run, and its log. @throws KaaykoError (usage) for a running one */
  remove(id: number): Promise<void>;
  appendLog(id: number, text: string): Promise<void>;
  readLog(id: number, from: number): Promise<LogPiece>;
  /** Tells others that a worker is there; to be repeated. */
  announce(note: WorkerNote): Promise<void>;
  withdraw(worker: string): Promise<void>;
  /** The workers that are alive, as far as can be told. */
  workers(): Promise<readonly WorkerNote[]>;
  /** Calls back when something may have changed. Gives what ends it. */
  watch(changed: () => void): () => void;
}
