import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KaaykoError } from "../../../core/index.ts";
import { makeScratchFolder } from "../../scratch-folder.ts";

/**
 * A file of binned rows, one byte or less a cell, in the system's folder for temporary files. It has no name from the moment it is
 * open, where the system allows that, so that nothing is left behind however the process ends; what resumes a run writes it again.
 */
export class BinFile {
  readonly descriptor: number;
  readonly #folder: string;
  #bytes = 0;
  #isOpen = true;

  /** @throws KaaykoError (input) where no file can be made there */
  constructor() {
    try {
      this.#folder = makeScratchFolder("kaayko-bins-");
      const path = join(this.#folder, "bins");
      this.descriptor = openSync(path, "wx+", 0o600);
    } catch (error) {
      throw fileError("make a file for binned rows", error);
    }
    this.#removeName();
  }

  /** Systems that do not remove open files have it removed when it is closed. */
  #removeName(): void {
    try {
      rmSync(this.#folder, { recursive: true, force: true });
    } catch {}
  }

  /** @throws KaaykoError (input) where the disk is full or fails */
  append(rows: Uint8Array): void {
    try {
      for (let done = 0; done < rows.length; )
        done += writeSync(this.descriptor, rows, done, rows.length - done, this.#bytes + done);
    } catch (error) {
      throw fileError("write binned rows", error);
    }
    this.#bytes += rows.length;
  }

  /** Safe to call twice. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.descriptor);
    this.#removeName();
  }
}

function fileError(action: string, error: unknown): KaaykoError {
  return new KaaykoError({
    action,
    rule: `${tmpdir()} must have room for one byte a cell of the training rows`,
    got: (error as NodeJS.ErrnoException).code ?? String(error),
    remedy: "Free some space, or set TMPDIR to a folder on a larger disk.",
    kind: "input",
    cause: error,
  });
}
