import { randomUUID } from "node:crypto";
import { Problem } from "../problem.ts";
import type { BatchRequest, BatchResult, BatchStatus } from "./batch.ts";
import type { BatchStore } from "./batch-store.ts";

const MAX_WAITING = 100;
const KEEP_DAYS = 7;
/** Transactions between two looks at whether to stop. */
const CHUNK = 256;

/** Predicts some transactions of a batch. */
export type RunChunk = (request: BatchRequest, from: number, to: number) => Promise<BatchResult[]>;

/**
 * Batches, one after the other in the order in which they came. What was submitted is on disk before it is answered: a server
 * that starts on the same folder goes on with what is not finished, from the beginning of a batch, and still has the results.
 */
export class BatchQueue {
  readonly #store: BatchStore;
  readonly #run: RunChunk;
  readonly #onFailure: (id: string, error: unknown) => void;
  readonly #statuses = new Map<string, BatchStatus>();
  readonly #waiting: string[] = [];
  #working: Promise<void> | undefined;
  #closed = false;

  constructor(store: BatchStore, run: RunChunk, onFailure: (id: string, error: unknown) => void) {
    this.#store = store;
    this.#run = run;
    this.#onFailure = onFailure;
  }

  /** Takes up what an earlier server left; forgets what ended more than 7 days ago. */
  async open(now = Date.now()): Promise<void> {
    const found = await this.#store.list();
    for (const status of found.sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1))) {
      const finished = status.state === "completed" || status.state === "failed";
      if (finished && now - Date.parse(status.createdAt) > KEEP_DAYS * 86_400_000) {
        await this.#store.remove(status.id);
        continue;
      }
      this.#statuses.set(status.id, finished ? status : { ...status, state: "queued", processed: 0 });
      if (!finished) this.#waiting.push(status.id);
    }
    this.#work();
  }

  /** @throws Problem 429 where too many wait */
  async submit(request: BatchRequest): Promise<BatchStatus> {
    if (this.#waiting.length >= MAX_WAITING)
      throw new Problem({ status: 429, detail: `At most ${MAX_WAITING} batches may wait.`, retryAfter: 10 });
    const id = randomUUID();
    const total = request.transactions.length;
    const createdAt = new Date().toISOString();
    const status: BatchStatus = { id, state: "queued", total, processed: 0, createdAt, reason: null };
    await this.#store.create(status, request);
    this.#statuses.set(id, status);
    this.#waiting.push(id);
    this.#work();
    return status;
  }

  /** @throws Problem 404 where there is no such batch */
  status(id: string): BatchStatus {
    const status = this.#statuses.get(id);
    if (status === undefined) throw new Problem({ status: 404, detail: "There is no such batch." });
    return status;
  }

  /** @throws Problem 404 where there is no such batch, 409 while it has no results */
  async results(id: string): Promise<BatchResult[]> {
    const { state, reason } = this.status(id);
    if (state === "completed") return this.#store.readResults(id);
    const detail = state === "failed" ? `The batch failed: ${reason}` : `The batch is ${state}.`;
    throw new Problem({ status: 409, detail });
  }

  /** Stops after the transactions under way. What is not finished waits for the next server. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#working;
  }

  #work(): void {
    this.#working ??= this.#drain().finally(() => {
      this.#working = undefined;
      // One may have come between the last look and now.
      if (this.#waiting.length > 0 && !this.#closed) this.#work();
    });
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#closed) {
      const id = this.#waiting.shift()!;
      try {
        await this.#process(id);
      } catch (error) {
        this.#onFailure(id, error);
        // A problem's words are for clients; those of other errors are for the log.
        const reason = error instanceof Problem ? error.message : "the log of the server says why";
        await this.#change(id, { state: "failed", reason }).catch(() => {});
      }
    }
  }

  async #process(id: string): Promise<void> {
    await this.#change(id, { state: "running" });
    const request = await this.#store.readRequest(id);
    const { length } = request.transactions;
    const results: BatchResult[] = [];
    for (let from = 0; from < length; from += CHUNK) {
      if (this.#closed) return;
      results.push(...(await this.#run(request, from, Math.min(length, from + CHUNK))));
      this.#statuses.set(id, { ...this.status(id), processed: results.length });
    }
    await this.#store.writeResults(id, results);
    await this.#change(id, { state: "completed", processed: length });
  }

  async #change(id: string, change: Partial<BatchStatus>): Promise<void> {
    const status = { ...this.status(id), ...change };
    await this.#store.writeStatus(status);
    this.#statuses.set(id, status);
  }
}
