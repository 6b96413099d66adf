/** Bits that hold numbers up to a largest one; at least 1. */
export function bitWidth(largest: number): number {
  return Math.max(1, 32 - Math.clz32(largest));
}

/**
 * Numbers in Parquet's hybrid of runs and packed bits: one run where all are equal, else one stretch of packed bits, padded with
 * zeros to a multiple of 8 numbers.
 *
 * @param width bits of a number, 1 to 24
 */
export function encodeHybrid(numbers: Uint32Array | Uint8Array, width: number): Uint8Array {
  const first = numbers[0] ?? 0;
  if (numbers.every((number) => number === first)) return encodeRun(first, numbers.length, width);
  const groups = Math.ceil(numbers.length / 8);
  const header = varint(groups * 2 + 1);
  const bytes = new Uint8Array(header.length + groups * width);
  bytes.set(header);
  let at = header.length;
  let held = 0;
  let bits = 0;
  for (let i = 0; i < numbers.length; i++) {
    held |= numbers[i]! << bits;
    bits += width;
    while (bits >= 8) {
      bytes[at++] = held & 255;
      held >>>= 8;
      bits -= 8;
    }
  }
  if (bits > 0) bytes[at] = held & 255;
  return bytes;
}

function encodeRun(value: number, count: number, width: number): Uint8Array {
  const header = varint(count * 2);
  const bytes = new Uint8Array(header.length + Math.ceil(width / 8));
  bytes.set(header);
  for (let i = header.length, rest = value; i < bytes.length; i++, rest >>>= 8) bytes[i] = rest & 255;
  return bytes;
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
  return bytes;
}
