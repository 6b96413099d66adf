import { setTimeout as sleep } from "node:timers/promises";
import { KaaykoError } from "../core/index.ts";
import type { Pins } from "./keep.ts";
import { type CheckpointName, manifestKey, nameOf, parsePinName, pinKey, pinsKey } from "./keys.ts";
import { newestLease } from "./lease.ts";
import { MANIFEST_MAX_BYTES } from "./manifest.ts";
import { inspectRun, isLive } from "./runs.ts";
import type { CheckpointStore } from "./store.ts";

/** How long a pin waits for the next checkpoint of a run that somebody works on. */
const WAIT_MS = 10_000;
const LOOK_MS = 50;

/** The pinned checkpoints of a run, as their names say; whether they are there is another matter. */
export async function readPins(store: CheckpointStore, runId: string): Promise<Pins> {
  const names = (await store.children(pinsKey(runId))).filter((name) => parsePinName(name) !== undefined);
  return new Set(names);
}

/**
 * Pins a checkpoint: no retention and no clean-up removes it, nor its run, until it is unpinned. Needs no ownership. An owner
 * reads the pins whenever it removes something, so of a run at work the next checkpoint is waited for, at most 10 s: whatever
 * it was removing without knowing of the pin is over then.
 *
 * @returns false where it was pinned before
 * @throws KaaykoError (usage) where there is no such run or checkpoint, or it was removed meanwhile
 */
export async function pinCheckpoint(store: CheckpointStore, runId: string, sequence: number): Promise<boolean> {
  const at = await findCheckpoint(store, runId, sequence);
  const created = await store.create(pinKey(runId, at), "");
  await nextCheckpoint(store, runId);
  if ((await store.read(manifestKey(runId, at), MANIFEST_MAX_BYTES)) !== undefined) return created;
  await store.remove([pinKey(runId, at)]);
  throw noSuchCheckpoint(runId, sequence);
}

/**
 * Lets retention remove a checkpoint again.
 *
 * @returns false where it was not pinned
 * @throws KaaykoError (usage) where there is no such run
 */
export async function unpinCheckpoint(store: CheckpointStore, runId: string, sequence: number): Promise<boolean> {
  await inspectRun(store, runId);
  const pins = [...(await readPins(store, runId))].filter((name) => parsePinName(name)!.sequence === sequence);
  await store.remove(pins.map((name) => `${pinsKey(runId)}/${name}`));
  return pins.length > 0;
}

async function findCheckpoint(store: CheckpointStore, runId: string, sequence: number): Promise<CheckpointName> {
  const { chain } = await inspectRun(store, runId);
  const found = chain.entries.find(({ manifest }) => manifest.sequence === sequence);
  if (found === undefined) throw noSuchCheckpoint(runId, sequence);
  return found.manifest;
}

/** Returns once a live owner has published another checkpoint, at once where nobody works on the run. */
async function nextCheckpoint(store: CheckpointStore, runId: string): Promise<void> {
  const newest = async () => {
    const entry = (await inspectRun(store, runId)).chain.entries[0];
    return entry === undefined ? "" : nameOf(entry.manifest);
  };
  const before = await newest();
  for (const start = performance.now(); performance.now() - start < WAIT_MS; await sleep(LOOK_MS)) {
    const held = await newestLease(store, runId);
    if (held === undefined || !isLive(held) || (await newest()) !== before) return;
  }
}

/** Why a run is not removed. */
export function pinnedRun(runId: string, pins: Pins): KaaykoError {
  const [first] = pins;
  return new KaaykoError({
    action: `remove the run ${runId}`,
    rule: "none of its checkpoints may be pinned",
    got: `${pins.size} pinned, such as ${first}`,
    remedy: `Unpin it first: kaayko unpin ${runId} --seq ${parsePinName(first!)!.sequence}.`,
    kind: "usage",
  });
}

function noSuchCheckpoint(runId: string, sequence: number): KaaykoError {
  return new KaaykoError({
    action: `pin checkpoint ${sequence} of ${runId}`,
    rule: "there must be such a checkpoint, and it must count",
    remedy: `List them with kaayko list-checkpoints ${runId}.`,
    kind: "usage",
  });
}
