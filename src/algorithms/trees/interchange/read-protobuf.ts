import { refused } from "./foreign-types.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });

interface Field {
  readonly wire: number;
  /** Of a varint. */
  readonly integer: number;
  /** Of every other wire type. */
  readonly bytes: Uint8Array;
}

const NO_BYTES = new Uint8Array(0);

/**
 * The fields of a protocol buffer message by their numbers. Submessages are read when they are asked for; scalars may lie packed or one
 * by one.
 *
 * @throws KaaykoError (damaged)
 */
export class Fields {
  readonly #fields = new Map<number, Field[]>();
  readonly #what: string;

  constructor(bytes: Uint8Array, what: string) {
    this.#what = what;
    const reader = new Cursor(bytes, what);
    while (!reader.atEnd) {
      const tag = reader.varint();
      const number = Math.floor(tag / 8);
      const field = readField(reader, tag % 8, what);
      const known = this.#fields.get(number);
      if (known === undefined) this.#fields.set(number, [field]);
      else known.push(field);
    }
  }

  integer(number: number): number | undefined {
    return this.#last(number, 0)?.integer;
  }

  text(number: number): string | undefined {
    return this.texts(number).at(-1);
  }

  texts(number: number): string[] {
    return this.#of(number, 2).map(({ bytes }) => {
      try {
        return decoder.decode(bytes);
      } catch {
        throw refused(this.#what, "texts must be UTF-8", "other bytes");
      }
    });
  }

  bytes(number: number): Uint8Array | undefined {
    return this.#last(number, 2)?.bytes;
  }

  message(number: number): Fields | undefined {
    const bytes = this.bytes(number);
    return bytes === undefined ? undefined : new Fields(bytes, this.#what);
  }

  messages(number: number): Fields[] {
    return this.#of(number, 2).map(({ bytes }) => new Fields(bytes, this.#what));
  }

  integers(number: number): number[] {
    return (this.#fields.get(number) ?? []).flatMap(({ wire, integer, bytes }) => {
      if (wire === 0) return [integer];
      const reader = new Cursor(bytes, this.#what);
      const values: number[] = [];
      while (!reader.atEnd) values.push(reader.varint());
      return values;
    });
  }

  /** Numbers of 4 or 8 bytes. */
  reals(number: number, width: 4 | 8): number[] {
    return (this.#fields.get(number) ?? []).flatMap(({ bytes }) => realsOf(bytes, width, this.#what));
  }

  #of(number: number, wire: number): Field[] {
    const fields = this.#fields.get(number) ?? [];
    if (fields.every((field) => field.wire === wire)) return fields;
    throw refused(this.#what, "its messages must be those of ONNX", `field ${number} of another type`);
  }

  #last(number: number, wire: number): Field | undefined {
    return this.#of(number, wire).at(-1);
  }
}

function readField(reader: Cursor, wire: number, what: string): Field {
  if (wire === 0) return { wire, integer: reader.varint(), bytes: NO_BYTES };
  const length = wire === 2 ? reader.varint() : wire === 5 ? 4 : wire === 1 ? 8 : -1;
  if (length < 0) throw refused(what, "it must be protocol buffers", `wire type ${wire}`);
  return { wire, integer: 0, bytes: reader.take(length) };
}

/** Little-endian numbers. */
export function realsOf(bytes: Uint8Array, width: 4 | 8, what: string): number[] {
  if (bytes.length % width !== 0) throw refused(what, "lists of numbers must be whole", `${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / width }, (_, i) =>
    width === 4 ? view.getFloat32(i * 4, true) : view.getFloat64(i * 8, true),
  );
}

class Cursor {
  readonly #bytes: Uint8Array;
  readonly #what: string;
  #at = 0;

  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.#what = what;
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** A whole number of up to 64 bits, two's complement. */
  varint(): number {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.take(1)[0]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return Number(BigInt.asIntN(64, value));
    }
    throw refused(this.#what, "it must be protocol buffers", "a number of more than 64 bits");
  }

  take(count: number): Uint8Array {
    if (!(count >= 0 && count <= this.#bytes.length - this.#at))
      throw refused(this.#what, "it must be whole", "a file that was cut off");
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }
}
