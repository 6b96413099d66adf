import { KaaykoError } from "../core/index.ts";
import type { CheckpointName } from "./keys.ts";
import { verifyBlobs } from "./load-state.ts";
import { inspectRun, noteVerified } from "./runs.ts";
import type { CheckpointStore } from "./store.ts";

export interface VerifiedCheckpoint extends CheckpointName {
  readonly ok: boolean;
  /** What is wrong; null where all is as it was written. */
  readonly error: string | null;
  readonly bytes: number;
}

export interface VerifyReport {
  readonly runId: string;
  /** True where the run's document and every checkpoint that counts are whole. */
  readonly ok: boolean;
  /** True where the run can be resumed, perhaps from an older checkpoint, or has none yet. */
  readonly resumable: boolean;
  readonly document: boolean;
  /** Newest first. */
  readonly checkpoints: readonly VerifiedCheckpoint[];
}

/**
 * Reads and hashes every byte of a run's checkpoints, without taking the run and without changing it.
 *
 * @throws KaaykoError (usage) no such run; (failed) the store does not read
 */
export async function verifyRun(store: CheckpointStore, runId: string): Promise<VerifyReport> {
  const { document, chain } = await inspectRun(store, runId);
  const checkpoints: VerifiedCheckpoint[] = [];
  const good: string[] = [];
  for (const { manifest, hash } of chain.entries) {
    const { token, sequence, blobs } = manifest;
    const bytes = blobs.reduce((sum, blob) => sum + blob.bytes, 0);
    const error = await damageOf(() => verifyBlobs(store, runId, manifest));
    if (error === null) good.push(hash);
    checkpoints.push({ token, sequence, ok: error === null, error, bytes });
  }
  for (const { token, sequence, error } of chain.damaged)
    checkpoints.push({ token, sequence, ok: false, error: error.message, bytes: 0 });
  await noteVerified(store, runId, good);
  const whole = checkpoints.every((checkpoint) => checkpoint.ok);
  const hasDocument = document !== undefined;
  return {
    runId,
    ok: whole && hasDocument,
    resumable: (hasDocument || chain.openings.length > 0) && (good.length > 0 || checkpoints.length === 0),
    document: hasDocument,
    checkpoints,
  };
}

async function damageOf(work: () => Promise<void>): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof KaaykoError && error.kind === "damaged") return error.message;
    throw error;
  }
}
