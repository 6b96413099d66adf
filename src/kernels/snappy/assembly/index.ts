// Snappy's raw format. Copies are made sixteen bytes at a time and may run over their end, but never by more than that: whoever
// calls leaves so much room behind input and output, and what was written too far is written again or lies behind the output.

/** What went wrong, as the twin says it in words. */
const WHOLE: i32 = 0;
const NO_LENGTH: i32 = 1;
const OTHER_LENGTH: i32 = 2;
const LITERAL_TOO_LONG: i32 = 3;
const COPY_FROM_NOWHERE: i32 = 4;

const STEP: usize = 16;

/**
 * Decompresses the bytes from `at` to `end` to `to`.
 *
 * @param length bytes that must come out
 * @returns 0, or what is wrong with the bytes
 */
export function decompress(at: usize, end: usize, to: usize, length: usize): i32 {
  let promised: u64 = 0;
  let shift: u64 = 0;
  for (;;) {
    if (at >= end || shift > 28) return NO_LENGTH;
    const byte = load<u8>(at++);
    promised |= (<u64>(byte & 127)) << shift;
    if (byte < 128) break;
    shift += 7;
  }
  if (promised != <u64>length) return OTHER_LENGTH;
  const start = to;
  const stop = to + length;
  while (at < end) {
    const tag = <u32>load<u8>(at++);
    if ((tag & 3) == 0) {
      let count = <u64>(tag >> 2);
      if (count >= 60) {
        const extra = <usize>(count - 59);
        if (extra > end - at) return LITERAL_TOO_LONG;
        count = <u64>littleEndian(at, extra);
        at += extra;
      }
      count++;
      if (count > <u64>(end - at) || count > <u64>(stop - to)) return LITERAL_TOO_LONG;
      const bytes = <usize>count;
      if (bytes <= STEP) v128.store(to, v128.load(at));
      else memory.copy(to, at, bytes);
      at += bytes;
      to += bytes;
    } else {
      const kind = tag & 3;
      const extra: usize = kind == 1 ? 1 : kind == 2 ? 2 : 4;
      if (extra > end - at) return COPY_FROM_NOWHERE;
      const bytes: usize = kind == 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
      const distance: usize = kind == 1 ? ((tag >> 5) << 8) | <u32>load<u8>(at) : littleEndian(at, extra);
      at += extra;
      if (distance == 0 || distance > to - start || bytes > stop - to) return COPY_FROM_NOWHERE;
      copyBack(to, distance, to + bytes);
      to += bytes;
    }
  }
  return to == stop ? WHOLE : OTHER_LENGTH;
}

/** A copy may overlap what it writes, and then repeats it: no step may be longer than the distance. */
// @ts-ignore: decorator
@inline
function copyBack(to: usize, distance: usize, stop: usize): void {
  let from = to - distance;
  if (distance >= STEP) for (; to < stop; to += STEP, from += STEP) v128.store(to, v128.load(from));
  else if (distance >= 8) for (; to < stop; to += 8, from += 8) store<u64>(to, load<u64>(from));
  else if (distance >= 4) for (; to < stop; to += 4, from += 4) store<u32>(to, load<u32>(from));
  else for (; to < stop; to++, from++) store<u8>(to, load<u8>(from));
}

// @ts-ignore: decorator
@inline
function littleEndian(at: usize, count: usize): u32 {
  if (count == 2) return <u32>load<u16>(at);
  let value: u32 = 0;
  for (let i: usize = 0; i < count; i++) value |= (<u32>load<u8>(at + i)) << (<u32>i << 3);
  return value;
}
