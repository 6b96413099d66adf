import { randomBytes } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { hasCode, KaaykoError } from "../../../core/index.ts";

const FLUSH_CHARACTERS = 2 ** 18;

/** A text file that appears under its name only when it is complete. */
export interface PublishedFile {
  /** Appends text, UTF-8. */
  append(text: string): Promise<void>;
  /** Flushes to the disk and gives the file its name. Returns its bytes. */
  publish(): Promise<number>;
  /** Removes what was written; nothing after `publish`. */
  abort(): Promise<void>;
}

/**
 * Starts a file under a temporary name in the same folder.
 *
 * @throws KaaykoError where the folder is missing or read-only, or the disk is full
 */
export async function createPublishedFile(path: string): Promise<PublishedFile> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.${randomBytes(6).toString("hex")}.tmp`);
  const file = await explained(path, () => open(temporary, "wx"));
  let pending = "";
  let bytes = 0;
  let state: "open" | "published" | "aborted" = "open";
  const flush = async (): Promise<void> => {
    const data = Buffer.from(pending, "utf8");
    pending = "";
    await writeAll(file, data);
    bytes += data.length;
  };
  const abort = async (): Promise<void> => {
    if (state !== "open") return;
    state = "aborted";
    await file.close();
    await rm(temporary, { force: true });
  };
  return {
    async append(text) {
      pending += text;
      if (pending.length >= FLUSH_CHARACTERS) await explained(path, flush);
    },
    async publish() {
      try {
        await explained(path, async () => {
          await flush();
          await file.sync();
          await file.close();
          await rename(temporary, path);
        });
      } catch (error) {
        await abort();
        throw error;
      }
      state = "published";
      await syncFolder(dirname(path));
      return bytes;
    },
    abort,
  };
}

async function writeAll(file: FileHandle, data: Buffer): Promise<void> {
  for (let at = 0; at < data.length; ) at += (await file.write(data, at, data.length - at)).bytesWritten;
}

/** Some systems do not open folders; the rename itself is still atomic there. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

async function explained<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const parts = { action: `write ${basename(path)}`, cause: error };
    if (hasCode(error, "ENOSPC", "EDQUOT"))
      throw new KaaykoError({ ...parts, rule: "the disk must have room", remedy: "Free some space and try again." });
    if (hasCode(error, "ENOENT", "ENOTDIR"))
      throw new KaaykoError({ ...parts, rule: "its folder must exist", remedy: "Create it first.", kind: "input" });
    if (hasCode(error, "EACCES", "EPERM", "EROFS", "EISDIR"))
      throw new KaaykoError({
        ...parts,
        rule: "the place must be writable",
        remedy: "Choose another place or mend its permissions.",
        kind: "input",
      });
    throw error;
  }
}
