import {
  type CheckpointPosition,
  type CheckpointSession,
  type CommitReceipt,
  canonicalJson,
  type JsonObject,
  KaaykoError,
  type LoadedCheckpoint,
  type RunEvent,
  type State,
} from "../core/index.ts";
import type { Committed } from "./committer.ts";
import { StatePacker } from "./pack-state.ts";
import { autoInterval, type SavePolicy } from "./policies.ts";
import type { Saver } from "./saver.ts";

const MAX_EVENT_CHARACTERS = 65_536;

/** The event that makes a run count as failed once it is closed; its `message` says why. */
export const FAILED_EVENT = "failed";

export interface SessionParts {
  readonly runId: string;
  readonly run: JsonObject;
  readonly latest: LoadedCheckpoint | null;
  readonly warnings: readonly string[];
  readonly saver: Saver;
  readonly save: SavePolicy;
  /** Milliseconds that only ever grow. */
  readonly clock: () => number;
}

/** The training's side of an open run: says when, copies, hands over, and reports what went wrong. */
export class Session implements CheckpointSession {
  readonly runId: string;
  readonly run: JsonObject;
  readonly latest: LoadedCheckpoint | null;
  readonly warnings: readonly string[];
  readonly #saver: Saver;
  readonly #save: SavePolicy;
  readonly #clock: () => number;
  readonly #packer = new StatePacker();
  #pending: Promise<void> | undefined;
  #failure: Error | undefined;
  #receipt: CommitReceipt | null = null;
  #committedAt: number;
  /** When the step before was done. */
  #steppedAt: number;
  #steps = 0;
  #costSeconds: number | undefined;
  #closing: Promise<void> | undefined;
  #failed = false;
  #thrown: Error | undefined;

  constructor(parts: SessionParts) {
    this.runId = parts.runId;
    this.run = parts.run;
    this.latest = parts.latest;
    this.warnings = parts.warnings;
    this.#saver = parts.saver;
    this.#save = parts.save;
    this.#clock = parts.clock;
    this.#committedAt = parts.clock();
    this.#steppedAt = this.#committedAt;
  }

  due(_position: CheckpointPosition): boolean {
    this.#saver.poll();
    this.#steps++;
    const now = this.#clock();
    const stepSeconds = (now - this.#steppedAt) / 1000;
    this.#steppedAt = now;
    // So that the next call is a commit, which throws what went wrong.
    if (this.#failure !== undefined || this.#saver.lost !== undefined) return true;
    if (this.#pending !== undefined) return false;
    if (this.#save.kind === "steps") return this.#steps >= this.#save.steps;
    const interval = this.#save.kind === "auto" ? autoInterval(this.#costSeconds, stepSeconds) : this.#save.seconds;
    return now - this.#committedAt >= interval * 1000;
  }

  async commit(position: CheckpointPosition, state: State): Promise<void> {
    await this.#settled("save a checkpoint");
    const start = performance.now();
    const packed = this.#packer.pack(state);
    const place = JSON.parse(canonicalJson(position)) as CheckpointPosition;
    const packing = performance.now() - start;
    this.#steps = 0;
    this.#committedAt = this.#clock();
    this.#pending = new Promise((resolve) => {
      this.#saver.commit(place, packed, (result) => {
        this.#finish(result, packing);
        resolve();
      });
    });
  }

  async flush(): Promise<CommitReceipt | null> {
    await this.#settled("save checkpoints");
    return this.#receipt;
  }

  event(event: RunEvent): void {
    if (this.#closing !== undefined) return;
    if (event.type === FAILED_EVENT) this.#failed = true;
    this.#saver.log(eventLine(event));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // An error that was thrown before is not thrown again: closing is what a caller does after an error.
    const known = this.#thrown;
    let failure: unknown;
    await this.#settled("save checkpoints").catch((error: unknown) => {
      if (error !== known) failure = error;
    });
    await this.#saver.close(this.#failed ? "failed" : "closed");
    if (failure !== undefined) throw failure;
  }

  /** Waits for the commit under way; throws the error of it or of an earlier one, once. */
  async #settled(action: string): Promise<void> {
    this.#saver.poll();
    await this.#pending;
    const failure = this.#failure ?? this.#saver.lost;
    this.#failure = undefined;
    if (failure !== undefined) {
      this.#thrown = failure;
      throw failure;
    }
    if (this.#closing !== undefined && action === "save a checkpoint")
      throw new KaaykoError({ action, rule: "the run must be open", got: "a closed one" });
  }

  #finish(result: Committed | Error, packing: number): void {
    this.#pending = undefined;
    if (result instanceof Error) {
      this.#failure = result;
      this.#packer.reject();
      return;
    }
    this.#packer.accept(result.arrays);
    this.#receipt = result.receipt;
    this.#costSeconds = (packing + result.receipt.milliseconds) / 1000;
  }
}

/** One line of valid JSON, whatever the event holds; an event that JSON cannot say is logged by its type alone. */
function eventLine(event: RunEvent): string {
  const time = new Date().toISOString();
  try {
    const line = JSON.stringify({ time, ...event });
    if (line.length <= MAX_EVENT_CHARACTERS) return line;
  } catch {
    // Cyclic, or holding a bigint.
  }
  return JSON.stringify({ time, type: String(event.type).slice(0, 200), shortened: true });
}
