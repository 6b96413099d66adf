import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { hasCode } from "../core/index.ts";
import { queryFileOf, slotFiles, tableAddress } from "../data/index.ts";

/** Files up to this size are hashed whole: a fraction of a second. */
const WHOLE_BYTES = 256 * 2 ** 20;
const BLOCK_BYTES = 2 ** 20;
const BLOCKS = 256;

/**
 * SHA-256 of a file's size and content, to notice before a resume that it is not the file that the run began with. Beyond
 * 256 MiB only 256 blocks of 1 MiB are looked at, the first and the last among them, so a change elsewhere may be missed. Of a file
 * of several tables the name of the one that is meant counts, too; of a folder each of its files does, as the file of queries beside a table.
 *
 * @returns null where there is no such file, as for a table in memory
 */
export async function digestFile(path: string): Promise<string | null> {
  const slots = slotFiles(path);
  const queries = slots === null ? await queryFileOf(path) : null;
  if (slots === null && queries === null) return digestOne(path);
  const digests = await Promise.all((slots === null ? [path, queries!] : Object.values(slots)).map(digestOne));
  return createHash("sha256").update(digests.join(" ")).digest("hex");
}

async function digestOne(path: string): Promise<string | null> {
  const { file: holder, table } = tableAddress(path);
  const file = await open(holder, "r").catch((error: unknown) => {
    if (hasCode(error, "ENOENT", "EISDIR", "ENOTDIR")) return null;
    throw error;
  });
  if (file === null) return null;
  try {
    const status = await file.stat();
    if (!status.isFile()) return null;
    const { size } = status;
    const hash = createHash("sha256").update(String(size));
    if (table !== null) hash.update(`#${table}`);
    const block = Buffer.alloc(BLOCK_BYTES);
    for (const start of blockStarts(size)) {
      const { bytesRead } = await file.read(block, 0, BLOCK_BYTES, start);
      hash.update(block.subarray(0, bytesRead));
    }
    return hash.digest("hex");
  } finally {
    await file.close();
  }
}

function blockStarts(size: number): number[] {
  const all = Math.ceil(size / BLOCK_BYTES);
  if (size <= WHOLE_BYTES) return Array.from({ length: all }, (_, i) => i * BLOCK_BYTES);
  return Array.from({ length: BLOCKS }, (_, i) => Math.floor((i * (size - BLOCK_BYTES)) / (BLOCKS - 1)));
}
