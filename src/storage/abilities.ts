import { join } from "node:path";
import { withDiskErrors } from "./disk-errors.ts";
import { type FileSystem, nodeFileSystem, READ } from "./file-system.ts";
import { ensureFolder } from "./folders.ts";
import { closing, removeFile } from "./system-calls.ts";
import { temporaryName, writeFileAtomic } from "./write-file.ts";

export interface StorageAbilities {
  /** Names can be published so that nothing is ever replaced; otherwise files are created exclusively in place. */
  readonly exclusiveLink: boolean;
  /** Names survive a power cut at once; otherwise when the file system's journal says so. */
  readonly folderSync: boolean;
}

/** Tries out what a folder's file system can do, for `doctor`. Leaves nothing behind. */
export async function storageAbilities(folder: string, fs: FileSystem = nodeFileSystem): Promise<StorageAbilities> {
  await ensureFolder(folder, fs);
  return withDiskErrors(`try out ${folder}`, async () => {
    const path = temporaryName(join(folder, "doctor"));
    const linked = `${path}.link`;
    await writeFileAtomic(path, "kaayko", fs);
    try {
      const exclusiveLink = await succeeds(() => fs.link(path, linked));
      const folderSync = await succeeds(async () => {
        const handle = await fs.open(folder, READ);
        await closing(handle, () => handle.sync());
      });
      return { exclusiveLink, folderSync };
    } finally {
      await removeFile(fs, linked);
      await removeFile(fs, path);
    }
  });
}

async function succeeds(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch {
    return false;
  }
}
