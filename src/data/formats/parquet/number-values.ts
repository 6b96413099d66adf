import type { NumberDecoding } from "./column-type.ts";
import type { HybridReader } from "./hybrid-reader.ts";
import { type NumberArray, plainNumbers, toNumber } from "./number-conversion.ts";

/** The values of a page that are not missing, in order, in portions of any size. */
export interface NumberValues {
  read(out: NumberArray, at: number, count: number): void;
  skip(count: number): void;
}

const INDEX_PORTION = 1 << 12;
const indices = new Uint32Array(INDEX_PORTION);

/** Values that lie one behind the other, all of one width. */
export function plainNumberValues(decoding: NumberDecoding, bytes: Uint8Array, start: number): NumberValues {
  const { width } = decoding;
  let position = start;
  const take = (count: number): number => {
    if (count * width > bytes.length - position) throw new RangeError("the values end too early");
    position += count * width;
    return position - count * width;
  };
  return {
    read: (out, at, count) => plainNumbers(decoding, bytes, take(count), count, out, at),
    skip: take,
  };
}

/** Booleans, a bit each. */
export function plainBooleanValues(bytes: Uint8Array, start: number): NumberValues {
  let bit = start * 8;
  const take = (count: number): number => {
    if (bit + count > bytes.length * 8) throw new RangeError("the values end too early");
    bit += count;
    return bit - count;
  };
  return {
    read(out, at, count) {
      const first = take(count);
      for (let i = 0; i < count; i++) out[at + i] = (bytes[(first + i) >> 3]! >> ((first + i) & 7)) & 1;
    },
    skip: take,
  };
}

/** Small whole numbers in runs: booleans of newer files. */
export function runNumberValues(runs: HybridReader): NumberValues {
  return dictionaryNumberValues(runs, Float32Array.of(0, 1));
}

/** Indices into a dictionary of numbers. */
export function dictionaryNumberValues(runs: HybridReader, dictionary: NumberArray): NumberValues {
  return {
    read(out, at, count) {
      for (let done = 0; done < count; done += INDEX_PORTION) {
        const portion = Math.min(INDEX_PORTION, count - done);
        runs.read(indices, 0, portion);
        lookUp(dictionary, out, at + done, portion);
      }
    },
    skip: (count) => skipRuns(runs, count),
  };
}

function lookUp(dictionary: NumberArray, out: NumberArray, at: number, count: number): void {
  const { length } = dictionary;
  for (let i = 0; i < count; i++) {
    const index = indices[i]!;
    if (index >= length) throw new RangeError(`entry ${index} of a dictionary of ${length}`);
    out[at + i] = dictionary[index]!;
  }
}

/** Values that the library decoded. */
export function decodedNumberValues(decoding: NumberDecoding, values: ArrayLike<unknown>): NumberValues {
  let next = 0;
  return {
    read(out, at, count) {
      if (count > values.length - next) throw new RangeError("the values end too early");
      for (let i = 0; i < count; i++) out[at + i] = toNumber(decoding, values[next++]);
    },
    skip(count) {
      next += count;
    },
  };
}

export function skipRuns(runs: HybridReader, count: number): void {
  for (let done = 0; done < count; done += INDEX_PORTION) runs.read(indices, 0, Math.min(INDEX_PORTION, count - done));
}
