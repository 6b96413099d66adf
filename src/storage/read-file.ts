import { hasCode, KaaykoError } from "../core/errors.ts";
import { withDiskErrors } from "./disk-errors.ts";
import { type FileSystem, nodeFileSystem, type OpenFile, READ } from "./file-system.ts";
import { closing, uninterrupted } from "./system-calls.ts";

/**
 * Reads a whole file whose size is checked before anything is allocated. A link is not followed.
 *
 * @param maxBytes the largest size that is accepted
 * @returns undefined where there is no such file
 * @throws KaaykoError (damaged) where it is larger, or not an ordinary file; (failed) where the disk does not read
 */
export async function readFileCapped(
  path: string,
  maxBytes: number,
  fs: FileSystem = nodeFileSystem,
): Promise<Uint8Array | undefined> {
  return withDiskErrors(`read ${path}`, async () => {
    let file: OpenFile;
    try {
      file = await uninterrupted(() => fs.open(path, READ));
    } catch (error) {
      if (hasCode(error, "ENOENT")) return undefined;
      if (hasCode(error, "ELOOP", "EMLINK", "ENOTDIR")) throw refused(path, "links are not followed", error);
      throw error;
    }
    return closing(file, () => readWhole(file, path, maxBytes));
  });
}

async function readWhole(file: OpenFile, path: string, maxBytes: number): Promise<Uint8Array> {
  const { kind, size } = await uninterrupted(() => file.status());
  if (kind !== "file") throw refused(path, "it must be an ordinary file");
  if (size > maxBytes) throw refused(path, `it may have at most ${maxBytes} bytes, got ${size}`);
  const bytes = new Uint8Array(size);
  let offset = 0;
  while (offset < size) {
    const from = offset;
    const count = await uninterrupted(() => file.read(bytes, from, size - from));
    if (count === 0) break;
    offset += count;
  }
  return offset === size ? bytes : bytes.slice(0, offset);
}

function refused(path: string, rule: string, cause?: unknown): KaaykoError {
  return new KaaykoError({ action: `read ${path}`, rule, kind: "damaged", cause });
}
