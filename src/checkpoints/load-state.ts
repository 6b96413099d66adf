import { createHash } from "node:crypto";
import {
  type DType,
  dtypeBytes,
  fromBytes,
  type JsonObject,
  KaaykoError,
  parseJson,
  type State,
  type TypedArray,
} from "../core/index.ts";
import { isObject } from "../core/json.ts";
import { damaged } from "../storage/index.ts";
import { blobKey, nameOf } from "./keys.ts";
import type { ManifestArray, Segment, StateManifest } from "./manifest.ts";
import type { CheckpointStore } from "./store.ts";

/** Found before use: which blob of a checkpoint is not what was written. */
export class DamagedBlob extends KaaykoError {
  readonly blob: string;

  constructor(manifest: StateManifest, blob: string, rule: string) {
    super({
      action: `use checkpoint ${nameOf(manifest)}`,
      rule: `its part ${blob.slice(0, 12)} ${rule}`,
      kind: "damaged",
    });
    this.blob = blob;
  }
}

/**
 * Reads the state of a checkpoint; every byte is verified before any is used.
 *
 * @throws DamagedBlob or KaaykoError (damaged) where something is not as it was written; (failed) where the store does not read
 */
export async function loadState(store: CheckpointStore, runId: string, manifest: StateManifest): Promise<State> {
  const blobs: Uint8Array[] = [];
  for (let i = 0; i < manifest.blobs.length; i++) blobs.push(await readBlob(store, runId, manifest, i));
  const arrays: Record<string, TypedArray> = {};
  for (const array of manifest.arrays) {
    if (array.name === "__proto__" || Object.hasOwn(arrays, array.name))
      throw damaged(`checkpoint ${nameOf(manifest)}`, "the names of its arrays must be different and harmless");
    arrays[array.name] = assemble(array, blobs);
  }
  const appendOnly = manifest.arrays.filter((array) => array.appendOnly).map((array) => array.name);
  return { json: readJson(manifest, blobs), arrays, appendOnly };
}

/** Reads all blobs of a checkpoint one after another and keeps none. */
export async function verifyBlobs(store: CheckpointStore, runId: string, manifest: StateManifest): Promise<void> {
  for (let i = 0; i < manifest.blobs.length; i++) await readBlob(store, runId, manifest, i);
}

async function readBlob(
  store: CheckpointStore,
  runId: string,
  manifest: StateManifest,
  index: number,
): Promise<Uint8Array> {
  const { name, bytes: size } = manifest.blobs[index]!;
  let bytes: Uint8Array | undefined;
  try {
    bytes = await store.read(blobKey(runId, manifest.token, name), size);
  } catch (error) {
    if (error instanceof KaaykoError && error.kind === "damaged") throw new DamagedBlob(manifest, name, error.message);
    throw error;
  }
  if (bytes === undefined) throw new DamagedBlob(manifest, name, "is missing");
  if (bytes.byteLength !== size) throw new DamagedBlob(manifest, name, `has ${bytes.byteLength} of ${size} bytes`);
  const hash = createHash("sha256").update(bytes).digest("hex");
  if (hash !== name.slice(0, hash.length)) throw new DamagedBlob(manifest, name, "does not match its hash");
  return bytes;
}

function readJson(manifest: StateManifest, blobs: readonly Uint8Array[]): JsonObject {
  if ("inline" in manifest.json) return manifest.json.inline;
  const { blob, offset, bytes } = manifest.json;
  const text = Buffer.from(blobs[blob]!.subarray(offset, offset + bytes)).toString("utf8");
  const value = parseJson(text, `checkpoint ${nameOf(manifest)}`);
  if (!isObject(value)) throw damaged(`checkpoint ${nameOf(manifest)}`, "its JSON must be an object");
  return value;
}

/** In memory of its own, so that no array keeps a whole shared blob alive. */
function assemble(array: ManifestArray, blobs: readonly Uint8Array[]): TypedArray {
  const width = dtypeBytes(array.dtype as DType);
  const pieces = array.segments.map((segment) => cut(segment, blobs, width));
  const total = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
  const bytes = new Uint8Array(total);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.byteLength;
  }
  return fromBytes(array.dtype, bytes);
}

function cut(segment: Segment, blobs: readonly Uint8Array[], width: number): Uint8Array {
  return blobs[segment.blob]!.subarray(segment.offset, segment.offset + segment.count * width);
}
