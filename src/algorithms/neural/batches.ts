import { builtUrl, createWorkerPool, type WorkerPool } from "../../parallel/index.ts";
import { BatchFeeder, type BatchRequest, viewSlot } from "./rows/batch-feeder.ts";
import type { FeedPlan } from "./rows/feed-plan.ts";
import type { Shuffle } from "./rows/pass-order.ts";
import type { PackedRole } from "./rows/row-packer.ts";
import type { Batch } from "./steps/index.ts";

/** A batch of inputs, targets and weights, ready for a step. */
export interface ReadyBatch extends Batch {
  /** Weights as given, before they were made to sum to 1. */
  readonly rawWeight: Float64Array;
  /** Targets as given. */
  readonly rawTarget: Float64Array;
}

export interface PassOptions {
  readonly role: PackedRole;
  readonly shuffle: Shuffle;
}

/** From this many training rows on, a thread makes the next batches while one is used. */
const THREAD_ROWS = 32_768;

interface Waiting {
  readonly batch: number;
  readonly slot: number;
  readonly rows: Promise<number>;
}

/** The batches of packed rows. Those that come next are made while one is used; only what was asked for counts as consumed. */
export class Batches {
  readonly #plan: FeedPlan;
  readonly #pool: WorkerPool | null;
  readonly #feeder: BatchFeeder | null;
  #pass: PassOptions | null = null;
  #waiting: Waiting[] = [];
  #turn = 0;

  constructor(plan: FeedPlan) {
    this.#plan = plan;
    const threaded = plan.roles.train.rows >= THREAD_ROWS;
    this.#feeder = threaded ? null : new BatchFeeder(plan);
    this.#pool = threaded
      ? createWorkerPool({ url: builtUrl(import.meta.url, "./rows/feed-worker.js"), size: 1 })
      : null;
    // Its failure is that of every batch after it.
    this.#pool?.run("open", plan).catch(() => {});
  }

  /** Batches of a pass. */
  count(role: PackedRole): number {
    const { rows, batchRows } = this.#plan.roles[role];
    return Math.ceil(rows / batchRows);
  }

  /** A batch of a pass, from 0; quickest in order. Its arrays are valid until the next call. */
  async get(pass: PassOptions, batch: number): Promise<ReadyBatch> {
    if (!isSame(this.#pass, pass) || this.#waiting[0]?.batch !== batch) await this.#begin(pass);
    const { slots } = this.#plan;
    // The slot of the batch before is free again now.
    for (let next = batch + this.#waiting.length; this.#waiting.length < slots.length; next++) {
      if (next >= this.count(pass.role)) break;
      this.#waiting.push(this.#ask(pass, next));
      if (this.#pool === null) break;
    }
    const { slot, rows } = this.#waiting.shift()!;
    const count = await rows;
    return { rows: count, ...viewSlot(this.#plan, slots[slot]!) };
  }

  /** Gives the thread back. Safe to call twice. */
  async close(): Promise<void> {
    await this.#pool?.close();
  }

  async #begin(pass: PassOptions): Promise<void> {
    await Promise.allSettled(this.#waiting.map(({ rows }) => rows));
    this.#waiting = [];
    this.#pass = pass;
  }

  #ask({ role, shuffle }: PassOptions, batch: number): Waiting {
    const slot = this.#turn++ % this.#plan.slots.length;
    const request: BatchRequest = { role, shuffle, batch, slot };
    const rows = this.#pool === null ? this.#now(request) : this.#pool.run<number>("fill", request);
    // Its error belongs to whoever asks for the batch, not to the process.
    rows.catch(() => {});
    return { batch, slot, rows };
  }

  async #now(request: BatchRequest): Promise<number> {
    return this.#feeder!.fill(request);
  }
}

function isSame(a: PassOptions | null, b: PassOptions): boolean {
  return a?.role === b.role && a.shuffle?.epoch === b.shuffle?.epoch && a.shuffle?.seed === b.shuffle?.seed;
}
