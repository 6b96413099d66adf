import { createHash, type Hash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { hasCode } from "../core/errors.ts";
import { withDiskErrors } from "./disk-errors.ts";
import { NO_FOLLOW, nodeFileSystem } from "./file-system.ts";
import { removeFile, syncFolder } from "./system-calls.ts";

/** A file in the making that outlives its process: it lies under a name of its own beside `path` until it is published. */
export interface PartialFile {
  /** Bytes written so far. */
  readonly bytes: number;
  /** SHA-256 of the bytes written so far, in hexadecimal. */
  sha256(): string;
  /** Appends bytes. */
  write(bytes: Uint8Array): Promise<void>;
  /** Waits until everything written is on the disk. */
  sync(): Promise<void>;
  /** Syncs, and gives the file its own name. */
  publish(): Promise<void>;
  /** Leaves what was written where it is. */
  close(): Promise<void>;
}

/** Where the partial file of a path lies. */
export function partialPath(path: string): string {
  return join(dirname(path), `.${basename(path)}.part`);
}

/**
 * Opens the partial file of a path and keeps its first bytes.
 *
 * @param keep bytes that are kept, and their hash; where the file does not hold exactly them, nothing is
 */
export async function openPartialFile(
  path: string,
  keep: { readonly bytes: number; readonly sha256: string } | null,
): Promise<PartialFile> {
  const partial = partialPath(path);
  return withDiskErrors(`write ${path}`, async () => {
    const handle = await open(partial, constants.O_RDWR | constants.O_CREAT | NO_FOLLOW, 0o666);
    try {
      const hash = createHash("sha256");
      const kept = keep !== null && (await hashPrefix(handle, keep.bytes, hash)) ? keep : null;
      if (kept !== null && hash.copy().digest("hex") === kept.sha256)
        return new OpenPartialFile(path, partial, handle, hash, await truncated(handle, kept.bytes));
      return new OpenPartialFile(path, partial, handle, createHash("sha256"), await truncated(handle, 0));
    } catch (error) {
      await handle.close().catch(() => undefined);
      throw error;
    }
  });
}

/** Removes the partial file of a path; nothing where there is none. */
export async function removePartialFile(path: string): Promise<void> {
  await removeFile(nodeFileSystem, partialPath(path)).catch((error: unknown) => {
    if (!hasCode(error, "ENOENT")) throw error;
  });
}

async function truncated(handle: FileHandle, bytes: number): Promise<number> {
  await handle.truncate(bytes);
  return bytes;
}

const CHUNK = 1 << 20;

/** False where the file is shorter. */
async function hashPrefix(handle: FileHandle, bytes: number, hash: Hash): Promise<boolean> {
  const chunk = new Uint8Array(CHUNK);
  for (let at = 0; at < bytes; ) {
    const { bytesRead } = await handle.read(chunk, 0, Math.min(CHUNK, bytes - at), at);
    if (bytesRead === 0) return false;
    hash.update(chunk.subarray(0, bytesRead));
    at += bytesRead;
  }
  return true;
}

class OpenPartialFile implements PartialFile {
  readonly #path: string;
  readonly #partial: string;
  readonly #handle: FileHandle;
  readonly #hash: Hash;
  bytes: number;

  constructor(path: string, partial: string, handle: FileHandle, hash: Hash, bytes: number) {
    this.#path = path;
    this.#partial = partial;
    this.#handle = handle;
    this.#hash = hash;
    this.bytes = bytes;
  }

  sha256(): string {
    return this.#hash.copy().digest("hex");
  }

  async write(bytes: Uint8Array): Promise<void> {
    await withDiskErrors(`write ${this.#path}`, async () => {
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, this.bytes + done);
        done += bytesWritten;
      }
    });
    this.#hash.update(bytes);
    this.bytes += bytes.length;
  }

  sync(): Promise<void> {
    return withDiskErrors(`write ${this.#path}`, () => this.#handle.sync());
  }

  async publish(): Promise<void> {
    await this.sync();
    await this.close();
    await withDiskErrors(`write ${this.#path}`, async () => {
      await rename(this.#partial, this.#path);
      await syncFolder(nodeFileSystem, dirname(this.#path));
    });
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
