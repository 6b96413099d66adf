import type { Decoding, NumberDecoding, StringDecoding } from "./column-type.ts";
import { deltaIntegers, deltaLengthStrings, deltaStrings, joinStreams } from "./delta-values.ts";
import { HybridReader } from "./hybrid-reader.ts";
import type { NumberArray } from "./number-conversion.ts";
import {
  decodedNumberValues,
  dictionaryNumberValues,
  type NumberValues,
  plainBooleanValues,
  plainNumberValues,
  runNumberValues,
} from "./number-values.ts";
import type { Page } from "./page-walker.ts";
import {
  decodedStringValues,
  dictionaryStringValues,
  plainStringValues,
  type StringEntries,
  type StringValues,
  stringEntries,
} from "./string-values.ts";

export type Dictionary = NumberArray | StringEntries;

/** A page that is being read: who is missing, and the values of the others. */
export interface OpenPage {
  /** Levels: 1 has a value, 0 is missing. Undefined where none can be missing. */
  readonly levels: HybridReader | undefined;
  readonly numbers: NumberValues | undefined;
  readonly strings: StringValues | undefined;
}

/** Splits the bytes of a data page into levels and values. Where levels say how many values there are, `present` counts them. */
export function openPage(
  page: Page,
  bytes: Uint8Array,
  optional: boolean,
  decoding: Decoding,
  dictionary: () => Dictionary,
): OpenPage {
  if (page.repetitionBytes !== 0) throw new RangeError("a list where a value should be");
  const [levelStart, levelEnd] = levelRange(page, bytes, optional);
  const levels = optional ? new HybridReader(bytes, levelStart, levelEnd, 1) : undefined;
  const present = (): number =>
    optional ? countLevels(new HybridReader(bytes, levelStart, levelEnd, 1), page.values, 1) : page.values;
  const values: ValueBytes = { bytes, start: levelEnd, encoding: page.encoding, present, dictionary };
  return { levels, ...openValues(values, decoding) };
}

/** The values of a page, all of which are there. */
export function openValues(values: ValueBytes, decoding: Decoding): Pick<OpenPage, "numbers" | "strings"> {
  return decoding.values === "numbers"
    ? { numbers: numberValues(values, decoding), strings: undefined }
    : { numbers: undefined, strings: stringValues(values, decoding) };
}

/**
 * Decodes a dictionary page.
 *
 * @param tables memory for its numbers, if there is enough of it
 */
export function openDictionary(
  page: Page,
  bytes: Uint8Array,
  decoding: Decoding,
  array: "float32" | "float64",
  tables: ArrayBuffer[],
): Dictionary {
  if (decoding.values === "strings") return stringEntries(decoding, bufferOf(bytes), page.values);
  const { values: count } = page;
  if (count * (decoding.width || 4) > bytes.length) throw new RangeError(`${count} entries in ${bytes.length} bytes`);
  const ArrayType = array === "float64" ? Float64Array : Float32Array;
  const table = tables.pop();
  const fits = table !== undefined && table.byteLength >= count * ArrayType.BYTES_PER_ELEMENT;
  const entries = fits ? new ArrayType(table, 0, count) : new ArrayType(count);
  const values = { bytes, start: 0, encoding: "PLAIN", present: () => count, dictionary: () => entries };
  numberValues(values, decoding).read(entries, 0, count);
  return entries;
}

function levelRange(page: Page, bytes: Uint8Array, optional: boolean): readonly [start: number, end: number] {
  if (page.type === "data2") return [0, page.levelBytes];
  return optional ? prefixedRange(bytes, 0) : [0, 0];
}

/**
 * Where levels lie that come behind their length in bytes.
 *
 * @throws RangeError where they reach beyond the bytes
 */
export function prefixedRange(bytes: Uint8Array, at: number): readonly [start: number, end: number] {
  const length = bytes.length - at < 4 ? -1 : bufferOf(bytes).readUInt32LE(at);
  if (length < 0 || length > bytes.length - at - 4) throw new RangeError(`levels of ${length} bytes`);
  return [at + 4, at + 4 + length];
}

