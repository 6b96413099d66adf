import { dirname, join, resolve } from "node:path";
import { hasCode } from "../core/errors.ts";
import { withDiskErrors } from "./disk-errors.ts";
import { type FileSystem, FOLDER_MODE, nodeFileSystem } from "./file-system.ts";
import { removeFile, syncFolder, uninterrupted } from "./system-calls.ts";

/**
 * Makes a folder and what is missing above it (mode 0700), each durable before the next. One that exists is left alone.
 *
 * @throws KaaykoError for a full or read-only disk or a file in the way
 */
export async function ensureFolder(path: string, fs: FileSystem = nodeFileSystem): Promise<void> {
  await withDiskErrors(`make the folder ${path}`, () => makeFolders(resolve(path), fs));
}

async function makeFolders(path: string, fs: FileSystem): Promise<void> {
  try {
    await uninterrupted(() => fs.makeFolder(path, FOLDER_MODE));
  } catch (error) {
    if (hasCode(error, "ENOENT") && dirname(path) !== path) {
      await makeFolders(dirname(path), fs);
      return makeFolders(path, fs);
    }
    // Others than EEXIST are answered for folders that exist too: on a read-only disk, above a mount, at "C:\".
    if ((await isFolder(path, fs)) === false) throw hasCode(error, "EEXIST") ? notAFolder(error) : error;
    return;
  }
  await syncFolder(fs, dirname(path));
}

async function isFolder(path: string, fs: FileSystem): Promise<boolean> {
  try {
    const { kind } = await fs.status(path);
    // A link to a folder is fine here: the folders above and the root itself are the user's choice.
    return kind === "folder" || (kind === "other" && (await canList(path, fs)));
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return false;
    throw error;
  }
}

async function canList(path: string, fs: FileSystem): Promise<boolean> {
  try {
    await fs.list(path);
    return true;
  } catch {
    return false;
  }
}

function notAFolder(cause: Error): Error {
  return Object.assign(new Error(cause.message, { cause }), { code: "ENOTDIR" });
}

/** Removes a folder with everything in it. Links are removed, never followed. What is gone already is fine. */
export async function removeFolder(path: string, fs: FileSystem = nodeFileSystem): Promise<void> {
  await withDiskErrors(`remove ${path}`, () => removeTree(path, fs));
}

async function removeTree(path: string, fs: FileSystem): Promise<void> {
  try {
    if ((await fs.status(path)).kind !== "folder") return await removeFile(fs, path);
    for (const entry of await fs.list(path)) await removeTree(join(path, entry.name), fs);
    await uninterrupted(() => fs.removeFolder(path));
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
  }
}
