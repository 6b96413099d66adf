/**
 * Reads unsigned integers in Parquet's hybrid of run-length and bit-packed runs (Encodings.md, RLE = 3), in portions of any
 * size: levels and dictionary indices.
 */
export class HybridReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  readonly #width: number;
  #at: number;
  /** Values left in the current run. */
  #left = 0;
  /** Value of the current run, -1 where it is bit-packed. */
  #value = -1;
  /** Bits of the byte before `#at` that are still to be read, in the low bits. */
  #pending = 0;
  #pendingBits = 0;
  /** Where the current bit-packed run ends. */
  #runEnd = 0;

  /** @throws RangeError where the width is over 32 bits */
  constructor(bytes: Uint8Array, start: number, end: number, width: number) {
    if (width > 32 || start > end || end > bytes.length) throw new RangeError(`${width} bits from ${start} to ${end}`);
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#width = width;
  }

  /**
   * The next `count` values into `out` from `at` on.
   *
   * @throws RangeError where the bytes end before
   */
  read(out: Uint8Array | Uint32Array, at: number, count: number): void {
    for (let done = 0; done < count; ) {
      if (this.#left === 0) this.#nextRun(count - done);
      const take = Math.min(this.#left, count - done);
      if (this.#value >= 0) out.fill(this.#value, at + done, at + done + take);
      else this.#unpack(out, at + done, take);
      this.#left -= take;
      done += take;
    }
  }

  /** If the next `count` values are one run, passes them and returns their value; otherwise moves nothing and returns -1. */
  takeRun(count: number): number {
    if (this.#left === 0 && count > 0) this.#nextRun(count);
    if (this.#value < 0 || this.#left < count) return -1;
    this.#left -= count;
    return this.#value;
  }

  #nextRun(wanted: number): void {
    if (this.#width === 0) {
      this.#value = 0;
      this.#left = wanted;
      return;
    }
    // Some writers leave runs of no values between others.
    for (let count = 0; count === 0; ) {
      const head = this.#varint();
      count = head >>> 1;
      if (count > 0 && head & 1) this.#startPacked(count, wanted);
      else if (count > 0) this.#startRepeated(count);
    }
  }

  #startPacked(groups: number, wanted: number): void {
    // The last run may be cut where its values end, so what lies here decides, not what the header says.
    this.#runEnd = Math.min(this.#at + groups * this.#width, this.#end);
    const held = Math.floor(((this.#runEnd - this.#at) * 8) / this.#width);
    this.#left = Math.min(groups * 8, held);
    if (this.#left === 0 && wanted > 0) throw new RangeError("the runs end too early");
    this.#value = -1;
    this.#pending = 0;
    this.#pendingBits = 0;
  }

  #startRepeated(count: number): void {
    const size = (this.#width + 7) >> 3;
    if (this.#at + size > this.#end) throw new RangeError("the runs end too early");
    let value = 0;
    for (let i = 0; i < size; i++) value += this.#bytes[this.#at++]! * 2 ** (8 * i);
    this.#value = value;
    this.#left = count;
  }

  #unpack(out: Uint8Array | Uint32Array, at: number, count: number): void {
    if (this.#width <= 24) this.#unpackNarrow(out, at, count);
    else this.#unpackWide(out, at, count);
    // The next run starts on a whole byte, after the padding of this one.
    if (count === this.#left) this.#at = this.#runEnd;
  }

  #unpackNarrow(out: Uint8Array | Uint32Array, at: number, count: number): void {
    const bytes = this.#bytes;
    const width = this.#width;
    const mask = (1 << width) - 1;
    let pending = this.#pending;
    let bits = this.#pendingBits;
    let next = this.#at;
    for (let i = at; i < at + count; i++) {
      while (bits < width) {
        pending |= bytes[next++]! << bits;
        bits += 8;
      }
      out[i] = pending & mask;
      pending >>>= width;
      bits -= width;
    }
    this.#at = next;
    this.#pending = pending;
    this.#pendingBits = bits;
  }

  #unpackWide(out: Uint8Array | Uint32Array, at: number, count: number): void {
    for (let i = at; i < at + count; i++) {
      let value = 0;
      for (let bit = 0; bit < this.#width; bit++) {
        if (this.#pendingBits === 0) {
          this.#pending = this.#bytes[this.#at++]!;
          this.#pendingBits = 8;
        }
        value += (this.#pending & 1) * 2 ** bit;
        this.#pending >>>= 1;
        this.#pendingBits--;
      }
      out[i] = value;
    }
  }

  #varint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      if (this.#at >= this.#end) throw new RangeError("the runs end too early");
      const byte = this.#bytes[this.#at++]!;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
    throw new RangeError("a run of more than 32 bits");
  }
}
