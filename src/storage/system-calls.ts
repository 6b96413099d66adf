import { hasCode } from "../core/errors.ts";
import type { FileSystem, OpenFile } from "./file-system.ts";
import { READ } from "./file-system.ts";

const MOST_INTERRUPTIONS = 100;

/** Makes a call again that a signal interrupted. */
export async function uninterrupted<T>(call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (!hasCode(error, "EINTR") || attempt >= MOST_INTERRUPTIONS) throw error;
    }
  }
}

/** Writes everything: a short write goes on where it stopped. */
export async function writeWhole(file: OpenFile, bytes: Uint8Array): Promise<void> {
  let offset = 0;
  while (offset < bytes.byteLength) {
    const from = offset;
    const written = await uninterrupted(() => file.write(bytes, from, bytes.byteLength - from));
    if (written <= 0) throw Object.assign(new Error("nothing could be written"), { code: "EIO" });
    offset += written;
  }
}

/** Closes after success or failure; an error of closing never hides the first one. */
export async function closing<T>(file: OpenFile, work: () => Promise<T>): Promise<T> {
  let result: T;
  try {
    result = await work();
  } catch (error) {
    await file.close().catch(() => undefined);
    throw error;
  }
  await file.close();
  return result;
}

/**
 * Makes the names inside a folder durable. Where the platform cannot sync a folder (Windows, some network shares) this does
 * nothing: there the file system's own journal orders names after data.
 */
export async function syncFolder(fs: FileSystem, path: string): Promise<void> {
  let folder: OpenFile;
  try {
    folder = await uninterrupted(() => fs.open(path, READ));
  } catch (error) {
    if (hasCode(error, "EISDIR", "EPERM") && process.platform === "win32") return;
    throw error;
  }
  await closing(folder, async () => {
    try {
      await uninterrupted(() => folder.sync());
    } catch (error) {
      if (!hasCode(error, "EINVAL", "ENOTSUP", "EISDIR", "EBADF") && !windowsRefusal(error)) throw error;
    }
  });
}

function windowsRefusal(error: unknown): boolean {
  return process.platform === "win32" && hasCode(error, "EPERM", "EACCES");
}

/** Removes a file; one that is gone already is fine. */
export async function removeFile(fs: FileSystem, path: string): Promise<void> {
  try {
    await uninterrupted(() => fs.unlink(path));
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
  }
}
