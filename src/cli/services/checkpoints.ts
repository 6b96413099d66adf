import type { RunProgress } from "../../checkpoints/index.ts";
import type { CheckpointPosition } from "../../core/index.ts";

export type RunStatus = "running" | "interrupted" | "completed" | "failed";

export interface RunSummary {
  readonly runId: string;
  readonly status: RunStatus;
  /** ISO 8601. Null where it cannot be read. */
  readonly createdAt: string | null;
  /** When its newest checkpoint was saved. */
  readonly savedAt: string | null;
  /** Where its newest checkpoint stands; null where there is none. */
  readonly position: CheckpointPosition | null;
  readonly bytes: number;
  readonly checkpoints: number;
  /** The process that works on it; null unless it is running. */
  readonly pid: number | null;
  /** How far its work has got since; null unless it is running and has said so. */
  readonly progress?: RunProgress | null;
}

export interface CheckpointSummary {
  readonly sequence: number;
  readonly token: number;
  /** Null where it is damaged. */
  readonly position: CheckpointPosition | null;
  readonly savedAt: string | null;
  readonly bytes: number;
  /** "undone": somebody rolled back behind it. */
  readonly state: "good" | "undone" | "damaged";
  readonly pinned?: boolean;
  readonly verifiedAt: string | null;
}

export interface VerifyReport {
  /** True where everything is as it was written. */
  readonly ok: boolean;
  /** True where the run can go on, perhaps from an older checkpoint. */
  readonly resumable: boolean;
  /** Newest first; `error` is null where every byte is as it was written. */
  readonly checkpoints: readonly { readonly sequence: number; readonly ok: boolean; readonly error: string | null }[];
}

export interface CleanupRequest {
  readonly checkpointsDir: string;
  /** Seconds; only runs that were not used for longer go. */
  readonly olderThan?: number;
  /** Runs that stay in any case, the newest ones. */
  readonly keepLast?: number;
  /** Which checkpoints stay in the runs that stay; where none of these is given, all. The newest so many. */
  readonly keepCheckpoints?: number;
  /** Every n-th. */
  readonly keepEvery?: number;
  /** The newest of each of the last so many days. */
  readonly keepDaily?: number;
  /** Bytes of a run's checkpoints together. */
  readonly maxSize?: number;
  readonly dryRun: boolean;
}

export interface CleanupReport {
  readonly removed: readonly { readonly what: string; readonly bytes: number; readonly why: string }[];
  /** What stayed although it matched, and why. */
  readonly kept: readonly { readonly what: string; readonly reason: string }[];
}

export interface CheckpointService {
  /** Newest first. An absent folder holds no runs. */
  listRuns(checkpointsDir: string): Promise<readonly RunSummary[]>;
  /** Newest first. Hashes nothing. */
  listCheckpoints(checkpointsDir: string, run: string): Promise<readonly CheckpointSummary[]>;
  verify(checkpointsDir: string, run: string): Promise<VerifyReport>;
  /** Makes an earlier checkpoint the one that counts; gives what was found on the way. */
  rollback(checkpointsDir: string, run: string, sequence: number): Promise<readonly string[]>;
  /** False where it was pinned before. */
  pin(checkpointsDir: string, run: string, sequence: number): Promise<boolean>;
  /** False where it was not pinned. */
  unpin(checkpointsDir: string, run: string, sequence: number): Promise<boolean>;
  cleanup(request: CleanupRequest): Promise<CleanupReport>;
}
