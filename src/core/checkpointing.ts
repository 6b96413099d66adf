import type { JsonObject } from "./json.ts";
import type { State } from "./resumable.ts";

/** What a checkpoint says about where the run was. Small, plain, shown by `list-checkpoints` without reading any blob. */
export interface CheckpointPosition {
  /** "load", "features", "train", "evaluate", "save", or a user's own stage. */
  readonly stage: string;
  /** Steps done in this stage. */
  readonly step: number;
  /** Steps in all, where known. */
  readonly total?: number;
  /** For a person: "xgboost, tree 117 of 500". */
  readonly note?: string;
  /** Metrics worth keeping a checkpoint for, such as `{ "validation.rmse": 0.2 }`. Finite. */
  readonly metrics?: Readonly<Record<string, number>>;
}

export interface LoadedCheckpoint {
  readonly token: number;
  readonly sequence: number;
  readonly position: CheckpointPosition;
  readonly state: State;
}

export interface CommitReceipt {
  readonly token: number;
  readonly sequence: number;
  /** Bytes written for this commit, without what it shares with earlier ones. */
  readonly bytes: number;
  readonly milliseconds: number;
}

/**
 * The one door through which a run persists anything. One process owns it at a time (a lease); whoever lost it gets an
 * error from the next call and nothing that it wrote is ever read.
 */
export interface CheckpointSession {
  readonly runId: string;
  /** What the run was asked to do, as published when it was created; it never changes. */
  readonly run: JsonObject;
  /** The newest checkpoint that verifies, or null. What was set aside on the way is in `warnings`. */
  readonly latest: LoadedCheckpoint | null;
  /** What a person should know about opening this run: damaged checkpoints set aside, a dead owner replaced. */
  readonly warnings: readonly string[];
  /** True when a step that took this position deserves a commit now, by the save policy (time or steps since the last). */
  due(position: CheckpointPosition): boolean;
  /**
   * Hands a state over to be committed off the training thread. Returns once the state may be changed by the caller.
   * One commit is under way at a time; a second waits for it. The error of an earlier commit is thrown by the next call.
   */
  commit(position: CheckpointPosition, state: State): Promise<void>;
  /** Waits until everything handed over is durable and acknowledged; throws what went wrong. Null where nothing was committed. */
  flush(): Promise<CommitReceipt | null>;
  /** Appends a line to `events.jsonl`. Not durable by itself; never decides anything. */
  event(event: RunEvent): void;
  /** Flushes, gives the lease back and stops the heartbeat. Safe to call twice. */
  close(): Promise<void>;
}

/** A line of the structured log. `time` is added by the session. */
export interface RunEvent {
  readonly type: string;
  readonly [key: string]: unknown;
}
