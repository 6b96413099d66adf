import { type CheckpointPosition, KaaykoError, type LoadedCheckpoint } from "../core/index.ts";
import { checkName, fateOf, isSafeName } from "../storage/index.ts";
import { type CheckpointName, nameOf, newestFirst, pinsKey, verifiedKey } from "./keys.ts";
import { type HeldLease, newestLease, outcomeOf } from "./lease.ts";
import { newestGood } from "./newest-good.ts";
import { progressOfBeat, type RunProgress } from "./progress.ts";
import { type Chain, type ChainEntry, readChain } from "./read-chain.ts";
import { noSuchRun, type RunDocument, readRunDocument } from "./run-document.ts";
import { isRun } from "./run-presence.ts";
import type { CheckpointStore } from "./store.ts";

/** The stage of a finished run's last checkpoint; its state's JSON is the result. */
export const DONE_STAGE = "done";

/** A running run of another machine counts as running while its heartbeat is younger than this. For display only. */
const SEEN_WITHIN_MS = 60_000;

/** Looked at side by side, so that a listing does not wait for one file after another. */
const RUNS_AT_ONCE = 8;

export type RunStatus = "running" | "interrupted" | "completed" | "failed";

export interface RunSummary {
  readonly runId: string;
  /** ISO 8601. Null where run.json cannot be read. */
  readonly createdAt: string | null;
  readonly status: RunStatus;
  /** Where its newest checkpoint stands; null where there is none. */
  readonly position: CheckpointPosition | null;
  /** When that was saved. */
  readonly savedAt: string | null;
  /** Bytes of all checkpoints, as their manifests say. */
  readonly bytes: number;
  readonly checkpoints: number;
  /** Process that works on it; null unless it is running. */
  readonly pid: number | null;
  /** How far its work has got since that checkpoint; null unless it is running and has said so. */
  readonly progress: RunProgress | null;
  /** Why the rest is not known, such as another version's format; absent where all could be read. */
  readonly error?: string;
}

/** Every run of a store, newest first. Reads manifests only, so a damaged blob goes unnoticed. */
export async function listRuns(store: CheckpointStore): Promise<RunSummary[]> {
  const names = (await store.children("")).filter(isSafeName).sort().reverse();
  const runs: (RunSummary | undefined)[] = [];
  for (let at = 0; at < names.length; at += RUNS_AT_ONCE)
    runs.push(...(await Promise.all(names.slice(at, at + RUNS_AT_ONCE).map((runId) => summarizeRun(store, runId)))));
  return runs.filter((run) => run !== undefined);
}

/** Undefined where the folder is no run. One that cannot be read does not hide the others. */
export async function summarizeRun(store: CheckpointStore, runId: string): Promise<RunSummary | undefined> {
  try {
    return (await isRun(store, runId)) ? await summarize(store, runId) : undefined;
  } catch (error) {
    if (!(error instanceof KaaykoError)) throw error;
    const unknown = {
      createdAt: null,
      position: null,
      savedAt: null,
      bytes: 0,
      checkpoints: 0,
      pid: null,
      progress: null,
    };
    return { runId, status: "interrupted", ...unknown, error: error.message };
  }
}

async function summarize(store: CheckpointStore, runId: string): Promise<RunSummary> {
  const document = await documentIfGood(store, runId);
  const chain = await readChain(store, runId, document?.hash);
  const held = await newestLease(store, runId);
  const newest = chain.entries[0]?.manifest;
  const status = statusOf(newest?.position, held);
  return {
    runId,
    createdAt: document?.createdAt ?? null,
    status,
    position: newest?.position ?? null,
    savedAt: newest?.savedAt ?? null,
    bytes: bytesOf([...chain.entries, ...chain.undone]),
    checkpoints: chain.entries.length,
    pid: status === "running" ? (held?.owner?.pid ?? null) : null,
    progress: status === "running" ? progressOfBeat(held?.beat) : null,
  };
}

function statusOf(position: CheckpointPosition | undefined, held: HeldLease | undefined): RunStatus {
  if (position?.stage === DONE_STAGE) return "completed";
  if (held === undefined) return "interrupted";
  const outcome = outcomeOf(held);
  if (outcome !== undefined) return outcome === "failed" ? "failed" : "interrupted";
  return isLive(held) ? "running" : "interrupted";
}

/** As far as can be told without waiting for a heartbeat: for display, never to take a run over. */
export function isLive(held: HeldLease): boolean {
  if (outcomeOf(held) !== undefined) return false;
  const fate = held.owner === null ? "unknown" : fateOf(held.owner);
  if (fate !== "unknown") return fate === "alive";
  const seen = Date.parse(/^beat \d+ (\S+)\n/.exec(held.beat ?? "")?.[1] ?? "");
  return Math.abs(Date.now() - seen) < SEEN_WITHIN_MS;
}

