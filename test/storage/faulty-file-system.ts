import type { FileSystem, OpenFile } from "../../src/storage/index.ts";

export interface Call {
  /** "open", "write", "sync", "link", … */
  readonly name: string;
  readonly path: string;
  /** From 1. */
  readonly number: number;
}

export interface Faults {
  /** May throw in place of the call. */
  before?(call: Call): void | Promise<void>;
  /** May throw after the call took effect. */
  after?(call: Call): void;
  /** How much of a write is done; default all. */
  shorten?(call: Call, length: number): number;
  /** True: the sync is claimed and not done. */
  lies?(call: Call): boolean;
}

/** A file system with faults around every call. `calls` are those that were made, in order. */
export function faultyFileSystem(inner: FileSystem, faults: Faults): FileSystem & { readonly calls: Call[] } {
  const calls: Call[] = [];
  const through = async <T>(name: string, path: string, work: (call: Call) => Promise<T>): Promise<T> => {
    const call = { name, path, number: calls.length + 1 };
    calls.push(call);
    await faults.before?.(call);
    const result = await work(call);
    faults.after?.(call);
    return result;
  };
  const wrap = (file: OpenFile, path: string): OpenFile => ({
    write: (bytes, offset, length) =>
      through("write", path, (call) => file.write(bytes, offset, faults.shorten?.(call, length) ?? length)),
    read: (bytes, offset, length) => through("read", path, () => file.read(bytes, offset, length)),
    status: () => through("status", path, () => file.status()),
    sync: () => through("sync", path, async (call) => (faults.lies?.(call) ? undefined : file.sync())),
    close: () => through("close", path, () => file.close()),
  });
  return {
    calls,
    open: (path, flags, mode) => through("open", path, async () => wrap(await inner.open(path, flags, mode), path)),
    makeFolder: (path, mode) => through("makeFolder", path, () => inner.makeFolder(path, mode)),
    link: (existing, path) => through("link", path, () => inner.link(existing, path)),
    rename: (from, to) => through("rename", to, () => inner.rename(from, to)),
    unlink: (path) => through("unlink", path, () => inner.unlink(path)),
    removeFolder: (path) => through("removeFolder", path, () => inner.removeFolder(path)),
    list: (path) => through("list", path, () => inner.list(path)),
    status: (path) => through("status", path, () => inner.status(path)),
  };
}
