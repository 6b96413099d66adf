import type { CheckpointSession } from "../core/index.ts";
import type { CleanupItem, CleanupOptions, CleanupPolicy } from "./cleanup-runs.ts";
import type { CreateOptions, OpenOptions } from "./open-run.ts";
import type { CheckpointStore } from "./store.ts";
import type { VerifyReport } from "./verify-run.ts";

// What lists runs is loaded at once; what opens, verifies or removes them when it is called, so that a listing starts fast.
export type { CleanupItem, CleanupOptions, CleanupPolicy } from "./cleanup-runs.ts";
export { decideWhatToKeep, type Keepable, type KeepDecision } from "./keep.ts";
export type { LeaseOptions } from "./lease.ts";
export type { CreateOptions, OpenOptions } from "./open-run.ts";
export {
  DEFAULT_KEEP,
  DEFAULT_POLICY,
  isHigherBetter,
  type KeepPolicy,
  parseSavePolicy,
  type RunPolicy,
  type SavePolicy,
} from "./policies.ts";
export type { RunProgress } from "./progress.ts";
export { newRunId } from "./run-id.ts";
export {
  type CheckpointSummary,
  DONE_STAGE,
  listCheckpoints,
  listRuns,
  newestRun,
  type RunStatus,
  type RunSummary,
  readLatest,
} from "./runs.ts";
export type { CheckpointStore, StoreAddress, StoredObject } from "./store.ts";
export { localStore } from "./stores/local.ts";
export { memoryStore } from "./stores/memory.ts";
export type { VerifiedCheckpoint, VerifyReport } from "./verify-run.ts";

/** The event that makes a run count as failed once its session is closed. */
export const FAILED_EVENT = "failed";

/**
 * Creates a run and opens it.
 *
 * @throws KaaykoError (usage) where a run of this name exists
 */
export async function createRun(store: CheckpointStore, options: CreateOptions): Promise<CheckpointSession> {
  return (await import("./open-run.ts")).createRun(store, options);
}

/**
 * Opens a run to go on with it: takes its lease, verifies everything, sets damaged checkpoints aside, loads the newest good
 * one.
 *
 * @throws KaaykoError (usage) no such run; (leased) another process owns it; (damaged) nothing good is left
 */
export async function openRun(
  store: CheckpointStore,
  runId: string,
  options: OpenOptions = {},
): Promise<CheckpointSession> {
  return (await import("./open-run.ts")).openRun(store, runId, options);
}

/**
 * Makes an earlier checkpoint the newest that counts. Later ones are listed as undone until the run goes on and deletes them.
 *
 * @returns what was found on the way
 * @throws KaaykoError (usage) no such run or checkpoint; (leased) another process owns it; (damaged) that one is not whole
 */
export async function rollbackRun(
  store: CheckpointStore,
  runId: string,
  sequence: number,
  options: OpenOptions = {},
): Promise<readonly string[]> {
  const { openRunAt } = await import("./open-run.ts");
  const session = await openRunAt(store, runId, sequence, { ...options, inThread: true });
  await session.close();
  return session.warnings;
}

/**
 * Pins a checkpoint, so that neither retention nor a clean-up removes it or its run.
 *
 * @returns false where it was pinned before
 * @throws KaaykoError (usage) no such run or checkpoint
 */
export async function pinCheckpoint(store: CheckpointStore, runId: string, sequence: number): Promise<boolean> {
  return (await import("./pins.ts")).pinCheckpoint(store, runId, sequence);
}

/** Lets retention remove a checkpoint again; false where it was not pinned. */
export async function unpinCheckpoint(store: CheckpointStore, runId: string, sequence: number): Promise<boolean> {
  return (await import("./pins.ts")).unpinCheckpoint(store, runId, sequence);
}

/** Reads and hashes every byte of a run's checkpoints, without taking the run. */
export async function verifyRun(store: CheckpointStore, runId: string): Promise<VerifyReport> {
  return (await import("./verify-run.ts")).verifyRun(store, runId);
}

/**
 * Removes a run that nothing was ever saved of; one that has a checkpoint stays.
 *
 * @returns whether it went
 * @throws KaaykoError (leased) where another process owns it
 */
export async function discardRun(store: CheckpointStore, runId: string): Promise<boolean> {
  return (await import("./cleanup-runs.ts")).discardRun(store, runId);
}

/** Removes runs and checkpoints that a policy lets go, and says what and why; with `dryRun` it only says so. */
export async function cleanupRuns(
  store: CheckpointStore,
  policy: CleanupPolicy,
  options: CleanupOptions = {},
): Promise<CleanupItem[]> {
  return (await import("./cleanup-runs.ts")).cleanupRuns(store, policy, options);
}
