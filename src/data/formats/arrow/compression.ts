import { CompressionType } from "apache-arrow/fb/compression-type";
import { compressionRegistry } from "apache-arrow/ipc/compression/registry";
import { decompressZstd } from "hyparquet-compressors";
import { decompressLz4Frame } from "./lz4-frame.ts";

/** Teaches the library the two codecs that the format knows; it brings none itself. */
export function registerCodecs(): void {
  compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: decompressLz4Frame });
  compressionRegistry.set(CompressionType.ZSTD, { decode: decompressAligned });
}

/** The library lays arrays of 8-byte values over what it gets, so that must start at a multiple of 8. */
function decompressAligned(bytes: Uint8Array): Uint8Array {
  const result = decompressZstd(bytes);
  return result.byteOffset % 8 === 0 ? result : result.slice();
}
