import { randomBytes } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { hasCode } from "../core/errors.ts";
import { withDiskErrors } from "./disk-errors.ts";
import { CREATE, FILE_MODE, type FileSystem, nodeFileSystem, OVERWRITE } from "./file-system.ts";
import { closing, removeFile, syncFolder, uninterrupted, writeWhole } from "./system-calls.ts";

/** A file's content: whole, or piece by piece where it is large. Text is written as UTF-8. */
export type Content = Uint8Array | string | (() => Iterable<Uint8Array> | AsyncIterable<Uint8Array>);

/**
 * Writes a file so that a reader, or the next start after a crash, finds the old content or the new, never a mixture: under
 * a temporary name beside it, synced, renamed, folder synced. Mode 0600.
 *
 * @throws KaaykoError for a full or read-only disk, missing permission, too many open files
 */
export async function writeFileAtomic(path: string, content: Content, fs: FileSystem = nodeFileSystem): Promise<void> {
  await withDiskErrors(`write ${path}`, async () => {
    await writeAndRename(path, content, fs);
    await syncFolder(fs, dirname(path));
  });
}

/** As `writeFileAtomic`, but the folder is not synced: for many files in one folder, followed by one `syncFolder`. */
export async function writeAndRename(path: string, content: Content, fs: FileSystem): Promise<void> {
  const temporary = await writeTemporary(path, content, fs);
  try {
    await uninterrupted(() => fs.rename(temporary, path));
  } catch (error) {
    await removeFile(fs, temporary).catch(() => undefined);
    throw error;
  }
}

/**
 * Publishes a file under a name that must be free: written whole and synced under a temporary name, then linked to its own,
 * which fails where that exists. It can replace nothing, whatever others do at the same time.
 *
 * @returns false where the name is taken; nothing was changed
 */
export async function publishExclusive(
  path: string,
  content: Content,
  fs: FileSystem = nodeFileSystem,
): Promise<boolean> {
  return withDiskErrors(`write ${path}`, async () => {
    const temporary = await writeTemporary(path, content, fs);
    let published: boolean;
    try {
      published = await linkExclusive(temporary, path, content, fs);
    } finally {
      await removeFile(fs, temporary).catch(() => undefined);
    }
    if (published) await syncFolder(fs, dirname(path));
    return published;
  });
}

async function linkExclusive(temporary: string, path: string, content: Content, fs: FileSystem): Promise<boolean> {
  try {
    await uninterrupted(() => fs.link(temporary, path));
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    if (!hasCode(error, "EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK")) throw error;
    return createExclusive(path, content, fs);
  }
}

/**
 * The nearest thing where there are no hard links: created exclusively under its own name. A crash in the middle leaves a
 * torn file there, so what is published this way must carry its own hash.
 */
async function createExclusive(path: string, content: Content, fs: FileSystem): Promise<boolean> {
  try {
    await writeSynced(path, content, CREATE, fs);
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  }
}

/** Overwrites a small file in place, not durably: readers may see the old content, the new, or a part. For heartbeats. */
export async function overwriteFile(path: string, bytes: Uint8Array, fs: FileSystem = nodeFileSystem): Promise<void> {
  await withDiskErrors(`write ${path}`, async () => {
    const file = await uninterrupted(() => fs.open(path, OVERWRITE, FILE_MODE));
    await closing(file, () => writeWhole(file, bytes));
  });
}

/** Temporary names start with a dot, so that no listing takes one for content. */
export function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path).slice(0, 100)}.${randomBytes(6).toString("hex")}.tmp`);
}

/**
 * Writes and syncs under a temporary name. After a sync that failed the data may be gone from memory while the system calls
 * it clean, so that a second sync would lie: it is written once more under a new name.
 */
async function writeTemporary(path: string, content: Content, fs: FileSystem): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const temporary = temporaryName(path);
    try {
      await writeSynced(temporary, content, CREATE, fs);
      return temporary;
    } catch (error) {
      await removeFile(fs, temporary).catch(() => undefined);
      if (attempt >= 2 || !hasCode(error, "EIO")) throw error;
    }
  }
}

async function writeSynced(path: string, content: Content, flags: number, fs: FileSystem): Promise<void> {
  const file = await uninterrupted(() => fs.open(path, flags, FILE_MODE));
  await closing(file, async () => {
    if (typeof content === "string") await writeWhole(file, Buffer.from(content, "utf8"));
    else if (content instanceof Uint8Array) await writeWhole(file, content);
    else for await (const chunk of content()) await writeWhole(file, chunk);
    await uninterrupted(() => file.sync());
  });
}
