import type { CheckpointPosition } from "../core/index.ts";
import { type Committed, Committer } from "./committer.ts";
import { eventsKey } from "./keys.ts";
import { Lease, type Outcome } from "./lease.ts";
import type { OpenedRun } from "./opened-run.ts";
import type { PackedState } from "./pack-state.ts";
import { ProgressMeter } from "./progress.ts";
import type { CheckpointStore } from "./store.ts";

/** Characters of events kept in memory at most, where the disk does not keep up. */
const MAX_BUFFERED = 4 * 2 ** 20;
/** Between two writes of events: soon enough to be watched, and too seldom to cost a training anything. */
const LOG_INTERVAL_MS = 20;

/** The side of a session that touches the store: keeps the lease, commits, tidies, logs. */
export interface Saver {
  /** Before the first commit: what the opening of the run found. */
  begin(run: OpenedRun): void;
  /** One at a time. `done` is called as soon as the outcome is known here, from `poll` if the event loop is blocked. */
  commit(position: CheckpointPosition, packed: PackedState, done: (result: Committed | Error) => void): void;
  /** Takes in what arrived while the event loop was blocked. */
  poll(): void;
  /** The error that ended the ownership, once it is known. */
  readonly lost: Error | undefined;
  log(line: string): void;
  /** Writes what is buffered, gives the lease back, stops. */
  close(outcome: Outcome): Promise<void>;
}

/** A saver in this thread: the whole work of `SaverService`, used by the worker too. */
export class SaverService {
  readonly #store: CheckpointStore;
  readonly #runId: string;
  readonly #lease: Lease;
  #committer: Committer | undefined;
  readonly #progress = new ProgressMeter();
  #lines = "";
  #dropped = 0;
  #queue: Promise<unknown> = Promise.resolve();
  #writing: Promise<void> = Promise.resolve();
  #logTimer: NodeJS.Timeout | undefined;
  #closed = false;
  readonly #onLost: (error: Error) => void;

  constructor(
    store: CheckpointStore,
    runId: string,
    token: number,
    heartbeatMs: number,
    onLost: (error: Error) => void,
  ) {
    this.#store = store;
    this.#runId = runId;
    this.#onLost = onLost;
    this.#lease = new Lease(store, runId, token);
    this.#lease.start(
      heartbeatMs,
      () => this.#afterBeat(),
      () => `${JSON.stringify(this.#progress.read(performance.now()))}\n`,
    );
  }

  begin(run: OpenedRun): void {
    this.#committer = new Committer(this.#store, this.#lease, run);
  }

  commit(position: CheckpointPosition, packed: PackedState): Promise<Committed> {
    const result = this.#enqueue(async () => {
      if (this.#committer === undefined) throw new Error("the run is not open");
      return this.#committer.commit(position, packed);
    });
    // After the acknowledgement: nobody waits for it, and it is done before the next commit.
    result.then(
      () => this.#enqueue(() => this.#tidy()),
      () => undefined,
    );
    return result;
  }

  log(line: string): void {
    this.#progress.note(line);
    if (this.#lines.length + line.length > MAX_BUFFERED) this.#dropped++;
    else this.#lines += `${line}\n`;
    if (this.#closed) return;
    this.#logTimer ??= setTimeout(() => {
      this.#logTimer = undefined;
      if (!this.#closed) this.#writeLines().catch(() => undefined);
    }, LOG_INTERVAL_MS).unref();
  }

  async close(outcome: Outcome): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#logTimer);
    await this.#enqueue(() => this.#writeLines());
    await this.#enqueue(() => this.#lease.release(outcome));
  }

  /** The lease is someone else's: stop beating, say so. */
  lose(error: Error): void {
    this.#closed = true;
    clearTimeout(this.#logTimer);
    this.#lease.abandon();
    this.#onLost(error);
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => undefined);
    return result;
  }

  #afterBeat(): void {
    if (this.#closed) return;
    this.#lease.check().catch((error: Error) => {
      if ((error as { kind?: string }).kind === "leased") this.lose(error);
    });
  }

  async #tidy(): Promise<void> {
    try {
      await this.#committer?.tidy();
    } catch (error) {
      this.log(JSON.stringify({ type: "warning", message: `Old checkpoints could not be removed: ${String(error)}` }));
    }
    await this.#writeLines().catch(() => undefined);
  }

  /** One write at a time and in order, beside the commits: a slow disk must not keep the log from being watched. */
  #writeLines(): Promise<void> {
    const written = this.#writing.then(() => this.#appendLines());
    this.#writing = written.catch(() => undefined);
    return written;
  }

  async #appendLines(): Promise<void> {
    if (this.#lines === "") return;
    const lines = this.#dropped === 0 ? this.#lines : `${this.#lines}{"type":"dropped","lines":${this.#dropped}}\n`;
    this.#lines = "";
    this.#dropped = 0;
    await this.#store.append(eventsKey(this.#runId), lines);
  }
}

/** A saver that works in the calling thread, for stores that only this thread can use. */
export function inThreadSaver(store: CheckpointStore, runId: string, token: number, heartbeatMs: number): Saver {
  let lost: Error | undefined;
  const service = new SaverService(store, runId, token, heartbeatMs, (error) => {
    lost = error;
  });
  return {
    begin: (run) => service.begin(run),
    commit(position, packed, done) {
      service.commit(position, packed).then(done, (error: Error) => {
        if ((error as { kind?: string }).kind === "leased") service.lose(error);
        done(error);
      });
    },
    poll: () => undefined,
    get lost() {
      return lost;
    },
    log: (line) => service.log(line),
    close: async (outcome) => {
      if (lost === undefined) await service.close(outcome);
    },
  };
}
