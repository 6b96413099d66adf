export { decompressSnappy } from "./decompress-snappy.ts";
export { naiveDecompressSnappy } from "./naive-snappy.ts";
