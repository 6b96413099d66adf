import { randomBytes } from "node:crypto";
import { KaaykoError } from "../core/index.ts";
import { ownProcess } from "../storage/index.ts";
import { runAttempt } from "./attempt.ts";
import { type Job, type JobNeeds, jobName } from "./job.ts";
import type { LaunchJob } from "./launch.ts";
import type { JobQueue } from "./queue.ts";
import { Recovery } from "./recover.ts";
import { slotsOfOthers } from "./workers.ts";

export interface WorkerOptions {
  readonly queue: JobQueue;
  readonly launch: LaunchJob;
  /** Threads and memory that all workers of this machine may hand out together. */
  readonly budget: JobNeeds;
  /** Jobs at once. */
  readonly concurrency: number;
  /** `drained`: until nothing waits or runs any more; `once`: until one job has ended; `stopped`: until it is stopped. */
  readonly until: "drained" | "once" | "stopped";
  /** Ends the worker: its jobs save, stop and go back into the queue. */
  readonly stop: AbortSignal;
  /** A line for a person. */
  readonly say: (line: string) => void;
  /** Between two looks at the queue. Default 1000. */
  readonly pollMs?: number;
  /** Default 500. */
  readonly heartbeatMs?: number;
  /** See `RecoveryOptions`. Default 10,000. */
  readonly timeToLiveMs?: number;
  /** Default 120,000: a step of training is over by then. */
  readonly killAfterMs?: number;
  /** Milliseconds that only ever grow, by which others are found silent. Default the process's monotonic clock. */
  readonly clock?: () => number;
}

const monotonic = (): number => performance.now();

/** Takes jobs and runs them until it is stopped or has nothing to do. Trouble with the disk is waited out. */
export async function runWorker(options: WorkerOptions): Promise<void> {
  const worker = new Worker(options);
  await worker.run();
}

class Worker {
  readonly #options: WorkerOptions;
  readonly #name = `worker-${process.pid}-${randomBytes(3).toString("hex")}`;
  readonly #running = new Map<number, Promise<void>>();
  readonly #recovery = new Recovery();
  #ended = 0;
  #wake: () => void = () => undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  async run(): Promise<void> {
    const { queue, stop } = this.#options;
    const unwatch = queue.watch(() => this.#wake());
    const onStop = (): void => this.#wake();
    stop.addEventListener("abort", onStop);
    try {
      while (!stop.aborted && !(await this.#isDone())) {
        const waiting = this.#pause();
        await this.#patiently(() => this.#turn());
        await waiting;
      }
      await Promise.all(this.#running.values());
    } finally {
      stop.removeEventListener("abort", onStop);
      unwatch();
      await queue.withdraw(this.#name).catch(() => undefined);
    }
  }

  /** One look at the queue: says that it is there, recovers what the dead left, takes what fits. */
  async #turn(): Promise<void> {
    await this.#announce();
    await this.#recover();
    while (this.#freeSlots() > 0 || this.#running.size > 0) {
      const job = await this.#claim();
      if (job === undefined) return;
      this.#begin(job);
      await this.#announce();
    }
  }

  async #recover(): Promise<void> {
    const { queue, say, timeToLiveMs = 10_000, killAfterMs = 120_000, clock = monotonic } = this.#options;
    const { jobs } = await queue.list();
    const mine = new Set(this.#running.keys());
    const found = jobs.map(({ job }) => job);
    const limits = { timeToLiveMs, killAfterMs, clock };
    const recovered = await this.#recovery.look(found, { queue, worker: this.#name, mine, ...limits });
    for (const line of recovered) say(line);
  }

  async #claim(): Promise<Job | undefined> {
    const { queue, budget } = this.#options;
    const otherSlots = slotsOfOthers(await queue.workers(), this.#name);
    return queue.claim({
      worker: this.#name,
      process: ownProcess(),
      budget,
      freeSlots: this.#freeSlots(),
      otherSlots,
    });
  }

  #freeSlots(): number {
    const { concurrency, until } = this.#options;
    if (until === "once") return this.#ended + this.#running.size === 0 ? 1 : 0;
    return concurrency - this.#running.size;
  }

  #begin(job: Job): void {
    const { queue, launch, stop, say, heartbeatMs = 500, killAfterMs = 120_000 } = this.#options;
    say(`${jobName(job.id)} ${job.spec.name}: starts${job.attempts > 1 ? ` (attempt ${job.attempts})` : ""}`);
    const attempt = runAttempt(job, { queue, launch, stop, heartbeatMs, killAfterMs })
      .catch((error) => say(`${jobName(job.id)}: ${String(error)}`))
      .finally(() => {
        this.#running.delete(job.id);
        this.#ended++;
        this.#wake();
      })
      .then(() => queue.get(job.id))
      .then((now) =>
        say(`${jobName(job.id)} ${job.spec.name}: ${now.state}${now.reason === null ? "" : `, ${now.reason}`}`),
      )
      .catch(() => undefined);
    this.#running.set(job.id, attempt);
  }

  async #announce(): Promise<void> {
    const { queue, concurrency } = this.#options;
    await queue.announce({ name: this.#name, process: ownProcess(), concurrency, jobs: this.#running.size });
  }

  /** A drained worker takes its note back before it looks for the last time: who submits a job first looks for workers after. */
  async #isDone(): Promise<boolean> {
    const { until, queue } = this.#options;
    if (this.#running.size > 0 || until === "stopped") return false;
    if (until === "once") return this.#ended > 0 || !(await this.#hasWork());
    if (await this.#hasWork()) return false;
    await queue.withdraw(this.#name).catch(() => undefined);
    return !(await this.#hasWork());
  }

  async #hasWork(): Promise<boolean> {
    let works = true;
    await this.#patiently(async () => {
      const { jobs } = await this.#options.queue.list();
      works = jobs.some(({ job }) => job.state === "queued" || job.state === "running");
    });
    return works;
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#options.pollMs ?? 1000);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#options.stop.aborted) this.#wake();
    });
  }

  /** A disk that is full or away for a while ends no worker. */
  async #patiently(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof KaaykoError)) throw error;
      this.#options.say(error.message);
    }
  }
}
