import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type FileSystem,
  fateOf,
  isProcessIdentity,
  ownProcess,
  publishExclusive,
  readFileCapped,
  removeFile,
  seal,
  unseal,
} from "../../storage/index.ts";

/** A holder that cannot be proved dead is passed by after this long: dispatching takes milliseconds. */
const PATIENCE_MS = 5000;
const LOOK_MS = 20;
const LOCK_MAX_BYTES = 16_384;

/** Does work while holding a lock file of a folder: the one with the highest number, created exclusively. */
export async function aloneIn<T>(
  folder: string,
  work: () => Promise<T>,
  fs: FileSystem,
  patienceMs: number = PATIENCE_MS,
): Promise<T> {
  const token = await take(folder, fs, patienceMs);
  try {
    return await work();
  } finally {
    await removeFile(fs, pathOf(folder, token)).catch(() => undefined);
  }
}

async function take(folder: string, fs: FileSystem, patienceMs: number): Promise<number> {
  let seen = 0;
  let since = performance.now();
  for (;;) {
    const tokens = await tokensIn(folder, fs);
    const highest = Math.max(0, ...tokens);
    if (highest !== seen) {
      seen = highest;
      since = performance.now();
    }
    const passed = performance.now() - since >= patienceMs;
    if (highest === 0 || passed || (await isDead(folder, highest, fs))) {
      const mine = highest + 1;
      if (await publishExclusive(pathOf(folder, mine), seal({ owner: { ...ownProcess() } }).text, fs)) {
        for (const token of tokens) await removeFile(fs, pathOf(folder, token));
        return mine;
      }
    }
    await sleep(LOOK_MS);
  }
}

async function isDead(folder: string, token: number, fs: FileSystem): Promise<boolean> {
  try {
    const bytes = await readFileCapped(pathOf(folder, token), LOCK_MAX_BYTES, fs);
    if (bytes === undefined) return false;
    const { owner } = unseal(bytes, "a lock").content;
    return isProcessIdentity(owner) && fateOf(owner) === "dead";
  } catch {
    return false;
  }
}

async function tokensIn(folder: string, fs: FileSystem): Promise<number[]> {
  const entries = await fs.list(folder);
  return entries.flatMap(({ name }) => {
    const match = /^dispatch\.([1-9]\d{0,14})$/.exec(name);
    return match === null ? [] : [Number(match[1])];
  });
}

const pathOf = (folder: string, token: number): string => join(folder, `dispatch.${token}`);
