import { type Column, isStringColumn } from "../../../../core/columns.ts";
import { buildDictionary } from "./dictionary.ts";
import { bitWidth, encodeHybrid } from "./hybrid-encoder.ts";
import { ThriftWriter } from "./thrift-writer.ts";

/** What the footer says of a column of a row group. Plain data. */
export interface WrittenChunk {
  /** Bytes of the dictionary page, which comes first; 0 where there is none. */
  readonly dictionaryBytes: number;
  readonly bytes: number;
  readonly missing: number;
}

export interface WrittenGroup {
  readonly rows: number;
  readonly chunks: readonly WrittenChunk[];
}

const DATA_PAGE = 0;
const DICTIONARY_PAGE = 2;
export const PLAIN = 0;
export const RLE = 3;
export const PLAIN_DICTIONARY = 2;

/**
 * Encodes rows as a Parquet row group: a page a column, not compressed; numbers by dictionary where they repeat. Float32 numbers,
 * booleans and strings; NaN and code 0 become null.
 */
export function encodeRowGroup(
  columns: readonly Column[],
  rows: number,
): { readonly bytes: Uint8Array<ArrayBuffer>; readonly group: WrittenGroup } {
  const encoded = columns.map((column) => encodeColumn(column, rows));
  const bytes = new Uint8Array(encoded.reduce((sum, { pages }) => sum + lengthOf(pages), 0));
  let at = 0;
  const chunks = encoded.map(({ pages, dictionaryBytes, missing }): WrittenChunk => {
    const start = at;
    for (const page of pages) {
      bytes.set(page, at);
      at += page.length;
    }
    return { dictionaryBytes, bytes: at - start, missing };
  });
  return { bytes, group: { rows, chunks } };
}

interface EncodedColumn {
  readonly pages: readonly Uint8Array[];
  readonly dictionaryBytes: number;
  readonly missing: number;
}

function encodeColumn(column: Column, rows: number): EncodedColumn {
  if (isStringColumn(column)) return encodeStrings(column.codes, column.dictionary, rows);
  const values = column.values.subarray(0, rows);
  const { present, count } = presence(rows, (row) => !Number.isNaN(values[row]));
  const kept = new Float32Array(count);
  for (let row = 0, at = 0; row < rows; row++) if (!Number.isNaN(values[row]!)) kept[at++] = values[row]!;
  const levels = levelBytes(present);
  const missing = rows - count;
  if (column.kind === "boolean")
    return { pages: dataPage(rows, PLAIN, [levels, packBits(kept)]), dictionaryBytes: 0, missing };
  const dictionary = count === 0 ? null : buildDictionary(kept);
  if (dictionary === null) {
    const plain = new Uint8Array(kept.buffer, 0, kept.byteLength);
    return { pages: dataPage(rows, PLAIN, [levels, plain]), dictionaryBytes: 0, missing };
  }
  const entries = Float32Array.from(dictionary.entries, (index) => kept[index]!);
  const head = dictionaryPage(entries.length, new Uint8Array(entries.buffer));
  const body = numbersPage(rows, levels, dictionary.numbers, entries.length);
  return { pages: [...head, ...body], dictionaryBytes: lengthOf(head), missing };
}

function encodeStrings(codes: ArrayLike<number>, dictionary: readonly string[], rows: number): EncodedColumn {
  const { present, count } = presence(rows, (row) => codes[row] !== 0);
  const numbers = new Uint32Array(count);
  const known = new Map<number, number>();
  for (let row = 0, at = 0; row < rows; row++) {
    const code = codes[row]!;
    if (code === 0) continue;
    let number = known.get(code);
    if (number === undefined) {
      number = known.size;
      known.set(code, number);
    }
    numbers[at++] = number;
  }
  const levels = levelBytes(present);
  const missing = rows - count;
  if (count === 0) return { pages: dataPage(rows, PLAIN, [levels]), dictionaryBytes: 0, missing };
  const head = dictionaryPage(known.size, plainTexts([...known.keys()].map((code) => dictionary[code - 1]!)));
  const body = numbersPage(rows, levels, numbers, known.size);
  return { pages: [...head, ...body], dictionaryBytes: lengthOf(head), missing };
}

function presence(rows: number, isPresent: (row: number) => boolean): { present: Uint8Array; count: number } {
  const present = new Uint8Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row++)
    if (isPresent(row)) {
      present[row] = 1;
      count++;
    }
  return { present, count };
}

/** Definition levels with their length before them. */
function levelBytes(present: Uint8Array): Uint8Array {
  const levels = encodeHybrid(present, 1);
  const bytes = new Uint8Array(4 + levels.length);
  new DataView(bytes.buffer).setUint32(0, levels.length, true);
  bytes.set(levels, 4);
  return bytes;
}

function packBits(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(values.length / 8));
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) bytes[i >> 3]! |= 1 << (i & 7);
  return bytes;
}

function plainTexts(texts: readonly string[]): Uint8Array {
  const encoded = texts.map((text) => new TextEncoder().encode(text));
  const bytes = new Uint8Array(encoded.reduce((sum, text) => sum + 4 + text.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const text of encoded) {
    view.setUint32(at, text.length, true);
    bytes.set(text, at + 4);
    at += 4 + text.length;
  }
  return bytes;
}

function numbersPage(rows: number, levels: Uint8Array, numbers: Uint32Array, entries: number): Uint8Array[] {
  const width = bitWidth(entries - 1);
  return dataPage(rows, PLAIN_DICTIONARY, [levels, Uint8Array.of(width), encodeHybrid(numbers, width)]);
}

function dataPage(rows: number, encoding: number, parts: readonly Uint8Array[]): Uint8Array[] {
  const header = pageHeader(DATA_PAGE, lengthOf(parts), (thrift) =>
    thrift.struct(5, () => {
      thrift.i32(1, rows);
      thrift.i32(2, encoding);
      thrift.i32(3, RLE);
      thrift.i32(4, RLE);
    }),
  );
  return [header, ...parts];
}

function dictionaryPage(entries: number, bytes: Uint8Array): Uint8Array[] {
  const header = pageHeader(DICTIONARY_PAGE, bytes.length, (thrift) =>
    thrift.struct(7, () => {
      thrift.i32(1, entries);
      thrift.i32(2, PLAIN_DICTIONARY);
    }),
  );
  return [header, bytes];
}

function pageHeader(type: number, bytes: number, writeInner: (thrift: ThriftWriter) => void): Uint8Array {
  const thrift = new ThriftWriter();
  thrift.i32(1, type);
  thrift.i32(2, bytes);
  thrift.i32(3, bytes);
  writeInner(thrift);
  thrift.end();
  return thrift.bytes();
}

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}
