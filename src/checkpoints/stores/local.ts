import { dirname, join } from "node:path";
import { hasCode, KaaykoError } from "../../core/errors.ts";
import {
  appendText,
  checkNoLinks,
  ensureFolder,
  type FileSystem,
  nodeFileSystem,
  overwriteFile,
  pathOfKey,
  publishExclusive,
  readFileCapped,
  removeFile,
  removeFolder,
  syncFolder,
  withDiskErrors,
  writeAndRename,
} from "../../storage/index.ts";
import type { CheckpointStore, StoreAddress } from "../store.ts";

/**
 * Runs in a folder, which is made with the first run. Files 0600, folders 0700; links below the folder are not followed.
 *
 * @param fs another file system than this machine's, for tests; such a store is used in the thread that made it only
 */
export function localStore(folder: string, fs: FileSystem = nodeFileSystem): CheckpointStore {
  const made = new Set<string>();
  const ensureParent = async (key: string): Promise<void> => {
    await withDiskErrors(`use ${join(folder, key)}`, () => checkNoLinks(fs, folder, key));
    const parent = dirname(pathOfKey(folder, key));
    if (made.has(parent)) return;
    await ensureFolder(parent, fs);
    made.add(parent);
  };
  const safely = <T>(verb: string, key: string, work: (path: string) => Promise<T>): Promise<T> =>
    withDiskErrors(`${verb} ${join(folder, key)}`, async () => {
      await checkNoLinks(fs, folder, key);
      return work(pathOfKey(folder, key));
    });
  const store: CheckpointStore = {
    name: folder,
    children: async (prefix) => (await entries(fs, folder, prefix)).map((entry) => entry.name),
    async list(prefix) {
      const files = (await entries(fs, folder, prefix)).filter((entry) => entry.kind !== "folder");
      return withDiskErrors(`list ${join(folder, prefix)}`, () =>
        Promise.all(
          files.map(async ({ name }) => ({
            key: `${prefix}/${name}`,
            bytes: await sizeOf(fs, join(folder, prefix, name)),
          })),
        ),
      );
    },
    read: (key, maxBytes) => safely("read", key, (path) => readFileCapped(path, maxBytes, fs)),
    async write(objects) {
      const folders = new Set<string>();
      for (const { key, content } of objects) {
        await ensureParent(key);
        await safely("write", key, (path) => writeAndRename(path, content, fs));
        folders.add(dirname(pathOfKey(folder, key)));
      }
      for (const path of folders) await withDiskErrors(`write ${path}`, () => syncFolder(fs, path));
    },
    async create(key, content) {
      await ensureParent(key);
      return publishExclusive(pathOfKey(folder, key), content, fs);
    },
    async touch(key, content) {
      await ensureParent(key);
      await overwriteFile(pathOfKey(folder, key), Buffer.from(content), fs);
    },
    async append(key, lines) {
      await ensureParent(key);
      await appendText(pathOfKey(folder, key), lines, { fs });
    },
    async move(key, to) {
      await ensureParent(to);
      await safely("move", key, async (path) => {
        const target = pathOfKey(folder, to);
        try {
          await fs.rename(path, target);
        } catch (error) {
          if (hasCode(error, "ENOENT")) return;
          throw error;
        }
        await syncFolder(fs, dirname(target));
        await syncFolder(fs, dirname(path));
      });
    },
    async remove(keys) {
      const folders = new Set<string>();
      for (const key of keys) {
        await safely("remove", key, (path) => removeFile(fs, path));
        folders.add(dirname(pathOfKey(folder, key)));
      }
      for (const path of folders) await syncExisting(fs, path);
    },
    async removeAll(prefix) {
      const path = pathOfKey(folder, prefix);
      await withDiskErrors(`remove ${path}`, () => checkNoLinks(fs, folder, prefix));
      await removeFolder(path, fs);
      for (const known of made) if (known === path || known.startsWith(join(path, "/"))) made.delete(known);
      await syncExisting(fs, dirname(path));
    },
  };
  const address: StoreAddress = { kind: "local", folder };
  return fs === nodeFileSystem ? { ...store, address } : store;
}

/** What a folder holds, without what is under way (its names start with a dot). A missing folder holds nothing. */
async function entries(fs: FileSystem, folder: string, prefix: string): Promise<{ name: string; kind: string }[]> {
  const path = prefix === "" ? folder : pathOfKey(folder, prefix);
  return withDiskErrors(`list ${path}`, async () => {
    if (prefix !== "" && !(await isOurs(fs, folder, prefix))) return [];
    try {
      return (await fs.list(path)).filter((entry) => !entry.name.startsWith("."));
    } catch (error) {
      if (hasCode(error, "ENOENT")) return [];
      throw error;
    }
  });
}

/** False for a file and for a link, which hold nothing of ours: a README beside the runs, a folder linked from elsewhere. */
async function isOurs(fs: FileSystem, folder: string, prefix: string): Promise<boolean> {
  try {
    await checkNoLinks(fs, folder, `${prefix}/any`);
    return true;
  } catch (error) {
    if (error instanceof KaaykoError && error.kind === "damaged") return false;
    throw error;
  }
}

async function sizeOf(fs: FileSystem, path: string): Promise<number> {
  try {
    return (await fs.status(path)).size;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return 0;
    throw error;
  }
}

async function syncExisting(fs: FileSystem, path: string): Promise<void> {
  await withDiskErrors(`write ${path}`, async () => {
    try {
      await syncFolder(fs, path);
    } catch (error) {
      if (!hasCode(error, "ENOENT")) throw error;
    }
  });
}
