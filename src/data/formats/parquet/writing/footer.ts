import type { ColumnSchema } from "../../../../core/columns.ts";
import { PLAIN, PLAIN_DICTIONARY, RLE, type WrittenChunk, type WrittenGroup } from "./encode-row-group.ts";
import { ThriftWriter } from "./thrift-writer.ts";

/** The four bytes at both ends of a Parquet file. */
export const MAGIC: Uint8Array = new TextEncoder().encode("PAR1");

const BOOLEAN = 0;
const FLOAT = 4;
const BYTE_ARRAY = 6;
const OPTIONAL = 1;
const UTF8 = 0;
const UNCOMPRESSED = 0;

/**
 * The end of a Parquet file (format version 1) of row groups that lie one after another behind the magic bytes: metadata, its length,
 * magic bytes.
 */
export function encodeFooter(columns: readonly ColumnSchema[], groups: readonly WrittenGroup[]): Uint8Array {
  const thrift = new ThriftWriter();
  thrift.i32(1, 1);
  const root = { name: "schema", kind: null };
  thrift.structs<{ name: string; kind: ColumnSchema["kind"] | null }>(2, [root, ...columns], ({ name, kind }) => {
    if (kind === null) {
      thrift.text(4, name);
      thrift.i32(5, columns.length);
      return;
    }
    thrift.i32(1, physicalType(kind));
    thrift.i32(3, OPTIONAL);
    thrift.text(4, name);
    if (physicalType(kind) === BYTE_ARRAY) thrift.i32(6, UTF8);
  });
  thrift.i64(
    3,
    groups.reduce((sum, { rows }) => sum + rows, 0),
  );
  let offset = MAGIC.length;
  thrift.structs(4, groups, (group) => {
    thrift.structs(1, group.chunks, (chunk) => {
      const index = group.chunks.indexOf(chunk);
      writeChunk(thrift, columns[index]!, chunk, group.rows, offset);
      offset += chunk.bytes;
    });
    thrift.i64(
      2,
      group.chunks.reduce((sum, { bytes }) => sum + bytes, 0),
    );
    thrift.i64(3, group.rows);
  });
  thrift.text(6, "kaayko");
  thrift.end();
  const metadata = thrift.bytes();
  const footer = new Uint8Array(metadata.length + 8);
  footer.set(metadata);
  new DataView(footer.buffer).setUint32(metadata.length, metadata.length, true);
  footer.set(MAGIC, metadata.length + 4);
  return footer;
}

function writeChunk(
  thrift: ThriftWriter,
  { name, kind }: ColumnSchema,
  { bytes, dictionaryBytes, missing }: WrittenChunk,
  rows: number,
  offset: number,
): void {
  thrift.i64(2, offset);
  thrift.struct(3, () => {
    thrift.i32(1, physicalType(kind));
    thrift.numbers(2, dictionaryBytes > 0 ? [PLAIN, RLE, PLAIN_DICTIONARY] : [PLAIN, RLE]);
    thrift.texts(3, [name]);
    thrift.i32(4, UNCOMPRESSED);
    thrift.i64(5, rows);
    thrift.i64(6, bytes);
    thrift.i64(7, bytes);
    thrift.i64(9, offset + dictionaryBytes);
    if (dictionaryBytes > 0) thrift.i64(11, offset);
    thrift.struct(12, () => thrift.i64(3, missing));
  });
}

function physicalType(kind: ColumnSchema["kind"]): number {
  if (kind === "boolean") return BOOLEAN;
  return kind === "numeric" ? FLOAT : BYTE_ARRAY;
}
