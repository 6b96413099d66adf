import { KaaykoError } from "../core/index.ts";
import { type CheckpointName, manifestKey, manifestsKey, newestFirst, parseManifestName } from "./keys.ts";
import { MANIFEST_MAX_BYTES, type OpeningManifest, readManifest, type StateManifest } from "./manifest.ts";
import type { CheckpointStore } from "./store.ts";

export interface ChainEntry {
  readonly manifest: StateManifest;
  readonly hash: string;
}

export interface DamagedEntry extends CheckpointName {
  readonly error: KaaykoError;
}

/** What the manifests of a run say, without looking at any blob. */
export interface Chain {
  /** Checkpoints that count, newest first. */
  readonly entries: readonly ChainEntry[];
  /** Checkpoints that a later owner left behind: rolled back, or published by an owner that was replaced. */
  readonly undone: readonly ChainEntry[];
  /** Manifests that are not as they were written, newest first. */
  readonly damaged: readonly DamagedEntry[];
  readonly openings: readonly { readonly manifest: OpeningManifest; readonly hash: string }[];
}

/**
 * Reads all manifests of a run. Which of them count, the newest opening says: of its own token and later ones all, of
 * earlier ones those up to its limits.
 *
 * @param runHash hash of the run's document, where it is known: manifests of another run are damaged ones here
 * @throws KaaykoError only where the store does not read
 */
export async function readChain(store: CheckpointStore, runId: string, runHash?: string): Promise<Chain> {
  const names = (await store.children(manifestsKey(runId))).flatMap((name) => parseManifestName(name) ?? []);
  names.sort(newestFirst);
  const states: ChainEntry[] = [];
  const openings: { manifest: OpeningManifest; hash: string }[] = [];
  const damagedOnes: DamagedEntry[] = [];
  for (const at of names) {
    try {
      const bytes = await store.read(manifestKey(runId, at), MANIFEST_MAX_BYTES);
      // Gone since it was listed: an owner has tidied up.
      if (bytes === undefined) continue;
      const { manifest, hash } = readManifest(bytes, at);
      if (runHash !== undefined && manifest.run !== runHash) throw foreign(at);
      if (manifest.kind === "opening") openings.push({ manifest, hash });
      else states.push({ manifest, hash });
    } catch (error) {
      if (!(error instanceof KaaykoError) || error.kind !== "damaged") throw error;
      damagedOnes.push({ ...at, error });
    }
  }
  const counts = (entry: ChainEntry): boolean => isReadable(entry.manifest, openings[0]?.manifest);
  return {
    entries: states.filter(counts),
    undone: states.filter((entry) => !counts(entry)),
    damaged: damagedOnes,
    openings,
  };
}

/** True where the newest opening lets a checkpoint count. */
export function isReadable(at: CheckpointName, opening: OpeningManifest | undefined): boolean {
  if (opening === undefined || at.token >= opening.token) return true;
  return at.sequence <= (opening.readable[String(at.token)] ?? 0);
}

function foreign(at: CheckpointName): KaaykoError {
  return new KaaykoError({
    action: `use checkpoint ${at.token}-${at.sequence}`,
    rule: "it must belong to this run",
    kind: "damaged",
  });
}
