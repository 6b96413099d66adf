import { deltaBinaryUnpack } from "hyparquet/src/delta.js";
import { byteStreamSplit } from "hyparquet/src/encoding.js";

/** Where the library's decoders read on. */
interface Reader {
  view: DataView;
  offset: number;
}

type Integers = Int32Array | BigInt64Array;

const MAX_BLOCK = 1 << 20;
const MAX_MINIBLOCKS = 1 << 12;
/** Strings that share their beginnings can be far longer than the page that they come from. */
const MAX_TEXT_BYTES = 1 << 28;

/** DELTA_BINARY_PACKED: whole numbers as differences. */
export function deltaIntegers(bytes: Uint8Array, start: number, count: number, width: number): Integers {
  return unpack(readerOf(bytes, start), count, width);
}

/** DELTA_LENGTH_BYTE_ARRAY: all lengths, then all bytes. */
export function deltaLengthStrings(bytes: Uint8Array, start: number, count: number): Uint8Array[] {
  const reader = readerOf(bytes, start);
  const lengths = unpack(reader, count, 4) as Int32Array;
  return suffixes(bytes, reader.offset, lengths);
}

/** DELTA_BYTE_ARRAY: how much of the string before each one starts with, then the rest of it. */
export function deltaStrings(bytes: Uint8Array, start: number, count: number): Uint8Array[] {
  const reader = readerOf(bytes, start);
  const shared = unpack(reader, count, 4) as Int32Array;
  const lengths = unpack(reader, count, 4) as Int32Array;
  const rests = suffixes(bytes, reader.offset, lengths);
  let total = 0;
  let before = new Uint8Array(0);
  return rests.map((rest, i) => {
    const prefix = shared[i]!;
    total += prefix + rest.length;
    if (!(prefix >= 0 && prefix <= before.length && total <= MAX_TEXT_BYTES)) throw new RangeError("a wrong prefix");
    const value = new Uint8Array(prefix + rest.length);
    value.set(before.subarray(0, prefix));
    value.set(rest, prefix);
    before = value;
    return value;
  });
}

/** BYTE_STREAM_SPLIT: first bytes of all values, second bytes of all values, and so on; as plain values. */
export function joinStreams(bytes: Uint8Array, start: number, count: number, width: number): Uint8Array {
  if (count * width > bytes.length - start) throw new RangeError("the values end too early");
  if (count === 0) return new Uint8Array(0);
  const values = byteStreamSplit(readerOf(bytes, start), count, "FIXED_LEN_BYTE_ARRAY", width) as Uint8Array[];
  return new Uint8Array(values[0]!.buffer, 0, count * width);
}

function unpack(reader: Reader, count: number, width: number): Integers {
  const integers = width === 8 ? new BigInt64Array(count) : new Int32Array(count);
  checkBlocks(reader);
  // Of no values there is only the head of the block, which the library would take for a value.
  if (count > 0) deltaBinaryUnpack(reader, count, integers);
  else for (let i = 0; i < 4; i++) varint(reader);
  return integers;
}

/** The library allocates what the head of a block says. */
function checkBlocks(reader: Reader): void {
  const head = { view: reader.view, offset: reader.offset };
  const values = varint(head);
  const miniblocks = varint(head);
  const sane = values > 0 && values <= MAX_BLOCK && miniblocks > 0 && miniblocks <= MAX_MINIBLOCKS;
  if (!sane || values % miniblocks !== 0) throw new RangeError(`blocks of ${values} values in ${miniblocks} parts`);
}

function varint(reader: Reader): number {
  let value = 0;
  for (let i = 0; i < 10; i++) {
    const byte = reader.view.getUint8(reader.offset++);
    value += (byte & 127) * 2 ** (7 * i);
    if (byte < 128) return value;
  }
  throw new RangeError("a number of more than 64 bits");
}

function suffixes(bytes: Uint8Array, start: number, lengths: Int32Array): Uint8Array[] {
  let position = start;
  return Array.from(lengths, (length) => {
    if (!(length >= 0 && length <= bytes.length - position)) throw new RangeError(`a string of ${length} bytes`);
    position += length;
    return bytes.subarray(position - length, position);
  });
}

function readerOf(bytes: Uint8Array, start: number): Reader {
  return { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: start };
}
