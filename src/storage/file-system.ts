import { constants } from "node:fs";
import { type FileHandle, link, lstat, mkdir, open, readdir, rename, rmdir, unlink } from "node:fs/promises";

export type EntryKind = "file" | "folder" | "other";

export interface OpenFile {
  /** Writes from `offset` on; may write less than `length`. Returns the bytes written. */
  write(bytes: Uint8Array, offset: number, length: number): Promise<number>;
  /** Reads into `bytes` from `offset` on; may read less than `length`. 0 at the end of the file. */
  read(bytes: Uint8Array, offset: number, length: number): Promise<number>;
  status(): Promise<{ kind: EntryKind; size: number }>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The system calls that everything durable is made of, one method a call, so that a test can put a fault before or after
 * each of them. Errors are Node's, with their `code`.
 */
export interface FileSystem {
  open(path: string, flags: number, mode?: number): Promise<OpenFile>;
  makeFolder(path: string, mode: number): Promise<void>;
  link(existing: string, path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  removeFolder(path: string): Promise<void>;
  list(path: string): Promise<{ name: string; kind: EntryKind }[]>;
  /** Of the entry itself, never of what a link points to. */
  status(path: string): Promise<{ kind: EntryKind; size: number }>;
}

/** 0 where the platform has no such flag. */
export const NO_FOLLOW: number = constants.O_NOFOLLOW ?? 0;
export const READ = constants.O_RDONLY | NO_FOLLOW;
export const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | NO_FOLLOW;
export const OVERWRITE = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | NO_FOLLOW;
export const APPEND = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | NO_FOLLOW;

export const FILE_MODE = 0o600;
export const FOLDER_MODE = 0o700;

/** The file system of this machine. */
export const nodeFileSystem: FileSystem = {
  async open(path, flags, mode = FILE_MODE) {
    return openFile(await open(path, flags, mode));
  },
  async makeFolder(path, mode) {
    await mkdir(path, { mode });
  },
  link,
  rename,
  unlink,
  removeFolder: rmdir,
  async list(path) {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.map((entry) => ({ name: entry.name, kind: kindOf(entry) }));
  },
  async status(path) {
    const found = await lstat(path);
    return { kind: kindOf(found), size: found.size };
  },
};

function openFile(handle: FileHandle): OpenFile {
  return {
    write: async (bytes, offset, length) => (await handle.write(bytes, offset, length)).bytesWritten,
    read: async (bytes, offset, length) => (await handle.read(bytes, offset, length)).bytesRead,
    async status() {
      const found = await handle.stat();
      return { kind: kindOf(found), size: found.size };
    },
    sync: () => handle.sync(),
    close: () => handle.close(),
  };
}

function kindOf(entry: { isFile(): boolean; isDirectory(): boolean }): EntryKind {
  if (entry.isFile()) return "file";
  return entry.isDirectory() ? "folder" : "other";
}
