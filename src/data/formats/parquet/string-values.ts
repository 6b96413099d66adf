import { codeOf, type StringCoder } from "../string-coder.ts";
import type { StringDecoding } from "./column-type.ts";
import type { HybridReader } from "./hybrid-reader.ts";
import { skipRuns } from "./number-values.ts";

/** The strings of a page that are not missing, in order, as codes of a dictionary that grows. */
export interface StringValues {
  read(out: Uint32Array, at: number, count: number, coder: StringCoder): void;
  skip(count: number): void;
}

/** The dictionary of a chunk. Entries become strings when they are first used. */
export interface StringEntries {
  readonly count: number;
  text(entry: number): string;
  /** Codes by entry for the coder that used them last; 0 where the entry has none yet. */
  codes: Uint32Array;
  coder: StringCoder | undefined;
}

/**
 * Strings that lie one behind the other, each after its length.
 *
 * @throws RangeError where there are fewer than `count` in the bytes
 */
export function stringEntries(decoding: StringDecoding, bytes: Buffer, count: number): StringEntries {
  const prefix = decoding.width === 0 ? 4 : 0;
  if (count * (prefix + decoding.width) > bytes.length)
    throw new RangeError(`${count} strings in ${bytes.length} bytes`);
  const offsets = new Uint32Array(count + 1);
  let position = 0;
  for (let i = 0; i < count; i++) {
    const length = lengthAt(decoding, bytes, position);
    position += prefix + length;
    offsets[i + 1] = position;
  }
  const texts = new Array<string | undefined>(count);
  const text = (i: number): string => {
    texts[i] ??= stringOf(decoding, bytes, offsets[i]! + prefix, offsets[i + 1]!);
    return texts[i]!;
  };
  return { count, text, codes: new Uint32Array(count), coder: undefined };
}

/** Indices into a dictionary. */
export function dictionaryStringValues(runs: HybridReader, entries: StringEntries): StringValues {
  return {
    read(out, at, count, coder) {
      if (entries.coder !== coder) {
        entries.codes.fill(0);
        entries.coder = coder;
      }
      const { codes } = entries;
      runs.read(out, at, count);
      for (let i = at; i < at + count; i++) {
        const entry = out[i]!;
        if (entry >= entries.count) throw new RangeError(`entry ${entry} of a dictionary of ${entries.count}`);
        let code = codes[entry]!;
        if (code === 0) {
          code = codeOf(coder, entries.text(entry));
          codes[entry] = code;
        }
        out[i] = code;
      }
    },
    skip: (count) => skipRuns(runs, count),
  };
}

/** Strings that lie one behind the other. */
export function plainStringValues(decoding: StringDecoding, bytes: Buffer, start: number): StringValues {
  const prefix = decoding.width === 0 ? 4 : 0;
  let position = start;
  return {
    read(out, at, count, coder) {
      for (let i = at; i < at + count; i++) {
        const first = position + prefix;
        position = first + lengthAt(decoding, bytes, position);
        out[i] = codeOf(coder, stringOf(decoding, bytes, first, position));
      }
    },
    skip(count) {
      for (let i = 0; i < count; i++) position += prefix + lengthAt(decoding, bytes, position);
    },
  };
}

/** Strings that the library decoded to bytes. */
export function decodedStringValues(decoding: StringDecoding, values: readonly Uint8Array[]): StringValues {
  let next = 0;
  return {
    read(out, at, count, coder) {
      if (count > values.length - next) throw new RangeError("the values end too early");
      for (let i = at; i < at + count; i++) {
        const value = values[next++]!;
        const bytes = Buffer.from(value.buffer, value.byteOffset, value.length);
        out[i] = codeOf(coder, stringOf(decoding, bytes, 0, bytes.length));
      }
    },
    skip(count) {
      next += count;
    },
  };
}

function lengthAt(decoding: StringDecoding, bytes: Buffer, position: number): number {
  const room = bytes.length - position - (decoding.width === 0 ? 4 : 0);
  const length = decoding.width === 0 && room >= 0 ? bytes.readUInt32LE(position) : decoding.width;
  if (length > room) throw new RangeError(`a string of ${length} bytes where ${Math.max(room, 0)} are left`);
  return length;
}

function stringOf(decoding: StringDecoding, bytes: Buffer, start: number, end: number): string {
  if (decoding.text === "utf8") return bytes.toString("utf8", start, end);
  const hex = bytes.toString("hex", start, end);
  if (decoding.text === "hex") return hex;
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