/** How many of the next levels are the wanted one. */
export function countLevels(levels: HybridReader, count: number, wanted: number): number {
  const portion = new Uint32Array(Math.min(count, 1 << 12));
  let found = 0;
  for (let done = 0; done < count; done += portion.length) {
    const size = Math.min(portion.length, count - done);
    levels.read(portion, 0, size);
    for (let i = 0; i < size; i++) if (portion[i] === wanted) found++;
  }
  return found;
}

/** Where the values of a page lie, and what is needed to read them. */
export interface ValueBytes {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly encoding: string;
  readonly present: () => number;
  readonly dictionary: () => Dictionary;
}

function numberValues(values: ValueBytes, decoding: NumberDecoding): NumberValues {
  const { bytes, start, encoding } = values;
  const { raw, width } = decoding;
  switch (encoding) {
    case "PLAIN":
      if (raw === "boolean") return plainBooleanValues(bytes, start);
      if (raw === "byteArray") return decodedNumberValues(decoding, plainByteArrays(bytes, start, values.present()));
      return plainNumberValues(decoding, bytes, start);
    case "RLE":
      return runNumberValues(booleanRuns(bytes, start, raw));
    case "RLE_DICTIONARY":
    case "PLAIN_DICTIONARY":
      return dictionaryNumberValues(indexRuns(bytes, start), values.dictionary() as NumberArray);
    case "DELTA_BINARY_PACKED":
      if (raw.includes("int"))
        return decodedNumberValues(decoding, deltaIntegers(bytes, start, values.present(), width));
      break;
    case "BYTE_STREAM_SPLIT":
      if (width > 0) return plainNumberValues(decoding, joinStreams(bytes, start, values.present(), width), 0);
      break;
    case "DELTA_LENGTH_BYTE_ARRAY":
    case "DELTA_BYTE_ARRAY":
      if (raw.startsWith("byte")) return decodedNumberValues(decoding, deltaBytes(values));
  }
  throw new RangeError(`${raw} in the encoding ${encoding}`);
}

function stringValues(values: ValueBytes, decoding: StringDecoding): StringValues {
  const { bytes, start, encoding } = values;
  switch (encoding) {
    case "PLAIN":
      return plainStringValues(decoding, bufferOf(bytes), start);
    case "RLE_DICTIONARY":
    case "PLAIN_DICTIONARY":
      return dictionaryStringValues(indexRuns(bytes, start), values.dictionary() as StringEntries);
    case "BYTE_STREAM_SPLIT": {
      const { width } = decoding;
      if (width > 0) {
        const joined = joinStreams(bytes, start, values.present(), width);
        return plainStringValues(decoding, bufferOf(joined), 0);
      }
      break;
    }
    case "DELTA_LENGTH_BYTE_ARRAY":
    case "DELTA_BYTE_ARRAY":
      return decodedStringValues(decoding, deltaBytes(values));
  }
  throw new RangeError(`strings in the encoding ${encoding}`);
}

function deltaBytes({ bytes, start, encoding, present }: ValueBytes): Uint8Array[] {
  return (encoding === "DELTA_BYTE_ARRAY" ? deltaStrings : deltaLengthStrings)(bytes, start, present());
}

function booleanRuns(bytes: Uint8Array, start: number, raw: string): HybridReader {
  if (raw !== "boolean") throw new RangeError(`${raw} in the encoding RLE`);
  const length = bytes.length - start < 4 ? -1 : bufferOf(bytes).readUInt32LE(start);
  if (length < 0 || length > bytes.length - start - 4) throw new RangeError(`runs of ${length} bytes`);
  return new HybridReader(bytes, start + 4, start + 4 + length, 1);
}

function indexRuns(bytes: Uint8Array, start: number): HybridReader {
  // A page of missing values only may end before the width.
  return new HybridReader(bytes, Math.min(start + 1, bytes.length), bytes.length, bytes[start] ?? 0);
}

function plainByteArrays(bytes: Uint8Array, start: number, count: number): Uint8Array[] {
  const buffer = bufferOf(bytes);
  const values: Uint8Array[] = [];
  for (let i = 0, position = start; i < count; i++) {
    const length = position + 4 > bytes.length ? -1 : buffer.readUInt32LE(position);
    if (length < 0 || length > bytes.length - position - 4) throw new RangeError(`a value of ${length} bytes`);
    values.push(bytes.subarray(position + 4, position + 4 + length));
    position += 4 + length;
  }
  return values;
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
