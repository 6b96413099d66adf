import { KaaykoError } from "../core/index.ts";
import { isSafeName } from "../storage/index.ts";
import { decideWhatToKeep } from "./keep.ts";
import { DELETED, leaseKey, manifestsKey, parseManifestName } from "./keys.ts";
import { Lease, type LeaseOptions, newestLease, takeLease } from "./lease.ts";
import { newestGood } from "./newest-good.ts";
import { pinnedRun, readPins } from "./pins.ts";
import { DEFAULT_KEEP, type KeepPolicy } from "./policies.ts";
import { readChain } from "./read-chain.ts";
import { Retention } from "./retention.ts";
import { isRun } from "./run-presence.ts";
import { inspectRun, isLive, type RunSummary, summarizeRun } from "./runs.ts";
import type { CheckpointStore } from "./store.ts";

/** Which runs go: those that meet every condition that is given; none where none is. */
export interface CleanupPolicy {
  /** Not saved for longer than this. */
  readonly olderThanMs?: number;
  /** Not one of the newest so many runs. */
  readonly keepLast?: number;
  /** Which checkpoints stay in the runs that stay; absent: all. */
  readonly checkpoints?: Partial<KeepPolicy>;
}

export interface CleanupItem {
  readonly what: "run" | "checkpoint" | "leftover";
  readonly runId: string;
  readonly sequence?: number;
  readonly bytes: number;
  readonly why: string;
  /** Why it stayed nevertheless, such as another process that opened it meanwhile. */
  readonly kept?: string;
}

export interface CleanupOptions {
  /** Only say what would go. Default false. */
  readonly dryRun?: boolean;
  /** Milliseconds since 1970. Default now. */
  readonly now?: number;
  readonly lease?: LeaseOptions;
}

/** Which runs a policy lets go, with the reason. Pure; runs newest first. A running run never goes, nor one that cannot be read. */
export function runsToRemove(
  policy: CleanupPolicy,
  newestFirst: readonly RunSummary[],
  now: number,
): Map<RunSummary, string> {
  const { olderThanMs, keepLast } = policy;
  const going = new Map<RunSummary, string>();
  if (olderThanMs === undefined && keepLast === undefined) return going;
  for (const [place, run] of newestFirst.entries()) {
    const age = now - Date.parse(run.savedAt ?? run.createdAt ?? "");
    const old = olderThanMs === undefined || age > olderThanMs;
    const beyond = keepLast === undefined || place >= keepLast;
    if (run.status === "running" || run.error !== undefined || !old || !beyond) continue;
    const reasons = [
      ...(olderThanMs === undefined ? [] : [`not used for ${Math.floor(age / 86_400_000)} days`]),
      ...(keepLast === undefined ? [] : [`not one of the last ${keepLast}`]),
    ];
    going.set(run, reasons.join(", "));
  }
  return going;
}

/**
 * Removes runs and checkpoints that a policy lets go, and what interrupted creations and removals left. Whatever another
 * process works on stays.
 *
 * @returns what went, or would go, and why
 */
export async function cleanupRuns(
  store: CheckpointStore,
  policy: CleanupPolicy,
  options: CleanupOptions = {},
): Promise<CleanupItem[]> {
  const { dryRun = false, now = Date.now() } = options;
  const names = (await store.children("")).filter(isSafeName).sort().reverse();
  const runs: RunSummary[] = [];
  const items: CleanupItem[] = [];
  const act = async (item: CleanupItem, work: () => Promise<void>): Promise<void> => {
    items.push(dryRun ? item : await attempt(item, work));
  };
  for (const runId of names) {
    const run = await summarizeRun(store, runId);
    if (run !== undefined) runs.push(run);
    else if (await isLeftover(store, runId))
      await act({ what: "leftover", runId, bytes: 0, why: "left by an interrupted command" }, () =>
        removeRun(store, runId, options.lease),
      );
  }
  const going = runsToRemove(policy, runs, now);
  for (const [run, why] of going) {
    const item: CleanupItem = { what: "run", runId: run.runId, bytes: run.bytes, why };
    const pins = await readPins(store, run.runId);
    if (pins.size > 0) items.push({ ...item, kept: pinnedRun(run.runId, pins).message });
    else await act(item, () => removeRun(store, run.runId, options.lease));
  }
  if (policy.checkpoints === undefined) return items;
  const keep = { ...DEFAULT_KEEP, ...policy.checkpoints };
  for (const run of runs.filter((run) => !going.has(run) && run.status !== "running" && run.error === undefined))
    items.push(...(await pruneRun(store, run.runId, keep, options)));
  return items;
}

