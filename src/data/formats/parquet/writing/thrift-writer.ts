/** Field types of Thrift's compact protocol. */
const I32 = 5;
const I64 = 6;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;

const encoder = new TextEncoder();

/**
 * Writes Thrift's compact protocol, as far as Parquet's metadata needs it. Fields of a struct are written in ascending order of their
 * numbers.
 */
export class ThriftWriter {
  #bytes = new Uint8Array(1024);
  #length = 0;
  /** The last field's number in each open struct. */
  readonly #last = [0];

  bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  i32(field: number, value: number): void {
    this.#field(field, I32);
    this.#zigzag(value);
  }

  /** @param value a whole number up to 2^53 */
  i64(field: number, value: number): void {
    this.#field(field, I64);
    this.#zigzag(value);
  }

  text(field: number, value: string): void {
    this.#field(field, BINARY);
    this.#binary(value);
  }

  struct(field: number, write: () => void): void {
    this.#field(field, STRUCT);
    this.#open(write);
  }

  structs<Item>(field: number, items: readonly Item[], write: (item: Item) => void): void {
    this.#list(field, STRUCT, items.length);
    for (const item of items) this.#open(() => write(item));
  }

  texts(field: number, items: readonly string[]): void {
    this.#list(field, BINARY, items.length);
    for (const item of items) this.#binary(item);
  }

  numbers(field: number, items: readonly number[]): void {
    this.#list(field, I32, items.length);
    for (const item of items) this.#zigzag(item);
  }

  /** Ends the outermost struct. */
  end(): void {
    this.#byte(0);
  }

  #open(write: () => void): void {
    this.#last.push(0);
    write();
    this.#last.pop();
    this.#byte(0);
  }

  #field(field: number, type: number): void {
    const step = field - this.#last.at(-1)!;
    this.#last[this.#last.length - 1] = field;
    if (step >= 1 && step <= 15) this.#byte((step << 4) | type);
    else {
      this.#byte(type);
      this.#zigzag(field);
    }
  }

  #list(field: number, type: number, size: number): void {
    this.#field(field, LIST);
    if (size < 15) this.#byte((size << 4) | type);
    else {
      this.#byte(0xf0 | type);
      this.#varint(size);
    }
  }

  #binary(value: string): void {
    const bytes = encoder.encode(value);
    this.#varint(bytes.length);
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #zigzag(value: number): void {
    this.#varint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  /** By division, because shifts hold 32 bits only. */
  #varint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.#byte((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    this.#byte(rest);
  }

  #byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * (this.#length + bytes));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
