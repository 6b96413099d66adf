/**
 * Writes protocol buffer messages: fields of numbers, texts and messages, as far as ONNX files need them.
 * Reference: the encoding guide of Protocol Buffers (varints of 7 bits, wire types 0, 2 and 5).
 */
export class Message {
  readonly #parts: Uint8Array[] = [];

  /** A whole number; negative ones take 10 bytes, as they do for int64. */
  integer(field: number, value: number): this {
    this.#tag(field, 0);
    this.#parts.push(varints([value]));
    return this;
  }

  float(field: number, value: number): this {
    this.#tag(field, 5);
    this.#parts.push(new Uint8Array(Float32Array.of(value).buffer));
    return this;
  }

  bytes(field: number, value: Uint8Array): this {
    this.#tag(field, 2);
    this.#parts.push(varints([value.length]), value);
    return this;
  }

  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  message(field: number, value: Message): this {
    return this.bytes(field, value.encode());
  }

  /** Whole numbers, packed. */
  integers(field: number, values: readonly number[]): this {
    return this.bytes(field, varints(values));
  }

  encode(): Uint8Array {
    const bytes = new Uint8Array(this.#parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of this.#parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  #tag(field: number, wire: number): void {
    this.#parts.push(varints([field * 8 + wire]));
  }
}

const LIMB = 2 ** 32;

function varints(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 10);
  let at = 0;
  for (const value of values) {
    // Two's complement over 64 bits, as two halves.
    let low = value >>> 0;
    let high = Math.floor(value / LIMB) >>> 0;
    while (high > 0 || low > 127) {
      bytes[at++] = (low & 127) | 128;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    bytes[at++] = low;
  }
  return bytes.slice(0, at);
}
