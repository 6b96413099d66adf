import type { CheckpointPosition, DType, JsonObject, JsonValue } from "../core/index.ts";
import { DTYPES, dtypeBytes, KaaykoError } from "../core/index.ts";
import { isObject } from "../core/json.ts";
import { damaged, unseal } from "../storage/index.ts";
import type { CheckpointName } from "./keys.ts";

export const MANIFEST_FORMAT = "kaayko-checkpoint";
export const MANIFEST_VERSION = 1;

/** Largest manifest that is read: a state of 100,000 arrays fits. */
export const MANIFEST_MAX_BYTES = 32 * 2 ** 20;

/** An immutable object in the folder of the manifest's own token: the SHA-256 of its content, and ".2" in the second base. */
export interface Blob {
  readonly name: string;
  readonly bytes: number;
}

/** Consecutive elements of an array, from `offset` bytes on in a blob. */
export interface Segment {
  /** Index into the manifest's blobs. */
  readonly blob: number;
  readonly offset: number;
  /** Elements. */
  readonly count: number;
}

export interface ManifestArray {
  readonly name: string;
  readonly dtype: DType;
  readonly length: number;
  readonly appendOnly: boolean;
  readonly segments: readonly Segment[];
}

/** A checkpoint. Published last, so that whoever reads it finds everything that it names. */
export interface StateManifest extends CheckpointName {
  readonly kind: "state";
  /** Hash of the run's document: a checkpoint of another run is not taken for one of this. */
  readonly run: string;
  readonly parent: (CheckpointName & { readonly hash: string }) | null;
  readonly position: CheckpointPosition;
  /** Informational; decides nothing. */
  readonly savedAt: string;
  readonly json: { readonly inline: JsonObject } | { readonly blob: number; readonly offset: number; bytes: number };
  readonly blobs: readonly Blob[];
  readonly arrays: readonly ManifestArray[];
}

/**
 * Written by an owner that takes a run over, before it does anything else: what of earlier owners is ever read again. What
 * a fenced owner publishes later is beyond these limits. It repeats the run's document, so that one damaged file does not
 * cost the run.
 */
export interface OpeningManifest extends CheckpointName {
  readonly kind: "opening";
  readonly run: string;
  /** For each earlier token the highest sequence that counts; tokens that are not named count for nothing. */
  readonly readable: Readonly<Record<string, number>>;
  readonly reason: string;
  readonly savedAt: string;
  readonly document: JsonObject;
}

export type Manifest = StateManifest | OpeningManifest;

/** @throws KaaykoError (damaged) where anything is not as it must be */
export function readManifest(bytes: Uint8Array, at: CheckpointName): { manifest: Manifest; hash: string } {
  const what = `checkpoint ${at.token}-${at.sequence}`;
  const { content, hash } = unseal(bytes, what);
  const check = (holds: boolean, rule: string): void => {
    if (!holds) throw damaged(what, rule);
  };
  check(content.format === MANIFEST_FORMAT, `its format must be ${MANIFEST_FORMAT}`);
  if (content.version !== MANIFEST_VERSION) throw otherVersion(what, content.version);
  check(content.token === at.token && content.sequence === at.sequence, "its content must belong to its name");
  check(typeof content.run === "string" && typeof content.savedAt === "string", "it must say of which run it is");
  if (content.kind === "opening") checkOpening(content, check);
  else checkState(content, check);
  return { manifest: content as unknown as Manifest, hash };
}

/** Not damage: another version of kaayko can read it, so nothing may set it aside. */
function otherVersion(what: string, version: JsonValue | undefined): KaaykoError {
  return new KaaykoError({
    action: `use ${what}`,
    rule: `its format must be version ${MANIFEST_VERSION}`,
    got: JSON.stringify(version ?? null).slice(0, 20),
    remedy: "Open the run with the version of kaayko that wrote it.",
  });
}

type Check = (holds: boolean, rule: string) => void;

function checkOpening(content: JsonObject, check: Check): void {
  check(content.sequence === 0 && typeof content.reason === "string", "it must be an opening");
  check(isObject(content.document), "it must repeat the run's document");
  check(isObject(content.readable) && Object.values(content.readable).every(isCount), "its limits must be counts");
}

function checkState(content: JsonObject, check: Check): void {
  check(content.kind === "state" && (content.sequence as number) >= 1, "it must be a state");
  checkPosition(content.position, check);
  const { parent } = content;
  const lineage =
    isObject(parent) && isCount(parent.token) && isCount(parent.sequence) && typeof parent.hash === "string";
  check(parent === null || lineage, "its parent must be a checkpoint");
  const blobs = content.blobs;
  check(Array.isArray(blobs) && blobs.every(isBlob), "its blobs must be names and sizes");
  const sizes = (blobs as unknown as Blob[]).map((blob) => blob.bytes);
  check(Number.isSafeInteger(sizes.reduce((sum, bytes) => sum + bytes, 0)), "its size must be a number");
  const { json } = content;
  check(
    isObject(json) && (isObject(json.inline) || fits(json, json.bytes, sizes)),
    "its JSON must be inside its blobs",
  );
  check(Array.isArray(content.arrays), "its arrays must be a list");
  for (const array of content.arrays as JsonValue[]) checkArray(array, sizes, check);
}

function checkPosition(position: JsonValue | undefined, check: Check): void {
  check(isObject(position), "it must have a position");
  const { stage, step, total, note, metrics } = position as JsonObject;
  check(typeof stage === "string" && stage.length <= 200 && typeof step === "number", "its position must be readable");
  check(total === undefined || typeof total === "number", "its total must be a number");
  check(note === undefined || typeof note === "string", "its note must be text");
  const numbers = metrics === undefined || (isObject(metrics) && Object.values(metrics).every(isNumber));
  check(numbers, "its metrics must be numbers");
}

function checkArray(array: JsonValue, sizes: readonly number[], check: Check): void {
  check(isObject(array), "an array must be described");
  const { name, dtype, length, appendOnly, segments } = array as JsonObject;
  const known = typeof name === "string" && DTYPES.includes(dtype as DType) && typeof appendOnly === "boolean";
  check(known && isCount(length) && Array.isArray(segments), "an array must have a name, a dtype and a length");
  const width = dtypeBytes(dtype as DType);
  let elements = 0;
  for (const segment of segments as JsonValue[]) {
    const ok = isObject(segment) && isCount(segment.count) && fits(segment, (segment.count as number) * width, sizes);
    check(ok, "an array's parts must be inside its blobs");
    elements += (segment as JsonObject).count as number;
  }
  check(elements === length, "an array's parts must add up to its length");
}

/** True where `bytes` from the offset on are inside the blob that is named. */
function fits(at: JsonObject, bytes: JsonValue | undefined, sizes: readonly number[]): boolean {
  if (!isCount(at.blob) || !isCount(at.offset) || !isCount(bytes)) return false;
  const end = (at.offset as number) + (bytes as number);
  const size = sizes[at.blob as number];
  return size !== undefined && Number.isSafeInteger(end) && end <= size;
}

function isBlob(value: JsonValue): boolean {
  return (
    isObject(value) && typeof value.name === "string" && /^[0-9a-f]{64}(\.2)?$/.test(value.name) && isCount(value.bytes)
  );
}

function isCount(value: JsonValue | undefined): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isNumber(value: JsonValue | undefined): boolean {
  return typeof value === "number";
}
