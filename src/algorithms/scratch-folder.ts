import { mkdtempSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The system's folder for large temporary files. */
const LARGE = "/var/tmp";
/** What Linux calls a file system in memory. */
const IN_MEMORY = 0x01021994;

/**
 * Makes a folder for files that only this process needs, in the first folder that can be written and has room: the one for temporary
 * files, the one for large ones (first where the other lies in memory and nobody named it by TMPDIR), the current one.
 *
 * @param bytes that it must have room for. Default any
 * @throws Error that says of each folder why it was not taken
 */
export function makeScratchFolder(prefix: string, bytes = 0, folders: readonly string[] = usualFolders()): string {
  const refused: string[] = [];
  for (const folder of folders)
    try {
      const { bavail, bsize } = statfsSync(folder);
      if (bavail * bsize >= bytes) return mkdtempSync(join(folder, prefix));
      refused.push(`${megabytes(bavail * bsize)} free in ${folder}`);
    } catch (cause) {
      refused.push(cause instanceof Error ? cause.message : String(cause));
    }
  throw new Error(`${megabytes(bytes)} needed; ${refused.join("; ")}`);
}

function usualFolders(): string[] {
  const usual = tmpdir();
  const others = usual === LARGE || process.platform === "win32" ? [] : [LARGE];
  const isFast = process.env.TMPDIR === undefined && isInMemory(usual) && !others.some(isInMemory);
  return [...(isFast ? [...others, usual] : [usual, ...others]), "."];
}

function isInMemory(folder: string): boolean {
  try {
    return statfsSync(folder).type === IN_MEMORY;
  } catch {
    return false;
  }
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20).toLocaleString("en-US")} MiB`;
}
