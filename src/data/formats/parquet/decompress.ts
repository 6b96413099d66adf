import { brotliDecompressSync, gunzipSync } from "node:zlib";
import type { CompressionCodec } from "hyparquet";
import { decompressLz4, decompressLz4Raw, decompressZstd } from "hyparquet-compressors";
import { decompressSnappy } from "../../../kernels/snappy/index.ts";

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
 * The bytes of a page, uncompressed: in memory from `room`, or in memory of their own.
 *
 * @param length bytes that the page's header promises; never more are made
 * @throws Error where the bytes are damaged or hold another length
 */
export function decompress(
  codec: CompressionCodec,
  bytes: Uint8Array,
  length: number,
  room: (length: number) => Uint8Array,
): Uint8Array {
  if (length > bytes.length * (MAX_RATIO[codec] ?? Number.POSITIVE_INFINITY) + SLACK) {
    throw new Error(`${bytes.length} bytes of ${codec} cannot hold ${length}`);
  }
  if (length === 0) return new Uint8Array(0);
  const result = run(codec, bytes, length, room);
  if (result.length !== length) throw new Error(`a page of ${result.length} bytes where ${length} were promised`);
  return result;
}

function run(
  codec: CompressionCodec,
  bytes: Uint8Array,
  length: number,
  room: (length: number) => Uint8Array,
): Uint8Array {
  switch (codec) {
    case "SNAPPY": {
      const output = room(length);
      decompressSnappy(bytes, output);
      return output;
    }
    case "GZIP":
      return gunzipSync(bytes, { maxOutputLength: length });
    case "BROTLI":
      return brotliDecompressSync(bytes, { maxOutputLength: length });
    case "ZSTD": {
      const output = room(length);
      decompressZstd(bytes, output);
      return output;
    }
    case "LZ4":
    case "LZ4_RAW":
      return (codec === "LZ4" ? decompressLz4 : decompressLz4Raw)(bytes, length);
    default:
      throw new Error(`the codec ${codec} is not supported`);
  }
}
