/**
 * Reads unsigned integers in Parquet's hybrid of run-length and bit-packed runs (Encodings.md, RLE = 3), in portions of any
 * size: levels and dictionary indices.
 */
export class HybridReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #end: number;
  readonly #width: number;
  #at: number;
  /** Values left in the current run. */
  #left = 0;
  /** Value of the current run, -1 where it is bit-packed. */
  #value = -1;
  /** Where the current bit-packed run starts and ends, and how many of its values were read. */
  #runStart = 0;
  #runEnd = 0;
  #runDone = 0;

  /** @throws RangeError where the width is over 32 bits */
  constructor(bytes: Uint8Array, start: number, end: number, width: number) {
    if (width > 32 || start > end || end > bytes.length) throw new RangeError(`${width} bits from ${start} to ${end}`);
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = start;
    this.#end = end;
    this.#width = width;
  }

  /**
   * The next `count` values into `out` from `at` on.
   *
   * @throws RangeError where the bytes end before
   */
  read(out: Uint32Array, at: number, count: number): void {
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
    this.#runStart = this.#at;
    this.#runEnd = Math.min(this.#at + groups * this.#width, this.#end);
    this.#runDone = 0;
    const held = Math.floor(((this.#runEnd - this.#runStart) * 8) / this.#width);
    this.#left = Math.min(groups * 8, held);
    if (this.#left === 0 && wanted > 0) throw new RangeError("the runs end too early");
    this.#value = -1;
    // The next run starts on a whole byte, after the padding of this one.
    this.#at = this.#runEnd;
  }

  #startRepeated(count: number): void {
    const size = (this.#width + 7) >> 3;
    if (this.#at + size > this.#end) throw new RangeError("the runs end too early");
    let value = 0;
    for (let i = 0; i < size; i++) value += this.#bytes[this.#at++]! * 2 ** (8 * i);
    this.#value = value;
    this.#left = count;
  }

  /** Values of up to 25 bits lie in four bytes, which are read at once while there are four. */
  #unpack(out: Uint32Array, at: number, count: number): void {
    const width = this.#width;
    const view = this.#view;
    const firstBit = this.#runDone * width;
    const base = this.#runStart + Math.floor(firstBit / 8);
    const safe = width > 25 ? 0 : Math.floor(((view.byteLength - base - 4) * 8 - 7) / width);
    const fast = Math.max(0, Math.min(count, safe));
    unpackWords(view, base | 0, (firstBit % 8) | 0, width, out, at, fast);
    for (let i = fast; i < count; i++) out[at + i] = this.#valueAt(firstBit + i * width);
    this.#runDone += count;
  }

  /** The value that starts at a bit of the run, byte by byte. */
  #valueAt(firstBit: number): number {
    const width = this.#width;
    let value = 0;
    for (let taken = 0; taken < width; ) {
      const shift = (firstBit + taken) % 8;
      const bits = Math.min(8 - shift, width - taken);
      const byte = this.#bytes[this.#runStart + Math.floor((firstBit + taken) / 8)]!;
      value += ((byte >>> shift) & ((1 << bits) - 1)) * 2 ** taken;
      taken += bits;
    }
    return value;
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

/** A loop of its own, so that it is compiled for whole numbers only. */
function unpackWords(
  view: DataView,
  base: number,
  firstBit: number,
  width: number,
  out: Uint32Array,
  at: number,
  count: number,
): void {
  const mask = (1 << width) - 1;
  let bit = firstBit;
  for (let i = 0; i < count; i++) {
    out[at + i] = (view.getUint32(base + (bit >> 3), true) >>> (bit & 7)) & mask;
    bit += width;
  }
}
