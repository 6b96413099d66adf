/**
 * Splits a node's row numbers in place, both sides in their old order: lefts move to the front, rights wait in a scratch buffer. Eight
 * at a time; a store may run over what was read already, never over what was not.
 */

/** Fewer rows do not earn the bits that runs are looked up in. */
const FEW_ROWS: i32 = 64;

/** Byte shuffles that pack the 16-bit lanes whose bit is set in a mask to the front; one of 16 bytes for each mask. */
export function preparePacking(table: usize): void {
  for (let mask: u32 = 0; mask < 256; mask++) {
    let to = table + <usize>(mask << 4);
    for (let pass: u32 = 0; pass < 2; pass++) {
      for (let lane: u32 = 0; lane < 8; lane++) {
        if (((mask >> lane) & 1) == pass) continue;
        store<u8>(to, <u8>(2 * lane));
        store<u8>(to, <u8>(2 * lane + 1), 1);
        to += 2;
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function direction(numbers: usize, lane: usize, column: usize, stride: usize, table: usize): u32 {
  return <u32>load<u8>(table + <usize>load<u8>(column + <usize>load<u16>(numbers + (lane << 1)) * stride));
}

/** Which of eight rows go right, a bit each. */
// @ts-ignore: decorator
@inline
function rightsOf(p: usize, column: usize, step: usize, table: usize): u32 {
  return (
    (direction(p, 0, column, step, table) | (direction(p, 1, column, step, table) << 1) |
      ((direction(p, 2, column, step, table) << 2) | (direction(p, 3, column, step, table) << 3))) |
    (((direction(p, 4, column, step, table) << 4) | (direction(p, 5, column, step, table) << 5)) |
      ((direction(p, 6, column, step, table) << 6) | (direction(p, 7, column, step, table) << 7)))
  );
}

/** Packs eight row numbers to both sides; the caller moves on by how many went to each. */
// @ts-ignore: decorator
@inline
function packEight(lanes: v128, mask: u32, left: usize, right: usize, packing: usize): void {
  v128.store(left, i8x16.swizzle(lanes, v128.load(packing + <usize>((mask ^ 255) << 4))));
  v128.store(right, i8x16.swizzle(lanes, v128.load(packing + <usize>(mask << 4))));
}

/**
 * Parts a node's rows. Returns the number of lefts.
 *
 * @param numbers of the rows, ascending
 * @param stride bytes from a row's code to that of the next
 * @param table a byte for each of 256 codes, 1 goes right
 */
export function partition(numbers: usize, count: i32, column: usize, stride: i32, table: usize, waiting: usize, packing: usize): i32 {
  if (stride != 1) return partRows(numbers, count, column, <usize>stride, table, waiting, packing);
  if (count < FEW_ROWS) return partRows(numbers, count, column, 1, table, waiting, packing);
  return partRuns(numbers, count, column, table, waiting, packing);
}

// @ts-ignore: decorator
@inline
function partRows(numbers: usize, count: i32, column: usize, step: usize, table: usize, waiting: usize, packing: usize): i32 {
  const end = numbers + (<usize>count << 1);
  let left = numbers;
  let right = waiting;
  let p = numbers;
  for (; p + 16 <= end; p += 16) {
    const mask = rightsOf(p, column, step, table);
    packEight(v128.load(p), mask, left, right, packing);
    const rights = <usize>popcnt<u32>(mask) << 1;
    left += 16 - rights;
    right += rights;
  }
  return partLast(numbers, p, end, left, right, column, step, table, waiting);
}

/** Parts the rows that do not fill a vector, and puts the rights behind the lefts. */
// @ts-ignore: decorator
@inline
function partLast(
  numbers: usize, from: usize, end: usize, leftEnd: usize, rightEnd: usize, column: usize, step: usize, table: usize, waiting: usize,
): i32 {
  let left = leftEnd;
  let right = rightEnd;
  for (let p = from; p < end; p += 2) {
    const number = load<u16>(p);
    const goesRight = <usize>load<u8>(table + <usize>load<u8>(column + <usize>number * step));
    store<u16>(left, number);
    store<u16>(right, number);
    left += 2 - (goesRight << 1);
    right += goesRight << 1;
  }
  memory.copy(left, waiting, right - waiting);
  return <i32>((left - numbers) >> 1);
}

/** Where the codes of a column follow each other, so do those of a run of rows: sixteen at once are looked up in a table of bits. */
function partRuns(numbers: usize, count: i32, column: usize, table: usize, waiting: usize, packing: usize): i32 {
  const end = numbers + (<usize>count << 1);
  const low = bitsOf(table);
  const high = bitsOf(table + 128);
  let left = numbers;
  let right = waiting;
  let p = numbers;
  for (; p + 32 <= end; p += 32) {
    const first = <usize>load<u16>(p);
    const mask = <usize>load<u16>(p, 30) - first == 15
      ? rightsOfRun(v128.load(column + first), low, high)
      : rightsOf(p, column, 1, table) | (rightsOf(p + 16, column, 1, table) << 8);
    const second = v128.load(p, 16);
    packEight(v128.load(p), mask & 255, left, right, packing);
    const some = <usize>popcnt<u32>(mask & 255) << 1;
    left += 16 - some;
    right += some;
    packEight(second, mask >> 8, left, right, packing);
    const others = <usize>popcnt<u32>(mask >> 8) << 1;
    left += 16 - others;
    right += others;
  }
  return partLast(numbers, p, end, left, right, column, 1, table, waiting);
}

/** 128 bytes of a table of directions as bits. */
// @ts-ignore: decorator
@inline
function bitsOf(table: usize): v128 {
  let bits = i16x8.splat(0);
  bits = i16x8.replace_lane(bits, 0, sixteenBits(table));
  bits = i16x8.replace_lane(bits, 1, sixteenBits(table + 16));
  bits = i16x8.replace_lane(bits, 2, sixteenBits(table + 32));
  bits = i16x8.replace_lane(bits, 3, sixteenBits(table + 48));
  bits = i16x8.replace_lane(bits, 4, sixteenBits(table + 64));
  bits = i16x8.replace_lane(bits, 5, sixteenBits(table + 80));
  bits = i16x8.replace_lane(bits, 6, sixteenBits(table + 96));
  return i16x8.replace_lane(bits, 7, sixteenBits(table + 112));
}

/** Sixteen directions as bits. */
// @ts-ignore: decorator
@inline
function sixteenBits(directions: usize): i16 {
  return <i16>i8x16.bitmask(i8x16.ne(v128.load(directions), i8x16.splat(0)));
}

/** Which of sixteen codes go right: the bit of number `code & 7` in byte `code >> 3`; bytes beyond a half are 0 to a swizzle. */
// @ts-ignore: decorator
@inline
function rightsOfRun(codes: v128, low: v128, high: v128): u32 {
  const byte = i8x16.shr_u(codes, 3);
  const held = v128.or(i8x16.swizzle(low, byte), i8x16.swizzle(high, v128.xor(byte, i8x16.splat(16))));
  const bit = i8x16.swizzle(i8x16(1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0), v128.and(codes, i8x16.splat(7)));
  return i8x16.bitmask(i8x16.ne(v128.and(held, bit), i8x16.splat(0)));
}
