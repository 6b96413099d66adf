import { hasCode } from "../../core/index.ts";
import { type FileSystem, readFileCapped, withDiskErrors } from "../../storage/index.ts";
import type { LogPiece } from "../store.ts";

/** A log has two halves of about this size at most. */
export const LOG_BYTES = 4 * 2 ** 20;

/** One write may go over the limit before the log is rotated. */
const READ_BYTES = 4 * LOG_BYTES;

/**
 * What a log file has gained since a position. Positions count the bytes of the present file; one behind its end means that
 * it was rotated in between: then it begins anew.
 */
export async function readLogFrom(path: string, from: number, fs: FileSystem): Promise<LogPiece> {
  const size = await sizeOf(path, fs);
  if (size === undefined || size === from) return { text: "", next: from };
  const bytes = await readFileCapped(path, READ_BYTES, fs);
  if (bytes === undefined) return { text: "", next: from };
  const begin = bytes.byteLength < from ? 0 : from;
  // Only whole lines: a character may be written in two parts.
  const end = Math.max(begin, bytes.lastIndexOf(10) + 1);
  return { text: Buffer.from(bytes.subarray(begin, end)).toString("utf8"), next: end };
}

function sizeOf(path: string, fs: FileSystem): Promise<number | undefined> {
  return withDiskErrors(`read ${path}`, async () => {
    try {
      return (await fs.status(path)).size;
    } catch (error) {
      if (hasCode(error, "ENOENT")) return undefined;
      throw error;
    }
  });
}
