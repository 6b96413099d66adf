import { type CheckpointStore, localStore, verifyRun } from "../../src/checkpoints/index.ts";
import { KaaykoError, randomStream } from "../../src/core/index.ts";
import { loadedStep, trainRun } from "../checkpoints/scenario.ts";
import { type SimulatedDisk, simulatedDisk } from "../storage/simulated-disk.ts";

const STEPS = 4;
const TRUNCATED_AT_MOST = 4096;

/** A run that ended, and its files that hold state: everything but logs, heartbeats and leases. */
export async function damageableRun(): Promise<{ disk: SimulatedDisk; files: readonly string[] }> {
  const disk = simulatedDisk();
  await trainRun(localStore("/runs", disk), STEPS);
  const files = [...disk.files().keys()].filter((path) => /run\.json$|\/manifests\/|\/blobs\//.test(path)).sort();
  return { disk, files };
}

/**
 * Cuts every file short by 1 to 4096 bytes (every `stride`-th length): `verify` must see each, and opening the run must give
 * a state that was committed, bit for bit.
 *
 * @returns how many truncations were found
 */
export async function expectTruncationsFound(stride: number): Promise<number> {
  const { disk, files } = await damageableRun();
  let found = 0;
  for (const path of files) {
    const bytes = disk.files().get(path)!;
    const shortest = Math.max(0, bytes.length - TRUNCATED_AT_MOST);
    for (let length = bytes.length - 1; length >= shortest; length -= stride) {
      await expectFound(disk, path, bytes.slice(0, length), `${path} cut to ${length} of ${bytes.length} bytes`);
      found++;
    }
  }
  return found;
}

/** Flips single bits, drawn from a seed, in files drawn by their size. See `expectTruncationsFound`. */
export async function expectFlipsFound(flips: number, seed: number): Promise<number> {
  const { disk, files } = await damageableRun();
  const sizes = files.map((path) => disk.files().get(path)!.length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const random = randomStream(seed, "flips");
  for (let i = 0; i < flips; i++) {
    let at = random.integer(total);
    let file = 0;
    while (at >= sizes[file]!) at -= sizes[file++]!;
    const path = files[file]!;
    const bytes = Uint8Array.from(disk.files().get(path)!);
    const bit = random.integer(8);
    bytes[at]! ^= 1 << bit;
    await expectFound(disk, path, bytes, `${path}, bit ${bit} of byte ${at}, flip ${i} of seed ${seed}`);
  }
  return flips;
}

async function expectFound(original: SimulatedDisk, path: string, bytes: Uint8Array, context: string): Promise<void> {
  const disk = original.afterKill();
  disk.plant(path, bytes);
  const store: CheckpointStore = localStore("/runs", disk);
  if ((await verifyRun(store, "run-1")).ok) throw new Error(`${context}: verify did not see it`);
  // Throws where what it gives is not what some step committed.
  const { step } = await loadedStep(store).catch((error: unknown) => {
    if (error instanceof KaaykoError) throw new Error(`${context}: nothing could be opened`, { cause: error });
    throw new Error(context, { cause: error });
  });
  if (step < STEPS - 1) throw new Error(`${context}: one damaged file cost more than the newest checkpoint`);
}
