import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { KaaykoError } from "../../core/errors.ts";

/** A file of bytes that can be read anywhere. Nothing is kept in memory. */
export interface FileBytes {
  readonly path: string;
  /** Size when it was opened. */
  readonly bytes: number;
  /**
   * Fills `target` from `position` on.
   *
   * @throws KaaykoError of kind `input` where the file ends before
   */
  read(target: Uint8Array, position: number): void;
  close(): void;
}

/** A one-line error about a file that is not what it should be. */
export function badFile(path: string, rule: string, got?: string, cause?: unknown): KaaykoError {
  return new KaaykoError({
    action: `read ${path}`,
    rule: oneLine(rule),
    ...(got === undefined ? {} : { got: oneLine(got) }),
    kind: "input",
    remedy: "The file is damaged, cut off or not of this format: write or copy it again.",
    cause,
  });
}

/** Names from a damaged file can hold anything. */
function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, " ").slice(0, 500);
}

/**
 * Opens a file for reading.
 *
 * @throws KaaykoError of kind `input` where it is missing, a folder, or may not be read
 */
export function openFileBytes(path: string): FileBytes {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, "r");
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw new Error("it is not a regular file");
    return fileBytes(path, descriptor, stat.size);
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor);
    const code = (error as NodeJS.ErrnoException).code;
    throw new KaaykoError({
      action: `read ${path}`,
      rule: "it must be a file that can be opened",
      got: code ?? (error as Error).message,
      kind: "input",
      remedy: code === "ENOENT" ? "Check the name of the file." : "Check the name of the file and who may read it.",
      cause: error,
    });
  }
}

/** Bytes in memory, read as a file is. */
export function memoryBytes(content: Uint8Array, name: string): FileBytes {
  return {
    path: name,
    bytes: content.length,
    read(target, position) {
      const found = content.subarray(position, position + target.length);
      if (found.length < target.length)
        throw badFile(name, `${target.length} bytes must follow byte ${position}`, String(found.length));
      target.set(found);
    },
    close() {},
  };
}

function fileBytes(path: string, descriptor: number, bytes: number): FileBytes {
  let open = true;
  return {
    path,
    bytes,
    read(target, position) {
      let done = 0;
      while (done < target.length) {
        const count = readSync(descriptor, target, done, target.length - done, position + done);
        if (count === 0) throw badFile(path, `${target.length} bytes must follow byte ${position}`, String(done));
        done += count;
      }
    },
    close() {
      if (open) closeSync(descriptor);
      open = false;
    },
  };
}
