import { closeSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { KaaykoError } from "../../../core/index.ts";
import { makeScratchFolder } from "../../scratch-folder.ts";

/** Up to this size rows are kept in memory. */
const MEMORY_BYTES = 32 * 2 ** 20;

/** Where packed rows lie. Goes to other threads as it is: file descriptors belong to the process. */
export type StoredRows = { readonly memory: SharedArrayBuffer } | { readonly file: number };

/**
 * Keeps packed rows for many passes over them: few in memory, many in a file of the system's temporary folder, which has no name
 * any more once it is open, so that nothing is left behind where the process is killed. Where that folder has no room, as one in
 * memory often has not, the system's other one and the current folder are tried.
 */
export class RowStore {
  readonly rows: StoredRows;
  readonly #folder: string | null;
  #end = 0;

  /**
   * @param bytes of all rows
   * @throws KaaykoError where no folder has room for them
   */
  constructor(bytes: number) {
    if (bytes <= MEMORY_BYTES) {
      this.rows = { memory: new SharedArrayBuffer(bytes) };
      this.#folder = null;
      return;
    }
    this.#folder = attempt(() => makeScratchFolder("kaayko-rows-", bytes));
    this.rows = { file: attempt(() => openSync(join(this.#folder!, "rows"), "wx+", 0o600)) };
    this.#forget();
  }

  /** Adds rows behind those before. @throws KaaykoError where the disk is full */
  append(bytes: Uint8Array): void {
    if ("memory" in this.rows) new Uint8Array(this.rows.memory).set(bytes, this.#end);
    else {
      const { file } = this.rows;
      for (let at = 0; at < bytes.length; )
        at += attempt(() => writeSync(file, bytes, at, bytes.length - at, this.#end + at));
    }
    this.#end += bytes.length;
  }

  /** Safe to call twice. */
  close(): void {
    if ("memory" in this.rows || this.#end < 0) return;
    closeSync(this.rows.file);
    this.#end = -1;
    this.#forget();
  }

  /** Takes the file's name away; where the system keeps the names of open files, that waits until it is closed. */
  #forget(): void {
    try {
      rmSync(this.#folder!, { recursive: true, force: true });
    } catch {
      // Tried again when it is closed.
    }
  }
}

/** Reads bytes of stored rows. @throws KaaykoError (damaged) where fewer are there */
export function readStored(stored: StoredRows, from: number, into: Uint8Array): void {
  if ("memory" in stored) {
    into.set(new Uint8Array(stored.memory, from, into.length));
    return;
  }
  for (let at = 0; at < into.length; ) {
    const read = readSync(stored.file, into, at, into.length - at, from + at);
    if (read === 0)
      throw new KaaykoError({ action: "read rows again", rule: "all of them must be there", kind: "damaged" });
    at += read;
  }
}

function attempt<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new KaaykoError({
      action: "keep the rows for the next pass",
      rule: "a temporary folder must have room for them",
      got: cause instanceof Error ? cause.message : String(cause),
      remedy: "Name a folder with room by the variable TMPDIR, or use a smaller --sample-size.",
      cause,
    });
  }
}
