const MAGIC = 0x184d2204;
const MAX_BYTES = 2 ** 31 - 1;
/** Bytes that a byte of LZ4 can become at most. */
const MAX_RATIO = 255;

/**
 * Decompresses an LZ4 frame (lz4_Frame_format.md): blocks that may refer to the blocks before them. Checksums are passed over.
 *
 * @throws RangeError where it is damaged
 */
export function decompressLz4Frame(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC) throw new RangeError("not an LZ4 frame");
  const flags = view.getUint8(4);
  const hasSize = (flags & 8) !== 0;
  let at = 7 + (hasSize ? 8 : 0) + (flags & 1 ? 4 : 0);
  const known = hasSize ? Number(view.getBigUint64(6, true)) : bytes.length * 4;
  if (known > Math.min(MAX_BYTES, bytes.length * MAX_RATIO + 64)) throw new RangeError(`a frame of ${known} bytes`);
  const output = { bytes: new Uint8Array(known), length: 0 };
  for (;;) {
    const head = view.getUint32(at, true);
    at += 4;
    if (head === 0) return output.bytes.subarray(0, output.length);
    const size = head & 0x7fffffff;
    if (size > bytes.length - at) throw new RangeError(`a block of ${size} bytes`);
    const block = bytes.subarray(at, at + size);
    if (head >>> 31) append(output, block);
    else decompressBlock(block, output);
    at += size + (flags & 16 ? 4 : 0);
  }
}

interface Output {
  bytes: Uint8Array;
  length: number;
}

function append(output: Output, bytes: Uint8Array): void {
  reserve(output, bytes.length);
  output.bytes.set(bytes, output.length);
  output.length += bytes.length;
}

function reserve(output: Output, count: number): void {
  if (output.length + count <= output.bytes.length) return;
  if (output.length + count > MAX_BYTES) throw new RangeError("a frame too long");
  const grown = new Uint8Array(Math.max(output.length + count, output.bytes.length * 2));
  grown.set(output.bytes.subarray(0, output.length));
  output.bytes = grown;
}

/** Sequences of literals and copies of what came before (lz4_Block_format.md). */
function decompressBlock(block: Uint8Array, output: Output): void {
  for (let at = 0; at < block.length; ) {
    const token = block[at++]!;
    const [literals, start] = longLength(block, at, token >> 4);
    if (literals > block.length - start) throw new RangeError("literals beyond the block");
    append(output, block.subarray(start, start + literals));
    at = start + literals;
    if (at >= block.length) return;
    const distance = block[at]! | ((block[at + 1] ?? 0) << 8);
    const [length, next] = longLength(block, at + 2, token & 15);
    at = next;
    if (distance === 0 || distance > output.length) throw new RangeError(`a copy from ${distance} bytes before`);
    copyBack(output, distance, length + 4);
  }
}

function longLength(block: Uint8Array, start: number, short: number): readonly [length: number, next: number] {
  let length = short;
  let at = start;
  if (short === 15) {
    let byte = 255;
    while (byte === 255) {
      byte = block[at++] ?? 0;
      length += byte;
    }
  }
  return [length, at];
}

/** A copy may overlap what it writes, and then repeats it. */
function copyBack(output: Output, distance: number, length: number): void {
  reserve(output, length);
  const { bytes } = output;
  let from = output.length - distance;
  for (let to = output.length; to < output.length + length; ) bytes[to++] = bytes[from++]!;
  output.length += length;
}
