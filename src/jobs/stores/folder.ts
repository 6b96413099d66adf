import { type FSWatcher, watch } from "node:fs";
import { join } from "node:path";
import { hasCode, KaaykoError } from "../../core/index.ts";
import {
  appendText,
  checkName,
  ensureFolder,
  type FileSystem,
  isSafeName,
  nodeFileSystem,
  overwriteFile,
  publishExclusive,
  readFileCapped,
  removeFile,
  syncFolder,
  withDiskErrors,
} from "../../storage/index.ts";
import { REVISION_MAX_BYTES } from "../job-document.ts";
import type { JobStore, RevisionName } from "../store.ts";
import { aloneIn } from "./alone.ts";
import { LOG_BYTES, readLogFrom } from "./log-file.ts";

const NOTE_MAX_BYTES = 16_384;

export interface FolderStoreOptions {
  /** Another file system than this machine's, for tests. */
  readonly fs?: FileSystem;
  /** After this long a worker passes by another that holds the dispatch lock and cannot be proved dead. Default 5000. */
  readonly lockPatienceMs?: number;
}

/**
 * A queue in a folder, made with the first job:
 * `revisions/<job>-<revision>.json`, `beats/<job>`, `logs/<job>.log` (`.log.1` is its older half), `locks/`. Files 0600.
 */
export function folderJobStore(folder: string, options: FolderStoreOptions = {}): JobStore {
  const { fs = nodeFileSystem, lockPatienceMs } = options;
  const revisions = join(folder, "revisions");
  const beats = join(folder, "beats");
  const logs = join(folder, "logs");
  const workers = join(folder, "workers");
  const pathOf = ({ id, revision }: RevisionName): string => join(revisions, `${id}-${revision}.json`);
  const logOf = (id: number): string => join(logs, `${id}.log`);
  const made = new Map<string, Promise<void>>();
  const ensure = async (path: string): Promise<void> => {
    const making = made.get(path) ?? ensureFolder(path, fs);
    made.set(path, making);
    await making.catch((error) => {
      made.delete(path);
      throw error;
    });
  };
  return {
    name: folder,
    names: () => withDiskErrors(`list ${revisions}`, () => listRevisions(fs, revisions)),
    read: (name) => readFileCapped(pathOf(name), REVISION_MAX_BYTES, fs),
    async publish(name, text) {
      await ensure(revisions);
      return publishExclusive(pathOf(name), text, fs);
    },
    remove: (names) =>
      withDiskErrors(`write ${revisions}`, async () => {
        for (const name of names) {
          await removeFile(fs, pathOf(name));
          await syncFolder(fs, revisions);
        }
      }),
    async beat(id, text) {
      await ensure(beats);
      await overwriteFile(join(beats, String(id)), Buffer.from(text), fs);
    },
    readBeat: (id) => readNote(join(beats, String(id)), fs),
    async appendLog(id, text) {
      await ensure(logs);
      await appendText(logOf(id), text, { fs, rotateBytes: LOG_BYTES });
    },
    readLog: (id, from) => readLogFrom(logOf(id), from, fs),
    removeNotes: (id) =>
      withDiskErrors(`remove the log of job ${id}`, async () => {
        for (const path of [join(beats, String(id)), logOf(id), `${logOf(id)}.1`]) await removeFile(fs, path);
      }),
    async announce(worker, text) {
      await ensure(workers);
      await overwriteFile(join(workers, checkName(worker, "the name of a worker")), Buffer.from(text), fs);
    },
    announced: () => withDiskErrors(`list ${workers}`, () => readNotes(fs, workers)),
    withdraw: (worker) => withDiskErrors(`write ${workers}`, () => removeFile(fs, join(workers, worker))),
    alone: async (work) => {
      const locks = join(folder, "locks");
      await ensure(locks);
      return aloneIn(locks, work, fs, lockPatienceMs);
    },
    onChange: (changed) => watchFolder(revisions, changed),
  };
}

/** A note that cannot be one counts as none. */
async function readNote(path: string, fs: FileSystem): Promise<string | undefined> {
  try {
    const bytes = await readFileCapped(path, NOTE_MAX_BYTES, fs);
    return bytes === undefined ? undefined : Buffer.from(bytes).toString("utf8");
  } catch (error) {
    if (error instanceof KaaykoError && error.kind === "damaged") return undefined;
    throw error;
  }
}

async function readNotes(fs: FileSystem, folder: string): Promise<{ name: string; text: string }[]> {
  const notes: { name: string; text: string }[] = [];
  for (const { name, kind } of await listFolder(fs, folder)) {
    if (kind !== "file" || !isSafeName(name)) continue;
    const text = await readNote(join(folder, name), fs);
    if (text !== undefined) notes.push({ name, text });
  }
  return notes;
}

async function listRevisions(fs: FileSystem, folder: string): Promise<RevisionName[]> {
  return (await listFolder(fs, folder)).flatMap(({ name, kind }) => {
    const match = kind === "file" ? /^([1-9]\d{0,14})-([1-9]\d{0,14})\.json$/.exec(name) : null;
    return match === null ? [] : [{ id: Number(match[1]), revision: Number(match[2]) }];
  });
}

/** A folder that is not there yet holds nothing. */
async function listFolder(fs: FileSystem, folder: string): ReturnType<FileSystem["list"]> {
  try {
    return await fs.list(folder);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  }
}

/** Where the platform tells of changes; whoever needs to be sure looks from time to time as well. */
function watchFolder(folder: string, changed: () => void): () => void {
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(folder, { persistent: false }, changed);
    watcher.on("error", () => watcher?.close());
  } catch {
    // Too many watches, a file system without them, no folder yet: looking from time to time does.
  }
  return () => watcher?.close();
}
