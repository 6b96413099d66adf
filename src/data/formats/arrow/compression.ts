import { CompressionType } from "apache-arrow/fb/compression-type";
import { compressionRegistry } from "apache-arrow/ipc/compression/registry";
import { decompressZstd } from "hyparquet-compressors";
import { decompressLz4Frame } from "./lz4-frame.ts";

/** Teaches the library the two codecs that the format knows; it brings none itself. */
export function registerCodecs(): void {
  compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: decompressLz4Frame });
  compressionRegistry.set(CompressionType.ZSTD, { decode: (bytes) => decompressZstd(bytes) });
}
