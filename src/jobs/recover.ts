import { fateOf, type ProcessIdentity } from "../storage/index.ts";
import type { Job } from "./job.ts";
import type { JobQueue } from "./queue.ts";

export interface RecoveryOptions {
  readonly queue: JobQueue;
  /** This worker's name, and the jobs that it works on. */
  readonly worker: string;
  readonly mine: ReadonlySet<number>;
  /** An owner of another machine is replaced when its heartbeat has not changed for this long. */
  readonly timeToLiveMs: number;
  /** A job's process that outlives its worker has so long to save and end. */
  readonly killAfterMs: number;
  /** Milliseconds that only ever grow. */
  readonly clock: () => number;
}

interface Sighting {
  readonly attempt: number;
  readonly beat: string | undefined;
  readonly since: number;
}

/**
 * Finds jobs whose worker is gone and puts them back into the queue, once their process is gone too. Deaths are proved on
 * the same machine; elsewhere only silence on this process's own monotonic clock counts.
 */
export class Recovery {
  readonly #silent = new Map<number, Sighting>();
  readonly #orphans = new Map<number, Sighting>();

  /** @returns what was recovered, for a person */
  async look(jobs: readonly Job[], options: RecoveryOptions): Promise<string[]> {
    const said: string[] = [];
    for (const job of jobs) {
      if (job.state !== "running" || options.mine.has(job.id)) continue;
      const reason = await this.#deathOf(job, options);
      if (reason === undefined || this.#outlives(job, options)) continue;
      const done = await options.queue.fail(job, { kind: "died", reason });
      if (done !== undefined) said.push(`job-${job.id}: ${reason}; it is ${done.state}`);
    }
    return said;
  }

  async #deathOf(job: Job, options: RecoveryOptions): Promise<string | undefined> {
    const { worker, process } = job.owner!;
    if (worker === options.worker) return "its worker lost it";
    const fate = fateOf(process);
    if (fate === "alive") return undefined;
    if (fate === "dead") return `its worker (process ${process.pid}) died`;
    const beat = await options.queue.beatOf(job.id);
    const seen = this.#silent.get(job.id);
    if (seen === undefined || seen.attempt !== job.attempts || seen.beat !== beat) {
      this.#silent.set(job.id, { attempt: job.attempts, beat, since: options.clock() });
      return undefined;
    }
    if (options.clock() - seen.since < options.timeToLiveMs) return undefined;
    return `its worker (process ${process.pid} on ${process.host}) gave no sign of life for ${options.timeToLiveMs / 1000} s`;
  }

  /** Whether the job's own process still lives; asks it to end, then ends it. */
  #outlives(job: Job, { killAfterMs, clock }: RecoveryOptions): boolean {
    const { child } = job.owner!;
    if (child === null || fateOf(child) !== "alive") return false;
    const seen = this.#orphans.get(job.id);
    if (seen?.attempt !== job.attempts) {
      this.#orphans.set(job.id, { attempt: job.attempts, beat: undefined, since: clock() });
      signal(child, "SIGTERM");
    } else if (clock() - seen.since > killAfterMs) signal(child, "SIGKILL");
    return true;
  }
}

function signal(child: ProcessIdentity, name: NodeJS.Signals): void {
  try {
    process.kill(child.pid, name);
  } catch {
    // It ended in between.
  }
}
