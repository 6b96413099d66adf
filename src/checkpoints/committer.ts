import type { CheckpointPosition, CommitReceipt, JsonObject, JsonValue } from "../core/index.ts";
import { damaged, seal } from "../storage/index.ts";
import { blobKey, manifestKey } from "./keys.ts";
import { layOutBlobs } from "./lay-out-blobs.ts";
import type { Lease } from "./lease.ts";
import { MANIFEST_FORMAT, MANIFEST_MAX_BYTES, MANIFEST_VERSION, readManifest, type StateManifest } from "./manifest.ts";
import type { OpenedRun } from "./opened-run.ts";
import type { PackedState, StoredArray } from "./pack-state.ts";
import { Retention } from "./retention.ts";
import type { CheckpointStore } from "./store.ts";

export interface Committed {
  readonly receipt: CommitReceipt;
  readonly arrays: readonly StoredArray[];
}

/**
 * The commit protocol: blobs first, then the manifest under a name that nobody else can take, then a look whether this
 * process still owns the run. Only then is a commit acknowledged.
 */
export class Committer {
  readonly #store: CheckpointStore;
  readonly #lease: Lease;
  readonly #run: OpenedRun;
  readonly #retention: Retention;
  #sequence: number;
  #parent: StateManifest["parent"];

  constructor(store: CheckpointStore, lease: Lease, run: OpenedRun) {
    this.#store = store;
    this.#lease = lease;
    this.#run = run;
    this.#retention = new Retention(store, run);
    this.#sequence = run.sequence;
    this.#parent = run.parent;
  }

  /** @throws KaaykoError; nothing of a commit that failed is built upon, a later one starts afresh */
  async commit(position: CheckpointPosition, packed: PackedState): Promise<Committed> {
    const start = performance.now();
    const { runId, token } = this.#run;
    // A number that a failed commit used may be on the disk already: it is not used again.
    const sequence = ++this.#sequence;
    try {
      const { blobs, arrays, json, fresh } = await layOutBlobs(packed, this.#retention.knownBlobs());
      await this.#store.write(
        fresh.map(({ name, pieces }) => ({ key: blobKey(runId, token, name), content: () => pieces })),
      );
      const manifest = this.#manifest(sequence, position, { blobs, arrays, json });
      const { hash, bytes } = await this.#publish(manifest);
      await this.#lease.check();
      this.#parent = { token, sequence, hash };
      this.#retention.add({ token, sequence, position, savedAt: manifest.savedAt, blobs });
      const written = fresh.reduce((sum, { pieces }) => sum + sizeOf(pieces), bytes);
      const receipt = { token, sequence, bytes: written, milliseconds: performance.now() - start };
      return { receipt, arrays: arrays.map(({ name, segments }) => ({ name, segments: named(segments, blobs) })) };
    } catch (error) {
      this.#retention.sweepLater();
      throw error;
    }
  }

  /** Deletes what the policy does not keep. A failure costs nothing but room and is tried again after the next commit. */
  async tidy(): Promise<void> {
    await this.#retention.tidy();
  }

  #manifest(
    sequence: number,
    position: CheckpointPosition,
    content: Pick<StateManifest, "blobs" | "arrays" | "json">,
  ): StateManifest {
    const { runHash, token } = this.#run;
    const savedAt = new Date().toISOString();
    return { kind: "state", run: runHash, token, sequence, parent: this.#parent, position, savedAt, ...content };
  }

  async #publish(manifest: StateManifest): Promise<{ hash: string; bytes: number }> {
    const { text, hash } = sealManifest(manifest);
    const bytes = Buffer.from(text);
    // Whatever could not be read back must not be published.
    readManifest(bytes, manifest);
    if (bytes.byteLength > MANIFEST_MAX_BYTES) throw damaged("a checkpoint", "its list of arrays is too long");
    if (!(await this.#store.create(manifestKey(this.#run.runId, manifest), bytes))) {
      await this.#lease.check();
      throw damaged(`checkpoint ${manifest.token}-${manifest.sequence}`, "its name must be free");
    }
    return { hash, bytes: bytes.byteLength };
  }
}

export function sealManifest(manifest: object): { text: string; hash: string } {
  const content: JsonObject = { format: MANIFEST_FORMAT, version: MANIFEST_VERSION, ...(manifest as JsonObject) };
  return seal(content as JsonValue);
}

function sizeOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
}

function named(
  segments: StateManifest["arrays"][number]["segments"],
  blobs: StateManifest["blobs"],
): StoredArray["segments"] {
  return segments.map(({ blob, offset, count }) => ({ blob: blobs[blob]!.name, offset, count }));
}
