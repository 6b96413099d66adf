import { decideWhatToKeep, type Keepable, type Pins } from "./keep.ts";
import {
  blobKey,
  blobsKey,
  type CheckpointName,
  manifestKey,
  manifestsKey,
  nameOf,
  parseManifestName,
  parsePinName,
} from "./keys.ts";
import { MANIFEST_MAX_BYTES, readManifest, type StateManifest } from "./manifest.ts";
import type { OpenedRun } from "./opened-run.ts";
import { readPins } from "./pins.ts";
import type { CheckpointStore } from "./store.ts";

/** Openings that stay: the newest says what counts, the one before it is there should that be damaged. */
const OPENINGS_KEPT = 2;

/**
 * Deletes old checkpoints of a run, as its owner. Manifests go first and durably, then the blobs that none of the rest
 * names. Each owner has blobs of its own, so an owner that was replaced without knowing it deletes nothing that its
 * successor needs; nothing of later tokens is ever touched.
 */
export class Retention {
  readonly #store: CheckpointStore;
  readonly #run: OpenedRun;
  #live: Keepable[];
  /** Blobs of manifests that are gone already, by key. */
  #orphans = new Set<string>();
  #sweep = true;

  constructor(store: CheckpointStore, run: OpenedRun) {
    this.#store = store;
    this.#run = run;
    this.#live = [...run.live];
  }

  add(checkpoint: Keepable): void {
    this.#live.unshift(checkpoint);
  }

  /** The blobs of this owner that live checkpoints name, with their sizes: only these may be named again. */
  knownBlobs(): Map<string, number> {
    const own = this.#live.filter((checkpoint) => checkpoint.token === this.#run.token);
    return new Map(own.flatMap(({ blobs }) => blobs.map(({ name, bytes }) => [name, bytes] as const)));
  }

  /** Looks at the whole run next time: something may lie about that no checkpoint names. */
  sweepLater(): void {
    this.#sweep = true;
  }

  async tidy(): Promise<void> {
    const pins = await this.#pinsIfNeeded();
    const { stay, go } = decideWhatToKeep(this.#run.keep, this.#live, pins);
    const dropped = [...go.keys()];
    await this.#removeManifests(dropped);
    this.#live = [...stay.keys()];
    const named = this.#namedBlobs();
    for (const { token, blobs } of dropped)
      for (const { name } of blobs) this.#orphans.add(blobKey(this.#run.runId, token, name));
    const removable = [...this.#orphans].filter((key) => !named.has(key));
    if (removable.length > 0) await this.#store.remove(removable);
    this.#orphans.clear();
    if (this.#sweep) await this.#sweepRun(named, pins);
  }

  /** Pins are looked for each time that something is about to be removed, and only then. */
  async #pinsIfNeeded(): Promise<Pins> {
    const { go } = decideWhatToKeep(this.#run.keep, this.#live, new Set());
    return go.size > 0 || this.#sweep ? readPins(this.#store, this.#run.runId) : new Set();
  }

  async #removeManifests(checkpoints: readonly CheckpointName[]): Promise<void> {
    if (checkpoints.length === 0) return;
    await this.#store.remove(checkpoints.map((checkpoint) => manifestKey(this.#run.runId, checkpoint)));
  }

  #namedBlobs(): Set<string> {
    const keys = this.#live.flatMap(({ token, blobs }) =>
      blobs.map(({ name }) => blobKey(this.#run.runId, token, name)),
    );
    return new Set(keys);
  }

  /** Removes what rolled back, replaced or interrupted owners left: manifests that do not count, blobs without one. */
  async #sweepRun(live: ReadonlySet<string>, pins: Pins): Promise<void> {
    const { runId, token } = this.#run;
    // Before this owner's first own checkpoint, what others left is still the way back from a mistaken rollback.
    if (this.#live[0]?.token !== token) return;
    const named = new Set([...live, ...(await this.#pinnedBlobs(pins))]);
    const manifests = (await this.#store.children(manifestsKey(runId))).flatMap(
      (name) => parseManifestName(name) ?? [],
    );
    const openings = manifests.filter((at) => at.sequence === 0).sort((a, b) => b.token - a.token);
    const kept = new Set([...this.#live.map(nameOf), ...pins, ...openings.slice(0, OPENINGS_KEPT).map(nameOf)]);
    await this.#removeManifests(manifests.filter((at) => at.token <= token && !kept.has(nameOf(at))));
    await this.#removeLeases();
    for (const folder of await this.#store.children(`${runId}/blobs`)) {
      if (!/^[1-9]\d{0,14}$/.test(folder) || Number(folder) > token) continue;
      await this.#sweepBlobs(Number(folder), named);
    }
    this.#sweep = false;
  }

  /** Blobs of pinned checkpoints that do not count any more: rolled back behind, and kept all the same. */
  async #pinnedBlobs(pins: Pins): Promise<string[]> {
    const { runId } = this.#run;
    const keys: string[] = [];
    for (const at of [...pins].flatMap((name) => parsePinName(name) ?? [])) {
      const bytes = await this.#store.read(manifestKey(runId, at), MANIFEST_MAX_BYTES);
      if (bytes === undefined) continue;
      const { blobs } = readManifest(bytes, at).manifest as StateManifest;
      keys.push(...blobs.map(({ name }) => blobKey(runId, at.token, name)));
    }
    return keys;
  }

  /** Of leases the one before ours stays: whoever looks at them while owners change finds one of the two. */
  async #removeLeases(): Promise<void> {
    const { runId, token } = this.#run;
    const old = (await this.#store.children(runId)).filter((name) => {
      const match = /^(?:lease|beat)\.([1-9]\d{0,14})$/.exec(name);
      return match !== null && Number(match[1]) < token - 1;
    });
    if (old.length > 0) await this.#store.remove(old.map((name) => `${runId}/${name}`));
  }

  async #sweepBlobs(token: number, named: ReadonlySet<string>): Promise<void> {
    const prefix = blobsKey(this.#run.runId, token);
    const names = await this.#store.children(prefix);
    const unnamed = names.filter((name) => !named.has(`${prefix}/${name}`));
    if (unnamed.length === names.length && token < this.#run.token) await this.#store.removeAll(prefix);
    else if (unnamed.length > 0) await this.#store.remove(unnamed.map((name) => `${prefix}/${name}`));
  }
}
