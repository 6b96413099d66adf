import { createHash } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import type { JsonObject } from "../core/index.ts";
import type { Blob, ManifestArray, Segment, StateManifest } from "./manifest.ts";
import type { PackedState } from "./pack-state.ts";

/** Parts smaller than this share one blob, because every blob costs a sync of its own. */
const SHARED_BELOW = 256 * 1024;
const INLINE_JSON_BELOW = 16 * 1024;
const ALIGNMENT = 8;
const HASH_PIECE = 32 * 2 ** 20;

export interface FreshBlob {
  readonly name: string;
  readonly pieces: readonly Uint8Array[];
}

export interface Layout {
  readonly blobs: readonly Blob[];
  readonly arrays: readonly ManifestArray[];
  readonly json: StateManifest["json"];
  /** What has to be written: blobs that no live checkpoint of the same base names yet. */
  readonly fresh: readonly FreshBlob[];
}

interface Part {
  readonly bytes: Uint8Array;
  place?: { blob: number; offset: number };
}

/**
 * Decides into which blobs a packed state goes: large parts into one each, named by their content, small ones into one that
 * they share.
 *
 * @param known sizes of the blobs that live checkpoints of this owner name
 */
export async function layOutBlobs(packed: PackedState, known: ReadonlyMap<string, number>): Promise<Layout> {
  const json: Part | undefined =
    packed.json.length < INLINE_JSON_BELOW ? undefined : { bytes: Buffer.from(packed.json) };
  const parts: Part[] = packed.arrays.map((array) => ({ bytes: array.fresh }));
  const blobs: Blob[] = [];
  const fresh: FreshBlob[] = [];
  const add = async (pieces: readonly Uint8Array[]): Promise<number> => {
    const name = (await hashPieces(pieces)) + (packed.base === 1 ? "" : ".2");
    const bytes = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
    if (known.get(name) !== bytes && !fresh.some((blob) => blob.name === name)) fresh.push({ name, pieces });
    return indexOf(blobs, { name, bytes });
  };
  const filled = (json === undefined ? parts : [json, ...parts]).filter((part) => part.bytes.byteLength > 0);
  for (const part of filled.filter((part) => part.bytes.byteLength >= SHARED_BELOW))
    part.place = { blob: await add([part.bytes]), offset: 0 };
  await share(
    filled.filter((part) => part.bytes.byteLength < SHARED_BELOW),
    add,
  );
  const arrays = packed.arrays.map((array, i): ManifestArray => {
    const { name, dtype, length, appendOnly } = array;
    const segments: Segment[] = array.kept.map(({ blob, offset, count }) => {
      const bytes = known.get(blob);
      if (bytes === undefined) throw new Error(`blob ${blob} of ${name} is not known`);
      return { blob: indexOf(blobs, { name: blob, bytes }), offset, count };
    });
    const count = length - segments.reduce((sum, segment) => sum + segment.count, 0);
    const place = parts[i]!.place;
    return {
      name,
      dtype,
      length,
      appendOnly,
      segments: place === undefined ? segments : [...segments, { ...place, count }],
    };
  });
  const where = json?.place;
  return {
    blobs,
    arrays,
    json:
      where === undefined || json === undefined
        ? { inline: JSON.parse(packed.json) as JsonObject }
        : { ...where, bytes: json.bytes.byteLength },
    fresh,
  };
}

/** Puts small parts one after another, each where any element type may begin. */
async function share(parts: readonly Part[], add: (pieces: Uint8Array[]) => Promise<number>): Promise<void> {
  if (parts.length === 0) return;
  const pieces: Uint8Array[] = [];
  const offsets: number[] = [];
  let end = 0;
  for (const { bytes } of parts) {
    const gap = (ALIGNMENT - (end % ALIGNMENT)) % ALIGNMENT;
    if (gap > 0) pieces.push(new Uint8Array(gap));
    offsets.push(end + gap);
    pieces.push(bytes);
    end += gap + bytes.byteLength;
  }
  const blob = await add(pieces);
  for (const [i, part] of parts.entries()) part.place = { blob, offset: offsets[i]! };
}

function indexOf(blobs: Blob[], blob: Blob): number {
  const at = blobs.findIndex((other) => other.name === blob.name);
  return at >= 0 ? at : blobs.push(blob) - 1;
}

/** Hashes piece by piece and lets heartbeats through in between. */
async function hashPieces(pieces: readonly Uint8Array[]): Promise<string> {
  const hash = createHash("sha256");
  for (const piece of pieces) {
    for (let at = 0; at < piece.byteLength; at += HASH_PIECE) {
      if (at > 0) await turn();
      hash.update(piece.subarray(at, at + HASH_PIECE));
    }
  }
  return hash.digest("hex");
}
