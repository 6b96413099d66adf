const STOP = 0;
const TRUE = 1;
const FALSE = 2;
const BYTE = 3;
const I64 = 6;
const DOUBLE = 7;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;
const MAX_DEPTH = 32;
const MAX_VARINT_BYTES = 10;

/** Thrown where the bytes end before the structure does. */
export class ThriftEnd extends Error {}

/**
 * Walks a structure of Thrift's compact protocol without building it and returns where it ends. The library that parses it
 * afterwards allocates what list lengths say; here a length that the bytes cannot hold is found first.
 *
 * @throws ThriftEnd where the bytes end too early
 * @throws Error where the bytes are not such a structure
 */
export function thriftStructEnd(bytes: Uint8Array, start: number): number {
  return walkStruct({ bytes, at: start }, 0);
}

interface Walk {
  readonly bytes: Uint8Array;
  at: number;
}

function walkStruct(walk: Walk, depth: number): number {
  if (depth > MAX_DEPTH) throw new Error(`more than ${MAX_DEPTH} levels of structures`);
  for (;;) {
    const head = nextByte(walk);
    const type = head & 15;
    if (type === STOP) return walk.at;
    if (head >> 4 === 0) varint(walk);
    walkValue(walk, type, depth);
  }
}

function walkValue(walk: Walk, type: number, depth: number): void {
  if (type === TRUE || type === FALSE) return;
  if (type === BYTE) skip(walk, 1);
  else if (type > BYTE && type <= I64) varint(walk);
  else if (type === DOUBLE) skip(walk, 8);
  else if (type === BINARY) skip(walk, varint(walk));
  else if (type === LIST) walkList(walk, depth);
  else if (type === STRUCT) walkStruct(walk, depth + 1);
  else throw new Error(`unknown type ${type}`);
}

function walkList(walk: Walk, depth: number): void {
  const head = nextByte(walk);
  const type = head & 15;
  const length = head >> 4 === 15 ? varint(walk) : head >> 4;
  // Every element takes a byte or more, so a longer list cannot be here.
  if (length > walk.bytes.length - walk.at) throw new ThriftEnd(`a list of ${length} elements`);
  for (let i = 0; i < length; i++) {
    if (type === TRUE || type === FALSE) skip(walk, 1);
    else walkValue(walk, type, depth + 1);
  }
}

function nextByte(walk: Walk): number {
  const byte = walk.bytes[walk.at++];
  if (byte === undefined) throw new ThriftEnd("the bytes end inside a structure");
  return byte;
}

function skip(walk: Walk, count: number): void {
  if (count > walk.bytes.length - walk.at) throw new ThriftEnd("the bytes end inside a value");
  walk.at += count;
}

function varint(walk: Walk): number {
  let value = 0;
  for (let i = 0; i < MAX_VARINT_BYTES; i++) {
    const byte = nextByte(walk);
    value += (byte & 127) * 2 ** (7 * i);
    if (byte < 128) return value;
  }
  throw new Error("a number of more than 64 bits");
}
