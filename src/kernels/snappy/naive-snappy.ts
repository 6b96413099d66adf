/** Literals shorter than this are copied byte by byte; a call costs more. */
const SHORT_LITERAL = 24;

/**
 * The kernel's twin in plain TypeScript: decompresses Snappy's raw format (format_description.txt of google/snappy).
 *
 * @param output exactly as long as the page's header promises
 * @throws RangeError where the bytes are damaged or hold another length
 */
export function naiveDecompressSnappy(bytes: Uint8Array, output: Uint8Array): void {
  let at = lengthEnd(bytes, output.length);
  let to = 0;
  while (at < bytes.length) {
    const tag = bytes[at++]!;
    if ((tag & 3) === 0) {
      const extra = Math.max((tag >>> 2) - 59, 0);
      const length = (extra === 0 ? tag >>> 2 : littleEndian(bytes, at, extra)) + 1;
      at += extra;
      if (length > bytes.length - at || length > output.length - to) throw new RangeError("a literal too long");
      if (length < SHORT_LITERAL) for (let i = 0; i < length; i++) output[to + i] = bytes[at + i]!;
      else output.set(bytes.subarray(at, at + length), to);
      at += length;
      to += length;
    } else {
      const far = (tag & 3) - 1;
      const length = far === 0 ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1;
      const distance = far === 0 ? ((tag >>> 5) << 8) | bytes[at]! : littleEndian(bytes, at, 2 * far);
      at += far === 0 ? 1 : 2 * far;
      // Past the end of the bytes the distance is no number or wrong, and at is too large.
      if (!(distance > 0 && distance <= to && length <= output.length - to))
        throw new RangeError("a copy from nowhere");
      // A copy may overlap what it writes, and then repeats it.
      for (let from = to - distance, end = to + length; to < end; ) output[to++] = output[from++]!;
    }
  }
  if (at !== bytes.length || to !== output.length)
    throw new RangeError(`${to} bytes where ${output.length} were promised`);
}

/** Where the length at the start ends. */
function lengthEnd(bytes: Uint8Array, expected: number): number {
  let length = 0;
  for (let i = 0; i < 5 && i < bytes.length; i++) {
    const byte = bytes[i]!;
    length += (byte & 127) * 2 ** (7 * i);
    if (byte >= 128) continue;
    if (length !== expected) throw new RangeError(`${length} bytes where ${expected} were promised`);
    return i + 1;
  }
  throw new RangeError("no length at the start");
}

/** A whole number of 1 to 4 bytes; what lies past the end counts as 0. */
function littleEndian(bytes: Uint8Array, at: number, count: number): number {
  if (count === 2) return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
  let value = 0;
  for (let i = 0; i < count; i++) value += (bytes[at + i] ?? 0) * 2 ** (8 * i);
  return value;
}
