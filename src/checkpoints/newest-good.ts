import { KaaykoError, type LoadedCheckpoint } from "../core/index.ts";
import { blobKey, type CheckpointName, manifestKey, nameOf, newestFirst, quarantineKey } from "./keys.ts";
import { DamagedBlob, loadState } from "./load-state.ts";
import { MANIFEST_MAX_BYTES } from "./manifest.ts";
import type { Chain, ChainEntry } from "./read-chain.ts";
import type { CheckpointStore } from "./store.ts";

export interface Found {
  readonly good: ChainEntry | null;
  readonly loaded: LoadedCheckpoint | null;
  /** Damaged ones, newest first. */
  readonly bad: readonly { at: CheckpointName; error: KaaykoError }[];
}

/** The newest checkpoint that loads, or the one with the sequence number that is asked for. */
export async function newestGood(
  store: CheckpointStore,
  runId: string,
  chain: Chain,
  sequence: number | undefined,
): Promise<Found> {
  const bad: { at: CheckpointName; error: KaaykoError }[] = chain.damaged.map(({ error, ...at }) => ({ at, error }));
  const candidates = chain.entries.filter((entry) => sequence === undefined || entry.manifest.sequence === sequence);
  for (const entry of candidates) {
    const { manifest } = entry;
    try {
      const state = await loadState(store, runId, manifest);
      const { token, sequence: at, position } = manifest;
      return { good: entry, loaded: { token, sequence: at, position, state }, bad };
    } catch (error) {
      if (!(error instanceof KaaykoError) || error.kind !== "damaged") throw error;
      // Gone since it was listed: an owner that was replaced has tidied up.
      if ((await store.read(manifestKey(runId, manifest), MANIFEST_MAX_BYTES)) === undefined) continue;
      bad.push({ at: manifest, error });
    }
  }
  if (sequence !== undefined)
    throw bad.find(({ at }) => at.sequence === sequence)?.error ?? noSuchCheckpoint(runId, sequence);
  const expected = Object.values(chain.openings[0]?.manifest.readable ?? {}).some((limit) => limit > 0);
  const lost = bad.filter(({ at }) => at.sequence > 0);
  if (lost.length > 0 || expected) throw beyondRollback(runId, lost[0]?.error);
  return { good: null, loaded: null, bad };
}

/** What of earlier tokens still counts: everything up to the checkpoint that was loaded. */
export function limits(chain: Chain, good: ChainEntry | null): Record<string, number> {
  const readable: Record<string, number> = {};
  for (const { manifest } of chain.entries) {
    if (good === null || isNewer({ manifest }, good)) continue;
    const key = String(manifest.token);
    readable[key] = Math.max(readable[key] ?? 0, manifest.sequence);
  }
  return readable;
}

export function isNewer(entry: Pick<ChainEntry, "manifest">, good: ChainEntry | null): boolean {
  return good !== null && newestFirst(entry.manifest, good.manifest) < 0;
}

/** The highest sequence number that was ever used, as far as can be seen. */
export function highestSequence(chain: Chain): number {
  const states = [...chain.entries, ...chain.undone].map((entry) => entry.manifest.sequence);
  return Math.max(0, ...states, ...chain.damaged.map((at) => at.sequence));
}

/** Moves what is damaged to quarantine/, never deleting it, and says what was found and what is lost by it. */
export async function setAside(
  store: CheckpointStore,
  runId: string,
  bad: Found["bad"],
  good: ChainEntry | null,
): Promise<string[]> {
  const warnings: string[] = [];
  for (const { at, error } of bad) {
    const name = nameOf(at);
    await store.move(manifestKey(runId, at), quarantineKey(runId, `${name}.json`));
    if (error instanceof DamagedBlob)
      await store.move(blobKey(runId, at.token, error.blob), quarantineKey(runId, `${name}-${error.blob}`));
    const going = good === null ? "" : ` The run goes on from checkpoint ${nameOf(good.manifest)}.`;
    warnings.push(`Checkpoint ${name} is damaged and was set aside (${error.message}).${going}`);
  }
  return warnings;
}

function noSuchCheckpoint(runId: string, sequence: number): KaaykoError {
  return new KaaykoError({
    action: `go back to checkpoint ${sequence} of ${runId}`,
    rule: "there must be such a checkpoint",
    remedy: `List them with kaayko list-checkpoints ${runId}.`,
    kind: "usage",
  });
}

function beyondRollback(runId: string, cause: KaaykoError | undefined): KaaykoError {
  return new KaaykoError({
    action: `open the run ${runId}`,
    rule: "one of its checkpoints must be whole",
    got: cause === undefined ? "a run whose checkpoints are gone" : `none (${cause.message})`,
    remedy: "Start the training again; the files are left as they are.",
    kind: "damaged",
    cause,
  });
}
