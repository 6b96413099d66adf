import type { RunObserver } from "../../core/index.ts";
import type { JobNeeds, JobQueue } from "../../jobs/index.ts";
import type { ServerOptions } from "../../serving/index.ts";

export interface Finding {
  readonly part: string;
  readonly version: string | null;
  readonly state: "ok" | "missing" | "broken";
  readonly detail: string;
  /** How to mend it. */
  readonly remedy?: string;
  /** False where kaayko works without it. */
  readonly required: boolean;
}

export interface SetupResult {
  readonly ready: boolean;
  readonly version: string | null;
  readonly gpu: boolean;
  /** One line for a person. */
  readonly summary: string;
}

export interface BackendService {
  setup(options: { readonly gpu: boolean; readonly force: boolean }, observer: RunObserver): Promise<SetupResult>;
  diagnose(): Promise<readonly Finding[]>;
}

export interface WorkRequest {
  readonly jobsDir: string;
  /** Threads and memory for all jobs of this machine together. Default all cores, and 80 % of the memory. */
  readonly budget: Partial<JobNeeds>;
  /** Jobs at once. Default one a core. */
  readonly concurrency?: number;
  readonly until: "drained" | "once" | "stopped";
}

export interface JobService {
  queue(jobsDir: string): JobQueue;
  /** Runs jobs until it is stopped or nothing is left. */
  work(request: WorkRequest, say: (line: string) => void, stop: AbortSignal): Promise<void>;
  /** Starts a worker of its own that outlives the terminal, where none is alive; gives its process id, or null where there is one. */
  startWorker(jobsDir: string): Promise<number | null>;
}

export interface ServeRequest extends ServerOptions {
  readonly host: string;
  /** 0 for a free one. */
  readonly port: number;
}

export interface ServingService {
  /** Serves until it is stopped and everything under way is answered. `onReady` is told the address once models are verified. */
  serve(request: ServeRequest, onReady: (url: string) => void, stop: AbortSignal): Promise<void>;
}
