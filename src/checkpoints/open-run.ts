import { type CheckpointSession, type JsonObject, KaaykoError, type LoadedCheckpoint } from "../core/index.ts";
import { checkName, damaged } from "../storage/index.ts";
import { sealManifest } from "./committer.ts";
import { type CheckpointName, manifestKey, nameOf } from "./keys.ts";
import { createLease, DEFAULT_HEARTBEAT_MS, type LeaseOptions, leasedBy, newestLease, takeLease } from "./lease.ts";
import { highestSequence, isNewer, limits, newestGood, setAside } from "./newest-good.ts";
import type { OpenedRun } from "./opened-run.ts";
import { DEFAULT_POLICY, type KeepPolicy, type RunPolicy, type SavePolicy } from "./policies.ts";
import { type ChainEntry, readChain } from "./read-chain.ts";
import {
  newRunDocument,
  noSuchRun,
  publishRunDocument,
  type RunDocument,
  readRunDocument,
  restoreRunDocument,
} from "./run-document.ts";
import { newRunId } from "./run-id.ts";
import { isRun } from "./run-presence.ts";
import { inThreadSaver, type Saver } from "./saver.ts";
import { Session } from "./session.ts";
import type { CheckpointStore } from "./store.ts";

export interface OpenOptions {
  readonly policy?: { readonly save?: SavePolicy; readonly keep?: Partial<KeepPolicy> };
  readonly lease?: LeaseOptions;
  /** Save in the calling thread even where the store could be used from a worker thread. Default false. */
  readonly inThread?: boolean;
}

export interface CreateOptions extends OpenOptions {
  /** Default a new sortable one. */
  readonly runId?: string;
  /** What the run is asked to do: settings, fingerprints. Published once, never changed. */
  readonly run: JsonObject;
}

/**
 * Creates a run and opens it.
 *
 * @throws KaaykoError (usage) where a run of this name exists
 */
export async function createRun(store: CheckpointStore, options: CreateOptions): Promise<CheckpointSession> {
  const runId = checkName(options.runId ?? newRunId(), "the name of a run");
  const token = 1;
  if (!(await createLease(store, runId, token))) throw alreadyThere(runId);
  return withSaver(store, runId, token, options, async (saver) => {
    const document = newRunDocument(options.run);
    await publishOpening(store, runId, token, document, {}, "created");
    // Last, so that a run that can be seen is complete.
    if (!(await publishRunDocument(store, runId, document))) throw alreadyThere(runId);
    return beginSession(saver, options, {
      runId,
      token,
      document,
      warnings: [],
      latest: null,
      entries: [],
      sequence: 0,
    });
  });
}

/**
 * Opens a run to go on with it: takes its lease, verifies everything, sets damaged checkpoints aside and loads the newest
 * good one.
 *
 * @throws KaaykoError (usage) no such run; (leased) another process owns it; (damaged) nothing good is left; (failed) the
 * store does not read or write
 */
export async function openRun(
  store: CheckpointStore,
  runId: string,
  options: OpenOptions = {},
): Promise<CheckpointSession> {
  return takeOver(store, runId, options, "opened", undefined);
}

/** As `openRun`, from an earlier checkpoint; newer ones no longer count. For `rollbackRun`. */
export async function openRunAt(
  store: CheckpointStore,
  runId: string,
  sequence: number,
  options: OpenOptions = {},
): Promise<CheckpointSession> {
  return takeOver(store, runId, options, `rolled back to ${sequence}`, sequence);
}

async function takeOver(
  store: CheckpointStore,
  runId: string,
  options: OpenOptions,
  reason: string,
  sequence: number | undefined,
): Promise<CheckpointSession> {
  await mustExist(store, runId);
  const { token, warning } = await takeLease(store, runId, options.lease);
  return withSaver(store, runId, token, options, async (saver) => {
    const warnings = warning === undefined ? [] : [warning];
    const document = await runDocumentOf(store, runId, warnings);
    const chain = await readChain(store, runId, document.hash);
    const found = await newestGood(store, runId, chain, sequence);
    await publishOpening(store, runId, token, document, limits(chain, found.good), reason);
    warnings.push(...(await setAside(store, runId, found.bad, found.good)));
    const entries = chain.entries.filter((entry) => !isNewer(entry, found.good));
    return beginSession(saver, options, {
      runId,
      token,
      document,
      warnings,
      latest: found.loaded,
      entries,
      sequence: highestSequence(chain),
    });
  });
}

