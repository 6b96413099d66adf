import type { Keepable } from "./keep.ts";
import type { StateManifest } from "./manifest.ts";
import type { KeepPolicy } from "./policies.ts";

/** What an owner knows once it has opened a run; plain data, so that it can be handed to a worker thread. */
export interface OpenedRun {
  readonly runId: string;
  readonly runHash: string;
  readonly token: number;
  /** The highest sequence number so far. */
  readonly sequence: number;
  readonly parent: StateManifest["parent"];
  readonly keep: KeepPolicy;
  /** Checkpoints that count, newest first. */
  readonly live: readonly Keepable[];
}
