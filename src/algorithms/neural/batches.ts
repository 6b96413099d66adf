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

/** Batches that are made together, in slots one behind the other. */
interface Group {
  /** The first one. */
  readonly batch: number;
  readonly count: number;
  readonly slot: number;
  /** Of each. */
  readonly rows: Promise<number[]>;
}

/** The batches of packed rows. Those that come next are made while one is used; only what was asked for counts as consumed. */
export class Batches {
  readonly #plan: FeedPlan;
  readonly #pool: WorkerPool | null;
  readonly #feeder: BatchFeeder | null;
  #pass: PassOptions | null = null;
  /** The one in use, and those that come next. */
  #groups: Group[] = [];
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

  /**
   * A batch of a pass, from 0; quickest in order. Its arrays are valid until a batch beyond its group is asked for: groups are
   * counted from the first batch that was asked for.
   */
  async get(pass: PassOptions, batch: number): Promise<ReadyBatch> {
    const held = isSame(this.#pass, pass) && this.#groups.find((group) => isWithin(group, batch));
    if (!held) await this.#begin(pass, batch);
    // The slots of what lies before are free again now.
    while (!isWithin(this.#groups[0]!, batch)) this.#groups.shift();
    this.#askAhead(pass);
    const { batch: first, slot, rows } = this.#groups[0]!;
    const counts = await rows;
    return { rows: counts[batch - first]!, ...viewSlot(this.#plan, this.#plan.slots[slot + batch - first]!) };
  }

  /** Gives the thread back. Safe to call twice. */
  async close(): Promise<void> {
    await this.#pool?.close();
  }

  async #begin(pass: PassOptions, batch: number): Promise<void> {
    await Promise.allSettled(this.#groups.map(({ rows }) => rows));
    this.#pass = pass;
    this.#groups = [this.#ask(pass, batch)];
  }

  #askAhead(pass: PassOptions): void {
    const { slots, group } = this.#plan;
    const most = this.#pool === null ? 1 : Math.floor(slots.length / group);
    while (this.#groups.length < most) {
      const { batch, count } = this.#groups.at(-1)!;
      if (batch + count >= this.count(pass.role)) return;
      this.#groups.push(this.#ask(pass, batch + count));
    }
  }

  #ask({ role, shuffle }: PassOptions, batch: number): Group {
    const { slots, group } = this.#plan;
    const slot = (this.#turn++ % Math.floor(slots.length / group)) * group;
    const count = Math.min(group, this.count(role) - batch);
    const request: BatchRequest = { role, shuffle, batch, count, slot };
    const rows = this.#pool === null ? this.#now(request) : this.#pool.run<number[]>("fill", request);
    // Its error belongs to whoever asks for the batch, not to the process.
    rows.catch(() => {});
    return { batch, count, slot, rows };
  }

  async #now(request: BatchRequest): Promise<number[]> {
    return this.#feeder!.fill(request);
  }
}

function isWithin({ batch: first, count }: Group, batch: number): boolean {
  return batch >= first && batch < first + count;
}

function isSame(a: PassOptions | null, b: PassOptions): boolean {
  return a?.role === b.role && a.shuffle?.epoch === b.shuffle?.epoch && a.shuffle?.seed === b.shuffle?.seed;
}
