import type { Model } from "../../models/index.ts";
import { builtUrl, createWorkerPool, type WorkerPool } from "../../parallel/index.ts";
import { Problem } from "../problem.ts";
import type { InferenceReply, InferenceRequest } from "./inference-worker.ts";

/** What a thread can do with rows: the name of a function of its file. */
export type InferenceTask = "answerJson" | "answerArrow";

interface Thread {
  pool: WorkerPool;
  /** Contents that it was given. */
  readonly models: Set<string>;
  waiting: number;
}

/**
 * Threads that predict. Each takes a copy of a model when it first needs it. A thread that dies is replaced; what it worked on
 * fails, nothing else.
 */
export class InferenceThreads {
  readonly #threads: Thread[];
  #closed = false;

  constructor(size: number) {
    this.#threads = Array.from({ length: size }, () => ({ pool: startThread(), models: new Set(), waiting: 0 }));
  }

  /** Requests that wait or run. */
  get waiting(): number {
    return this.#threads.reduce((sum, { waiting }) => sum + waiting, 0);
  }

  /**
   * Predicts on the thread with the fewest requests.
   *
   * @throws Problem what is wrong with the rows
   */
  async answer(
    task: InferenceTask,
    model: { readonly modelSha256: string; readonly model: Model },
    request: Omit<InferenceRequest, "sha256">,
  ): Promise<Extract<InferenceReply, { body: Uint8Array }>> {
    const thread = this.#threads.reduce((best, one) => (one.waiting < best.waiting ? one : best));
    const { pool } = thread;
    const sha256 = model.modelSha256;
    thread.waiting++;
    try {
      if (!thread.models.has(sha256)) {
        thread.models.add(sha256);
        pool.run("load", { sha256, model: model.model }).catch(() => thread.models.delete(sha256));
      }
      const reply = await pool.run<InferenceReply>(task, { ...request, sha256 });
      if ("problem" in reply) throw new Problem(reply.problem);
      return reply;
    } catch (error) {
      if (!(error instanceof Problem)) await this.#replaceIfDead(thread, pool);
      throw error;
    } finally {
      thread.waiting--;
    }
  }

  /** Lets every thread forget a content. */
  forget(sha256: string): void {
    for (const { pool, models } of this.#threads)
      if (models.delete(sha256)) pool.run("drop", { sha256 }).catch(() => {});
  }

  /** Waits for an answer of the thread with the fewest requests. */
  async ping(): Promise<void> {
    await this.#threads.reduce((best, one) => (one.waiting < best.waiting ? one : best)).pool.run("ping", null);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#threads.map(({ pool }) => pool.close()));
  }

  async #replaceIfDead(thread: Thread, pool: WorkerPool): Promise<void> {
    const alive = await pool.run("ping", null).then(
      () => true,
      () => false,
    );
    if (alive || this.#closed || thread.pool !== pool) return;
    thread.pool = startThread();
    thread.models.clear();
    await pool.close();
  }
}

function startThread(): WorkerPool {
  // One thread a pool: the pool knows no replacement for a thread that died.
  return createWorkerPool({ url: builtUrl(import.meta.url, "./inference-worker.js"), size: 1 });
}
