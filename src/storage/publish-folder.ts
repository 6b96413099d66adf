import { randomBytes } from "node:crypto";
import { dirname, join } from "node:path";
import { hasCode } from "../core/errors.ts";
import { withDiskErrors } from "./disk-errors.ts";
import { type FileSystem, FOLDER_MODE, nodeFileSystem } from "./file-system.ts";
import { ensureFolder, removeFolder } from "./folders.ts";
import { readFileCapped } from "./read-file.ts";
import { checkName, pathOfKey } from "./safe-path.ts";
import { syncFolder, uninterrupted } from "./system-calls.ts";
import { type Content, publishExclusive, writeAndRename } from "./write-file.ts";

/**
 * Publishes a folder whole or not at all: written and synced in a temporary folder beside its place, then renamed to it.
 * Nothing that exists there is replaced (an empty folder aside).
 *
 * @param parent made where missing
 * @param name a safe name, best one that `reserveName` gave
 * @param files path inside the folder ("model.json", "arrays/0.bin") and content; read once, in order
 * @returns false where the name is taken; nothing was changed
 * @throws KaaykoError for a full or read-only disk; the temporary folder is removed
 */
export async function publishFolder(
  parent: string,
  name: string,
  files: Iterable<readonly [string, Content]> | AsyncIterable<readonly [string, Content]>,
  fs: FileSystem = nodeFileSystem,
): Promise<boolean> {
  checkName(name, "the name of a folder");
  await ensureFolder(parent, fs);
  const target = join(parent, name);
  const temporary = join(parent, `.${name}.${randomBytes(6).toString("hex")}.tmp`);
  return withDiskErrors(`write ${target}`, async () => {
    try {
      await writeFolder(temporary, files, fs);
      await uninterrupted(() => fs.rename(temporary, target));
    } catch (error) {
      await removeFolder(temporary, fs).catch(() => undefined);
      if (await isTaken(error, target, fs)) return false;
      throw error;
    }
    await syncFolder(fs, parent);
    return true;
  });
}

async function writeFolder(
  folder: string,
  files: Iterable<readonly [string, Content]> | AsyncIterable<readonly [string, Content]>,
  fs: FileSystem,
): Promise<void> {
  await uninterrupted(() => fs.makeFolder(folder, FOLDER_MODE));
  const folders = new Set([folder]);
  for await (const [key, content] of files) {
    const path = pathOfKey(folder, key);
    await ensureFolder(dirname(path), fs);
    for (let at = dirname(path); at !== folder; at = dirname(at)) folders.add(at);
    await writeAndRename(path, content, fs);
  }
  for (const path of folders) await syncFolder(fs, path);
}

async function isTaken(error: unknown, target: string, fs: FileSystem): Promise<boolean> {
  if (hasCode(error, "ENOTEMPTY", "EEXIST", "ENOTDIR")) return true;
  if (!hasCode(error, "EPERM", "EACCES")) return false;
  // Windows answers so for a folder that exists.
  return fs.status(target).then(
    () => true,
    () => false,
  );
}

/**
 * Reserves the first candidate that is free in a folder for a holder, such as the next version of a model for a run. The
 * reservation is a small file beside the place; asked again by the same holder, it gives the same name.
 *
 * @param holder who asks, at most 200 characters: the run's id
 * @returns undefined where no candidate is free
 */
export async function reserveName(
  parent: string,
  candidates: Iterable<string>,
  holder: string,
  fs: FileSystem = nodeFileSystem,
): Promise<string | undefined> {
  await ensureFolder(parent, fs);
  for (const name of candidates) {
    const mark = join(parent, `.${checkName(name, "the name of a folder")}.reserved`);
    const held = await readFileCapped(mark, 1000, fs);
    if (held !== undefined) {
      if (Buffer.from(held).toString("utf8") === holder) return name;
      continue;
    }
    if (await exists(join(parent, name), fs)) continue;
    if (await publishExclusive(mark, holder, fs)) return name;
  }
  return undefined;
}

async function exists(path: string, fs: FileSystem): Promise<boolean> {
  try {
    await fs.status(path);
    return true;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return false;
    throw error;
  }
}
