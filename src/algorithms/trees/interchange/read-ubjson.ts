import type { JsonObject, JsonValue } from "../../../core/index.ts";
import { refused } from "./foreign-types.ts";

const WHAT = "the XGBoost model";
const MAX_DEPTH = 64;
const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads Universal Binary JSON (UBJSON draft 12, big-endian), in which XGBoost saves models as `.ubj` and by default.
 *
 * @throws KaaykoError (damaged)
 */
export function readUbjson(bytes: Uint8Array): JsonValue {
  const reader = new Reader(bytes);
  const value = reader.value(reader.marker(), 0);
  if (reader.rest > 0) throw refused(WHAT, "nothing may follow its last brace", `${reader.rest} bytes`);
  return value;
}

/** Bytes of a number and how it is read, by its marker. */
const NUMBERS: Readonly<Record<string, readonly [bytes: number, read: (view: DataView, at: number) => number]>> = {
  i: [1, (view, at) => view.getInt8(at)],
  U: [1, (view, at) => view.getUint8(at)],
  I: [2, (view, at) => view.getInt16(at)],
  l: [4, (view, at) => view.getInt32(at)],
  L: [8, (view, at) => Number(view.getBigInt64(at))],
  d: [4, (view, at) => view.getFloat32(at)],
  D: [8, (view, at) => view.getFloat64(at)],
};
const CONSTANTS: Readonly<Record<string, JsonValue>> = { Z: null, T: true, F: false };

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get rest(): number {
    return this.#bytes.length - this.#at;
  }

  marker(): string {
    let marker = "N";
    while (marker === "N") marker = String.fromCharCode(this.#bytes[this.#take(1)]!);
    return marker;
  }

  value(marker: string, depth: number): JsonValue {
    if (depth > MAX_DEPTH) throw refused(WHAT, `it may be ${MAX_DEPTH} levels deep`, "more");
    if (Object.hasOwn(CONSTANTS, marker)) return CONSTANTS[marker]!;
    if (marker === "S" || marker === "H") return this.#text(this.#length());
    if (marker === "C") return this.#text(1);
    if (marker === "{") return this.#object(depth);
    if (marker === "[") return this.#list(depth);
    return this.#number(marker);
  }

  #number(marker: string): number {
    const kind = Object.hasOwn(NUMBERS, marker) ? NUMBERS[marker]! : undefined;
    if (kind === undefined) throw refused(WHAT, "it must be UBJSON", `the marker ${JSON.stringify(marker)}`);
    return kind[1](this.#view, this.#take(kind[0]));
  }

  #length(): number {
    const length = this.#number(this.marker());
    if (Number.isSafeInteger(length) && length >= 0) return length;
    throw refused(WHAT, "lengths must be whole numbers", String(length));
  }

  #text(length: number): string {
    const at = this.#take(length);
    try {
      return decoder.decode(this.#bytes.subarray(at, at + length));
    } catch {
      throw refused(WHAT, "texts must be UTF-8", "other bytes");
    }
  }

  /** The type that all elements share, and their number, where a container says so. */
  #header(): { type: string | null; count: number | null } {
    const type = this.#next("$") ? this.marker() : null;
    const count = this.#next("#") ? this.#length() : null;
    if (type !== null && count === null) throw refused(WHAT, "a typed list must say its length", "none");
    // An element takes a byte at least, so that no list is longer than the file.
    if (count !== null && count > this.rest) throw refused(WHAT, "lists must lie in the file", String(count));
    return { type, count };
  }

  #list(depth: number): JsonValue[] {
    const { type, count } = this.#header();
    const values: JsonValue[] = [];
    while (count === null ? !this.#next("]") : values.length < count)
      values.push(this.value(type ?? this.marker(), depth + 1));
    return values;
  }

  #object(depth: number): JsonObject {
    const { type, count } = this.#header();
    const entries: [string, JsonValue][] = [];
    while (count === null ? !this.#next("}") : entries.length < count) {
      const name = this.#text(this.#length());
      entries.push([name, this.value(type ?? this.marker(), depth + 1)]);
    }
    return Object.fromEntries(entries);
  }

  /** Whether a character comes next, which is then passed. */
  #next(character: string): boolean {
    if (this.#bytes[this.#at] !== character.charCodeAt(0)) return false;
    this.#at++;
    return true;
  }

  #take(count: number): number {
    if (count > this.rest) throw refused(WHAT, "it must be whole", "a file that was cut off");
    this.#at += count;
    return this.#at - count;
  }
}
