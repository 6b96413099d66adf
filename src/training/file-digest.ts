import { createHash } from "node:crypto";
import { open, stat } from "node:fs/promises";
import { hasCode } from "../core/index.ts";
import { fileSet, pathsOf, queryFileOf, tableAddress } from "../data/index.ts";

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
  const files = await filesOf(path);
  if (files.length === 1 && files[0] === path) return digestOne(path);
  const digests = await Promise.all(files.map(digestOne));
  return createHash("sha256").update(digests.join(" ")).digest("hex");
}

/** The files that an address stands for. */
async function filesOf(path: string): Promise<readonly string[]> {
  const set = fileSet(path);
  if (set !== null) return pathsOf(set);
  const queries = await queryFileOf(path);
  return queries === null ? [path] : [path, queries];
}

async function digestOne(path: string): Promise<string | null> {
  const { file: holder, table } = tableAddress(path);
  // Opening a pipe would wait for somebody who writes to it.
  const found = await stat(holder).catch((error: unknown) => {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return null;
    throw error;
  });
  if (found?.isFile() !== true) return null;
  const file = await open(holder, "r");
  try {
    const { size } = await file.stat();
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