async function documentIfGood(store: CheckpointStore, runId: string): Promise<RunDocument | undefined> {
  try {
    return await readRunDocument(store, runId);
  } catch (error) {
    if (error instanceof KaaykoError && error.kind === "damaged") return undefined;
    throw error;
  }
}

function bytesOf(entries: readonly ChainEntry[]): number {
  const blobs = new Map<string, number>();
  for (const { manifest } of entries)
    for (const { name, bytes } of manifest.blobs) blobs.set(`${manifest.token}/${name}`, bytes);
  return [...blobs.values()].reduce((sum, bytes) => sum + bytes, 0);
}

/** The name of the newest run; undefined where there is none. */
export async function newestRun(store: CheckpointStore): Promise<string | undefined> {
  const names = (await store.children("")).filter(isSafeName).sort().reverse();
  for (const runId of names) if (await isRun(store, runId)) return runId;
  return undefined;
}

export interface CheckpointSummary extends CheckpointName {
  /** Null where the manifest is damaged. */
  readonly position: CheckpointPosition | null;
  readonly savedAt: string | null;
  /** Bytes that it takes to resume from it; shared ones are counted with each checkpoint. */
  readonly bytes: number;
  /** "undone": a later owner rolled back behind it. */
  readonly state: "good" | "undone" | "damaged";
  /** True where somebody pinned it, so that no retention removes it. */
  readonly pinned: boolean;
  /** When `verifyRun` last found every byte of it good. */
  readonly verifiedAt: string | null;
  readonly error?: string;
}

/**
 * The checkpoints of a run, newest first. Reads manifests only.
 *
 * @throws KaaykoError (usage) where there is no such run
 */
export async function listCheckpoints(store: CheckpointStore, runId: string): Promise<CheckpointSummary[]> {
  const { chain } = await inspectRun(store, runId);
  const verified = await readVerified(store, runId);
  const pins = await pinsOf(store, runId);
  const summary =
    (state: "good" | "undone") =>
    ({ manifest, hash }: ChainEntry): CheckpointSummary => {
      const { token, sequence, position, savedAt, blobs } = manifest;
      const bytes = blobs.reduce((sum, blob) => sum + blob.bytes, 0);
      const facts = { pinned: pins.has(nameOf(manifest)), verifiedAt: verified.get(hash) ?? null };
      return { token, sequence, position, savedAt, bytes, state, ...facts };
    };
  const damagedOnes = chain.damaged.filter((at) => at.sequence > 0);
  return [
    ...chain.entries.map(summary("good")),
    ...chain.undone.map(summary("undone")),
    ...damagedOnes.map(({ token, sequence, error }): CheckpointSummary => {
      const none = {
        position: null,
        savedAt: null,
        bytes: 0,
        pinned: pins.has(nameOf({ token, sequence })),
        verifiedAt: null,
      };
      return { token, sequence, ...none, state: "damaged", error: error.message };
    }),
  ].sort(newestFirst);
}

async function pinsOf(store: CheckpointStore, runId: string): Promise<Set<string>> {
  return new Set(await store.children(pinsKey(runId)));
}

/** What can be seen of a run without owning it. */
export async function inspectRun(
  store: CheckpointStore,
  runId: string,
): Promise<{ document: RunDocument | undefined; chain: Chain }> {
  checkName(runId, "the name of a run");
  if (!(await isRun(store, runId))) throw noSuchRun(store, runId);
  const document = await documentIfGood(store, runId);
  return { document, chain: await readChain(store, runId, document?.hash) };
}

/**
 * The newest checkpoint that verifies, without taking the run: for the result of a finished one.
 *
 * @throws KaaykoError (usage) no such run; (damaged) none is whole
 */
export async function readLatest(store: CheckpointStore, runId: string): Promise<LoadedCheckpoint | null> {
  const { chain } = await inspectRun(store, runId);
  return (await newestGood(store, runId, chain, undefined)).loaded;
}

const VERIFIED_MAX_BYTES = 1 << 20;

/** When each manifest, by its hash, was last verified. Only a note for people: anything odd about it is no error. */
async function readVerified(store: CheckpointStore, runId: string): Promise<Map<string, string>> {
  try {
    const bytes = await store.read(verifiedKey(runId), VERIFIED_MAX_BYTES);
    const notes = bytes === undefined ? {} : (JSON.parse(Buffer.from(bytes).toString("utf8")) as object);
    return new Map(Object.entries(notes).filter(([, time]) => typeof time === "string") as [string, string][]);
  } catch {
    return new Map();
  }
}

/** Notes that manifests verify now. Where it cannot be written, nothing is lost. */
export async function noteVerified(store: CheckpointStore, runId: string, hashes: readonly string[]): Promise<void> {
  const now = new Date().toISOString();
  const notes = Object.fromEntries(hashes.map((hash) => [hash, now]));
  await store.touch(verifiedKey(runId), `${JSON.stringify(notes)}\n`).catch(() => undefined);
}
