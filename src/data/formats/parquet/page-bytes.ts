import type { FileBytes } from "../file-bytes.ts";
import { decompress } from "./decompress.ts";
import type { ChunkLayout } from "./file-layout.ts";
import type { Page } from "./page-walker.ts";

/** Memory that is used again for page after page, and grows to the largest one. */
export interface ReusedBytes {
  bytes: Uint8Array;
}

/** Where a column's pages are read to. */
export interface PageMemory {
  readonly compressed: ReusedBytes;
  /** Holds the page at hand. Columns that finish each page before another one opens its own may share it. */
  readonly page: ReusedBytes;
  /** Dictionary pages of numbers, which are decoded at once. */
  readonly dictionary: ReusedBytes;
  /** Memory of decoded dictionaries of numbers that no column needs any more. */
  readonly tables: ArrayBuffer[];
}

const ROUNDING = 1 << 16;

/** Memory that the columns of one thread share. */
export function sharedMemory(): Omit<PageMemory, "page"> {
  return { compressed: reusedBytes(), dictionary: reusedBytes(), tables: [] };
}

export function reusedBytes(): ReusedBytes {
  return { bytes: new Uint8Array(0) };
}

/**
 * The uncompressed bytes of a page, its levels before its values.
 *
 * @param memory where they may lie; undefined for memory of their own
 */
export function pageBytes(
  file: FileBytes,
  chunk: ChunkLayout,
  page: Page,
  compressed: ReusedBytes,
  memory: ReusedBytes | undefined,
): Uint8Array {
  if (chunk.codec === "UNCOMPRESSED" || !page.compressed) {
    const bytes = room(memory, page.compressedBytes);
    file.read(bytes, page.position);
    return bytes;
  }
  const packed = room(compressed, page.compressedBytes);
  file.read(packed, page.position);
  const levels = page.repetitionBytes + page.levelBytes;
  if (levels === 0) return decompress(chunk.codec, packed, page.uncompressedBytes, (length) => room(memory, length));
  const bytes = room(memory, page.uncompressedBytes);
  bytes.set(packed.subarray(0, levels));
  const values = bytes.subarray(levels);
  const unpacked = decompress(chunk.codec, packed.subarray(levels), values.length, () => values);
  if (unpacked !== values) values.set(unpacked);
  return bytes;
}

function room(memory: ReusedBytes | undefined, length: number): Uint8Array {
  if (memory === undefined) return new Uint8Array(length);
  if (memory.bytes.length < length) memory.bytes = new Uint8Array(Math.ceil(length / ROUNDING) * ROUNDING);
  return memory.bytes.subarray(0, length);
}
