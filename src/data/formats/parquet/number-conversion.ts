import type { NumberDecoding, Scaling } from "./column-type.ts";

/** Arrays that numbers are decoded into. */
export type NumberArray = Float32Array | Float64Array;

const DAY_MILLISECONDS = 86_400_000;
const NANOS_PER_MILLISECOND = 1_000_000;
/** Julian day of 1970-01-01. */
const EPOCH_JULIAN_DAY = 2_440_588;
const TWO_32 = 2 ** 32;
const PORTION = 1 << 12;

const singles = new Float32Array(PORTION);
let aligned = new Uint8Array(0);

/** Turns `count` PLAIN values that start at `position` into numbers in `out` from `at` on. All of them lie inside `bytes`. */
export function plainNumbers(
  decoding: NumberDecoding,
  bytes: Uint8Array,
  position: number,
  count: number,
  out: NumberArray,
  at: number,
): void {
  const { raw, width, scaling } = decoding;
  const lying = alignedBytes(bytes, position, count * width, raw === "float64" ? 8 : 4);
  const { byteOffset } = lying;
  const buffer = lying.buffer as ArrayBuffer;
  if (raw === "float32") out.set(new Float32Array(buffer, byteOffset, count), at);
  else if (raw === "float64") setDoubles(new Float64Array(buffer, byteOffset, count), out, at);
  else if (raw === "int32" || raw === "uint32") {
    const integers = new (raw === "int32" ? Int32Array : Uint32Array)(buffer, byteOffset, count);
    if (scaling.to === "same") out.set(integers, at);
    else for (let i = 0; i < count; i++) out[at + i] = scaled(scaling, integers[i]!);
  } else if (raw === "int64" || raw === "uint64") {
    const words = new Int32Array(buffer, byteOffset, count * 2);
    if (scaling.to === "milliseconds") wordsToMilliseconds(words, scaling.perMillisecond, out, at, count);
    else wordsToNumbers(words, raw === "uint64", scaling, out, at, count);
  } else if (raw === "int96") julianToMilliseconds(new Int32Array(buffer, byteOffset, count * 3), out, at, count);
  else for (let i = 0; i < count; i++) out[at + i] = bytesToNumber(decoding, bytes, position + i * width, width);
}

/** A value as the library's own decoders give it, in the same units as `plainNumbers`. */
export function toNumber(decoding: NumberDecoding, value: unknown): number {
  if (value instanceof Uint8Array) return bytesToNumber(decoding, value, 0, value.length);
  if (typeof value !== "bigint") {
    return scaled(decoding.scaling, decoding.raw === "uint32" ? Number(value) >>> 0 : Number(value));
  }
  const one = new Float64Array(1);
  plainNumbers(decoding, new Uint8Array(new BigInt64Array([value]).buffer), 0, 1, one, 0);
  return one[0]!;
}

function scaled(scaling: Scaling, value: number): number {
  if (scaling.to === "quotient") return value / scaling.divisor;
  if (scaling.to === "days") return value * DAY_MILLISECONDS;
  return scaling.to === "milliseconds" ? Math.floor(value / scaling.perMillisecond) : value;
}

function wordsToNumbers(
  words: Int32Array,
  unsigned: boolean,
  scaling: Scaling,
  out: NumberArray,
  at: number,
  count: number,
): void {
  const divisor = scaling.to === "quotient" ? scaling.divisor : 1;
  const factor = scaling.to === "days" ? DAY_MILLISECONDS : 1;
  for (let i = 0; i < count; i++) {
    const high = unsigned ? words[2 * i + 1]! >>> 0 : words[2 * i + 1]!;
    const value = high * TWO_32 + (words[2 * i]! >>> 0);
    out[at + i] = divisor === 1 ? value * factor : value / divisor;
  }
}

/** Divides 64-bit counts exactly, where a double holds only 53 bits: first the high word, then its remainder with the low one. */
function wordsToMilliseconds(words: Int32Array, per: number, out: NumberArray, at: number, count: number): void {
  for (let i = 0; i < count; i++) {
    const high = words[2 * i + 1]!;
    const quotient = Math.floor(high / per);
    const rest = (high - quotient * per) * TWO_32 + (words[2 * i]! >>> 0);
    out[at + i] = quotient * TWO_32 + Math.floor(rest / per);
  }
}

/** INT96 is the nanoseconds of the day (64 bits), then the Julian day (32 bits). */
function julianToMilliseconds(words: Int32Array, out: NumberArray, at: number, count: number): void {
  for (let i = 0; i < count; i++) {
    const nanoseconds = words[3 * i + 1]! * TWO_32 + (words[3 * i]! >>> 0);
    const days = words[3 * i + 2]! - EPOCH_JULIAN_DAY;
    out[at + i] = days * DAY_MILLISECONDS + Math.floor(nanoseconds / NANOS_PER_MILLISECOND);
  }
}

/** A float16, or a big-endian two's complement number of any length. */
export function bytesToNumber(decoding: NumberDecoding, bytes: Uint8Array, start: number, length: number): number {
  if (decoding.raw === "float16") return halfToNumber(bytes[start]! | (bytes[start + 1]! << 8));
  let unsigned = 0n;
  for (let i = start; i < start + length; i++) unsigned = (unsigned << 8n) | BigInt(bytes[i]!);
  const value = Number(BigInt.asIntN(length * 8, unsigned));
  return decoding.scaling.to === "quotient" ? value / decoding.scaling.divisor : value;
}

function halfToNumber(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Rounding into shared memory is slow, so it is done in memory of our own first. */
function setDoubles(doubles: Float64Array, out: NumberArray, at: number): void {
  if (out instanceof Float64Array) {
    out.set(doubles, at);
    return;
  }
  for (let done = 0; done < doubles.length; done += PORTION) {
    const portion = doubles.subarray(done, done + PORTION);
    singles.set(portion);
    out.set(portion.length === PORTION ? singles : singles.subarray(0, portion.length), at + done);
  }
}

/** The bytes where an array of 4- or 8-byte values can lie over them: the same ones, or a copy that the next call overwrites. */
function alignedBytes(bytes: Uint8Array, position: number, length: number, alignment: number): Uint8Array {
  const part = bytes.subarray(position, position + length);
  if (part.byteOffset % alignment === 0) return part;
  if (aligned.length < length) aligned = new Uint8Array(length);
  aligned.set(part);
  return aligned.subarray(0, length);
}
