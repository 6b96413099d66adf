import { brotliDecompressSync, gunzipSync } from "node:zlib";
import type { CompressionCodec } from "hyparquet";
import { compressors, decompressZstd } from "hyparquet-compressors";

/** Most bytes that a codec can make of one; a header that promises more lies. */
const MAX_RATIO: Partial<Record<CompressionCodec, number>> = {
  UNCOMPRESSED: 1,
  SNAPPY: 32,
  LZ4: 256,
  LZ4_RAW: 256,
  GZIP: 1100,
};
const SLACK = 1 << 10;

/** Codecs that can be read. */
export const CODECS: readonly CompressionCodec[] = [
  "UNCOMPRESSED",
  "SNAPPY",
  "GZIP",
  "BROTLI",
  "LZ4",
  "ZSTD",
  "LZ4_RAW",
];

/**
 * The bytes of a page, uncompressed. What comes back may be memory that the next call writes over.
 *
 * @param length bytes that the page's header promises; never more are made
 * @throws Error where the bytes are damaged or hold another length
 */
export function decompress(codec: CompressionCodec, bytes: Uint8Array, length: number): Uint8Array {
  if (length > bytes.length * (MAX_RATIO[codec] ?? Number.POSITIVE_INFINITY) + SLACK) {
    throw new Error(`${bytes.length} bytes of ${codec} cannot hold ${length}`);
  }
  const result = length === 0 && codec !== "UNCOMPRESSED" ? new Uint8Array(0) : run(codec, bytes, length);
  if (result.length !== length) throw new Error(`a page of ${result.length} bytes where ${length} were promised`);
  return result;
}

function run(codec: CompressionCodec, bytes: Uint8Array, length: number): Uint8Array {
  switch (codec) {
    case "UNCOMPRESSED":
      return bytes;
    case "SNAPPY":
      if (snappyLength(bytes) !== length) throw new Error(`${snappyLength(bytes)} bytes where ${length} were promised`);
      return compressors.SNAPPY!(bytes, length);
    case "GZIP":
      return gunzipSync(bytes, { maxOutputLength: length });
    case "BROTLI":
      return brotliDecompressSync(bytes, { maxOutputLength: length });
    case "ZSTD":
      return decompressZstd(bytes, new Uint8Array(length));
    case "LZ4":
    case "LZ4_RAW":
      return compressors[codec]!(bytes, length);
    default:
      throw new Error(`the codec ${codec} is not supported`);
  }
}

/** Length that a Snappy stream starts with; the library does not compare it with the memory that it writes to. */
function snappyLength(bytes: Uint8Array): number {
  let value = 0;
  for (let i = 0; i < 5; i++) {
    const byte = bytes[i] ?? 0;
    value += (byte & 127) * 2 ** (7 * i);
    if (byte < 128) return value;
  }
  return -1;
}
