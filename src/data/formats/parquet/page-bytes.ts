import type { FileBytes } from "../file-bytes.ts";
import { decompress } from "./decompress.ts";
import type { ChunkLayout } from "./file-layout.ts";
import type { Page } from "./page-walker.ts";

/** Memory for compressed pages, used again for every page of every column. */
export interface PageMemory {
  compressed: Uint8Array;
}

export function createPageMemory(): PageMemory {
  return { compressed: new Uint8Array(0) };
}

/** The uncompressed bytes of a page, its levels before its values. They are the caller's to keep. */
export function pageBytes(file: FileBytes, chunk: ChunkLayout, page: Page, memory: PageMemory): Uint8Array {
  if (chunk.codec === "UNCOMPRESSED" || !page.compressed) {
    const bytes = new Uint8Array(page.compressedBytes);
    file.read(bytes, page.position);
    return bytes;
  }
  if (memory.compressed.length < page.compressedBytes) memory.compressed = new Uint8Array(page.compressedBytes * 2);
  const compressed = memory.compressed.subarray(0, page.compressedBytes);
  file.read(compressed, page.position);
  if (page.type !== "data2" || page.levelBytes === 0) {
    return decompress(chunk.codec, compressed, page.uncompressedBytes);
  }
  const { levelBytes } = page;
  const bytes = new Uint8Array(page.uncompressedBytes);
  bytes.set(compressed.subarray(0, levelBytes));
  bytes.set(decompress(chunk.codec, compressed.subarray(levelBytes), page.uncompressedBytes - levelBytes), levelBytes);
  return bytes;
}
