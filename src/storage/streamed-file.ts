import { dirname } from "node:path";
import { hasCode, KaaykoError } from "../core/errors.ts";
import { withDiskErrors } from "./disk-errors.ts";
import { CREATE, type FileSystem, nodeFileSystem, type OpenFile } from "./file-system.ts";
import { ownedTemporary, removeAbandoned } from "./owned-temporary.ts";
import { removeFile, syncFolder, uninterrupted, writeWhole } from "./system-calls.ts";

/** A file that is written piece by piece and appears under its name only when it is complete. */
export interface StreamedFile {
  /** False once it was published or aborted, or a write failed. */
  readonly open: boolean;
  /** Appends bytes; they may be changed once it returns. After an error nothing is left of the file. */
  write(bytes: Uint8Array): Promise<void>;
  /** Syncs the file, gives it its name (replacing what was there) and syncs the folder. Returns its bytes. */
  publish(): Promise<number>;
  /** Removes what was written; nothing after `publish`. */
  abort(): Promise<void>;
}

/** What the user's other programs make: readable by all that the umask allows. */
const USER_MODE = 0o666;

/**
 * Starts a file under a temporary name in the folder of `path`, and removes what a killed process left there of the same file.
 *
 * @throws KaaykoError (input) where the folder is missing, (failed) where it is read-only or the disk is full
 */
export async function createStreamedFile(path: string, fs: FileSystem = nodeFileSystem): Promise<StreamedFile> {
  const action = `write ${path}`;
  const temporary = ownedTemporary(path);
  await removeAbandoned(path, fs);
  const file = await withDiskErrors(action, () => begin(fs, temporary, action));
  let bytes = 0;
  let state: "open" | "closed" = "open";
  const abort = async (): Promise<void> => {
    if (state === "closed") return;
    state = "closed";
    await file.close().catch(() => undefined);
    await removeFile(fs, temporary).catch(() => undefined);
  };
  const guarded = async (work: () => Promise<void>): Promise<void> => {
    if (state === "closed") throw new KaaykoError({ action, rule: "the file must be open" });
    try {
      await withDiskErrors(action, work);
    } catch (error) {
      await abort();
      throw error;
    }
  };
  return {
    get open() {
      return state === "open";
    },
    write: (piece) =>
      guarded(async () => {
        await writeWhole(file, piece);
        bytes += piece.byteLength;
      }),
    async publish() {
      await guarded(async () => {
        await uninterrupted(() => file.sync());
        await uninterrupted(() => fs.rename(temporary, path));
      });
      state = "closed";
      await file.close();
      await withDiskErrors(action, () => syncFolder(fs, dirname(path)));
      return bytes;
    },
    abort,
  };
}

async function begin(fs: FileSystem, temporary: string, action: string): Promise<OpenFile> {
  try {
    return await uninterrupted(() => fs.open(temporary, CREATE, USER_MODE));
  } catch (error) {
    if (!hasCode(error, "ENOENT", "ENOTDIR")) throw error;
    throw new KaaykoError({
      action,
      rule: "its folder must exist",
      remedy: "Create it first.",
      kind: "input",
      cause: error,
    });
  }
}
