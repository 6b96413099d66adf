import { rmSync } from "node:fs";
import { open, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeFileSystem, ownedTemporary, removeAbandoned } from "../../../storage/index.ts";

const BLOCK_BYTES = 2 ** 20;
const REPLACED = /\ufffd/g;
const BEYOND_ASCII = /[^\0-\x7f\ufffd]/g;

/** Files to be removed when the process ends. */
const written = new Set<string>();

function removeCopies(): void {
  for (const copy of written) rmSync(copy, { force: true });
}

/** Of this process, by file, size and time of change: a run opens its table several times. */
const copies = new Map<string, Promise<string | null>>();

/**
 * Copies a text file of Windows-1252 (Latin-1 and what browsers take it for) as UTF-8 into the temporary folder; the copy goes when the
 * process ends, or the next one makes a copy.
 *
 * @returns null where the file is UTF-8 that was damaged rather than text of that encoding: most of its letters beyond ASCII are UTF-8
 */
export async function utf8Copy(path: string): Promise<string | null> {
  const { size, mtimeMs } = await stat(path);
  const key = `${path} ${size} ${mtimeMs}`;
  if (!copies.has(key)) copies.set(key, copyText(path));
  return copies.get(key)!;
}

async function copyText(path: string): Promise<string | null> {
  const stem = join(tmpdir(), "kaayko-utf8.csv");
  await removeAbandoned(stem, nodeFileSystem);
  const copy = ownedTemporary(stem);
  if (written.size === 0) process.once("exit", removeCopies);
  written.add(copy);
  const [utf8, latin] = [new TextDecoder("utf-8"), new TextDecoder("windows-1252")];
  const source = await open(path, "r");
  try {
    const target = await open(copy, "wx", 0o600);
    let [letters, others] = [0, 0];
    try {
      const block = Buffer.alloc(BLOCK_BYTES);
      for (;;) {
        const { bytesRead } = await source.read(block, 0, BLOCK_BYTES);
        if (bytesRead === 0) break;
        const bytes = block.subarray(0, bytesRead);
        const asUtf8 = utf8.decode(bytes, { stream: true });
        letters += asUtf8.match(BEYOND_ASCII)?.length ?? 0;
        others += asUtf8.match(REPLACED)?.length ?? 0;
        await target.writeFile(latin.decode(bytes, { stream: true }));
      }
    } finally {
      await target.close();
    }
    if (letters <= others) return copy;
    rmSync(copy, { force: true });
    return null;
  } finally {
    await source.close();
  }
}