async function attempt(item: CleanupItem, work: () => Promise<void>): Promise<CleanupItem> {
  try {
    await work();
    return item;
  } catch (error) {
    if (error instanceof KaaykoError && ["leased", "damaged", "usage"].includes(error.kind))
      return { ...item, kept: error.message };
    throw error;
  }
}

/** A folder with a lease or the mark of a removal, and no run. Anything else in the folder is not ours. */
async function isLeftover(store: CheckpointStore, runId: string): Promise<boolean> {
  if (await isRun(store, runId)) return false;
  const names = await store.children(runId);
  if (names.includes(DELETED)) return true;
  const held = await newestLease(store, runId);
  return held !== undefined && !isLive(held);
}

/** Removes a run for good. Interrupted anywhere, it leaves the whole run, or a leftover that the next clean-up takes. */
async function removeRun(store: CheckpointStore, runId: string, options: LeaseOptions | undefined): Promise<void> {
  const { token } = await takeLease(store, runId, options);
  const pins = await readPins(store, runId);
  if (pins.size > 0) {
    await new Lease(store, runId, token).release("closed");
    throw pinnedRun(runId, pins);
  }
  await removeOwned(store, runId, token);
}

async function removeOwned(store: CheckpointStore, runId: string, token: number): Promise<void> {
  await store.create(`${runId}/${DELETED}`, "");
  for (const name of await store.children(runId)) {
    if (name === DELETED || `${runId}/${name}` === leaseKey(runId, token)) continue;
    await store.removeAll(`${runId}/${name}`);
  }
  await store.removeAll(runId);
}

/**
 * Removes a run that nothing was ever saved of, such as one that failed on its target. One that has a checkpoint stays, whole
 * or damaged.
 *
 * @returns whether it went
 * @throws KaaykoError (leased) where another process owns it
 */
export async function discardRun(store: CheckpointStore, runId: string, options?: LeaseOptions): Promise<boolean> {
  if (!(await isRun(store, runId)) || (await hasCheckpoints(store, runId))) return false;
  const { token } = await takeLease(store, runId, options);
  // Whoever owned it in between may have saved something.
  if (await hasCheckpoints(store, runId)) {
    await new Lease(store, runId, token).release("closed");
    return false;
  }
  await removeOwned(store, runId, token);
  return true;
}

async function hasCheckpoints(store: CheckpointStore, runId: string): Promise<boolean> {
  const names = await store.children(manifestsKey(runId));
  return names.some((name) => (parseManifestName(name)?.sequence ?? 0) > 0);
}

/** Applies a keep policy to the checkpoints of a run that nobody works on. */
async function pruneRun(
  store: CheckpointStore,
  runId: string,
  keep: KeepPolicy,
  options: CleanupOptions,
): Promise<CleanupItem[]> {
  const { document, chain } = await inspectRun(store, runId);
  if (document === undefined || chain.entries.length === 0) return [];
  const manifests = chain.entries.map((entry) => entry.manifest);
  const { go } = decideWhatToKeep(keep, manifests, await readPins(store, runId));
  const items = [...go].map(([manifest, why]): CleanupItem => {
    const bytes = manifest.blobs.reduce((sum, blob) => sum + blob.bytes, 0);
    return { what: "checkpoint", runId, sequence: manifest.sequence, bytes, why };
  });
  if (options.dryRun === true || items.length === 0) return items;
  try {
    await pruneOwned(store, runId, document.hash, keep, options.lease);
    return items;
  } catch (error) {
    if (!(error instanceof KaaykoError) || (error.kind !== "leased" && error.kind !== "damaged")) throw error;
    return items.map((item) => ({ ...item, kept: error.message }));
  }
}

async function pruneOwned(
  store: CheckpointStore,
  runId: string,
  runHash: string,
  keep: KeepPolicy,
  options: LeaseOptions | undefined,
): Promise<void> {
  const { token } = await takeLease(store, runId, options);
  const lease = new Lease(store, runId, token);
  lease.start(options?.heartbeatMs);
  try {
    const chain = await readChain(store, runId, runHash);
    // Nothing is deleted because of a newest checkpoint that turns out to be damaged.
    const { good, bad } = await newestGood(store, runId, chain, undefined);
    const damaged = bad.find(({ at }) => at.sequence > 0);
    if (damaged !== undefined) throw damaged.error;
    const live = chain.entries.map(({ manifest }) => manifest);
    const parent = good === null ? null : { ...good.manifest, hash: good.hash };
    await new Retention(store, { runId, runHash, token, sequence: 0, parent, keep, live }).tidy();
  } finally {
    await lease.release("closed");
  }
}