/** A lease is not made for a run that is not there. */
async function mustExist(store: CheckpointStore, runId: string): Promise<void> {
  checkName(runId, "the name of a run");
  if (!(await isRun(store, runId))) throw noSuchRun(store, runId);
}

/** Starts the saver, whose heartbeats keep the lease from now on; gives the lease back where opening fails. */
async function withSaver(
  store: CheckpointStore,
  runId: string,
  token: number,
  options: OpenOptions,
  open: (saver: Saver) => Promise<CheckpointSession>,
): Promise<CheckpointSession> {
  const heartbeatMs = options.lease?.heartbeatMs ?? DEFAULT_HEARTBEAT_MS;
  const { address } = store;
  let saver: Saver;
  if (address === undefined || options.inThread === true) saver = inThreadSaver(store, runId, token, heartbeatMs);
  else {
    const { workerSaver } = await import("./worker-saver.ts");
    saver = workerSaver({ address, runId, token, heartbeatMs });
  }
  try {
    return await open(saver);
  } catch (error) {
    await saver.close("closed").catch(() => undefined);
    throw error;
  }
}

async function runDocumentOf(store: CheckpointStore, runId: string, warnings: string[]): Promise<RunDocument> {
  let error: KaaykoError = damaged(`run.json of ${runId}`, "it must be there");
  try {
    const document = await readRunDocument(store, runId);
    if (document !== undefined) return document;
  } catch (thrown) {
    if (!(thrown instanceof KaaykoError) || thrown.kind !== "damaged") throw thrown;
    error = thrown;
  }
  const restored = await restoreRunDocument(store, runId, (await readChain(store, runId)).openings);
  if (restored === undefined) throw error;
  warnings.push(`run.json was damaged and has been restored from its copy (${error.message}).`);
  return restored;
}

async function publishOpening(
  store: CheckpointStore,
  runId: string,
  token: number,
  document: RunDocument,
  readable: Record<string, number>,
  reason: string,
): Promise<void> {
  const at = { token, sequence: 0 };
  const savedAt = new Date().toISOString();
  const content = {
    kind: "opening",
    run: document.hash,
    ...at,
    readable,
    reason,
    savedAt,
    document: document.document,
  };
  if (!(await store.create(manifestKey(runId, at), sealManifest(content).text))) {
    const held = await newestLease(store, runId);
    throw held === undefined ? damaged(`checkpoint ${nameOf(at)}`, "its name must be free") : leasedBy(runId, held);
  }
}

interface Beginning {
  readonly runId: string;
  readonly token: number;
  readonly document: RunDocument;
  readonly warnings: readonly string[];
  readonly latest: LoadedCheckpoint | null;
  readonly entries: readonly ChainEntry[];
  readonly sequence: number;
}

function beginSession(saver: Saver, options: OpenOptions, at: Beginning): CheckpointSession {
  const policy: RunPolicy = {
    save: options.policy?.save ?? DEFAULT_POLICY.save,
    keep: { ...DEFAULT_POLICY.keep, ...options.policy?.keep },
  };
  const newest = at.entries[0];
  const run: OpenedRun = {
    runId: at.runId,
    runHash: at.document.hash,
    token: at.token,
    sequence: at.sequence,
    parent: newest === undefined ? null : { ...nameParts(newest.manifest), hash: newest.hash },
    keep: policy.keep,
    live: at.entries.map(({ manifest }) => {
      const { position, savedAt, blobs } = manifest;
      return { ...nameParts(manifest), position, savedAt, blobs };
    }),
  };
  saver.begin(run);
  const clock = options.lease?.clock ?? (() => performance.now());
  const { runId, warnings, latest } = at;
  return new Session({ runId, run: at.document.run, latest, warnings, saver, save: policy.save, clock });
}

function nameParts({ token, sequence }: CheckpointName): CheckpointName {
  return { token, sequence };
}

function alreadyThere(runId: string): KaaykoError {
  return new KaaykoError({
    action: `create the run ${runId}`,
    rule: "its name must be free",
    remedy: "Choose another name, or resume that run.",
    kind: "usage",
  });
}
