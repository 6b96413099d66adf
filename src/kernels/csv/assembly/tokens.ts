// Rows and cells of a block of CSV bytes. A cell is two u32: its start, and its end with two flags in the top bits.

export const QUOTED: u32 = 0x80000000;
export const DOUBLED: u32 = 0x40000000;
export const ADDRESS: u32 = 0x3fffffff;

const LF: u32 = 10;
const CR: u32 = 13;
const QUOTE: u32 = 34;

const RAGGED: i32 = -1;
const AFTER_QUOTE: i32 = -2;
const UNTERMINATED: i32 = -3;

let doubled: bool = false;

/** First byte at or after `p` that ends an unquoted cell. Reads up to 15 bytes beyond `to`. */
// @ts-ignore: decorator
@inline
function endOfCell(p: usize, to: usize, delimiter: v128): usize {
  const lf = i8x16.splat(10);
  const cr = i8x16.splat(13);
  while (p < to) {
    const bytes = v128.load(p);
    const hits = v128.or(v128.or(i8x16.eq(bytes, delimiter), i8x16.eq(bytes, lf)), i8x16.eq(bytes, cr));
    const mask = i8x16.bitmask(hits);
    if (mask != 0) {
      const at = p + <usize>ctz(mask);
      return at < to ? at : to;
    }
    p += 16;
  }
  return to;
}

/** The quote that closes a quoted cell whose text starts at `p`; `to` where none does. Sets `doubled`. */
function closingQuote(p: usize, to: usize): usize {
  const quote = i8x16.splat(34);
  doubled = false;
  while (p < to) {
    const mask = i8x16.bitmask(i8x16.eq(v128.load(p), quote));
    if (mask == 0) {
      p += 16;
      continue;
    }
    p += <usize>ctz(mask);
    if (p >= to) return to;
    if (p + 1 < to && load<u8>(p + 1) == QUOTE) {
      doubled = true;
      p += 2;
    } else {
      return p;
    }
  }
  return to;
}

/**
 * Splits [from, to) into rows of `columns` cells, row after row at `cells`. Blank lines are skipped; one empty cell too many
 * at the end of a row (a trailing delimiter) is allowed. Returns the number of rows, or a negative problem with
 * the address of the row and its number of cells at `info`.
 */
export function tokenize(
  from: usize, to: usize, delimiter: u32, quoting: i32, columns: u32, cells: usize, info: usize,
): i32 {
  const splat = i8x16.splat(<i8>delimiter);
  let p = from;
  let out = cells;
  let rows: i32 = 0;
  while (p < to) {
    const first: u32 = load<u8>(p);
    if (first == LF || first == CR) {
      p++;
      continue;
    }
    const rowStart = p;
    const rowOut = out;
    let count: u32 = 0;
    let lastEmpty = false;
    store<u32>(info, <u32>rowStart);
    while (true) {
      let start = p;
      let end: u32;
      if (quoting != 0 && p < to && load<u8>(p) == QUOTE) {
        start = p + 1;
        p = closingQuote(start, to);
        if (p >= to) return UNTERMINATED;
        end = <u32>p | QUOTED | (doubled ? DOUBLED : 0);
        p++;
        if (p < to) {
          const after: u32 = load<u8>(p);
          if (after != delimiter && after != LF && after != CR) return AFTER_QUOTE;
        }
        lastEmpty = false;
      } else {
        p = endOfCell(p, to, splat);
        end = <u32>p;
        lastEmpty = p == start;
      }
      if (count < columns) {
        store<u32>(out, <u32>start);
        store<u32>(out, end, 4);
        out += 8;
      }
      count++;
      if (p >= to) break;
      if (load<u8>(p) != delimiter) {
        p++;
        break;
      }
      p++;
    }
    if (count == 1 && isBlank(rowStart, p)) {
      out = rowOut;
      continue;
    }
    if (count != columns && !(count == columns + 1 && lastEmpty)) {
      store<u32>(info, count, 4);
      return RAGGED;
    }
    rows++;
  }
  return rows;
}

function isBlank(p: usize, to: usize): bool {
  for (; p < to; p++) {
    const c: u32 = load<u8>(p);
    if (c != 32 && c != 9 && c != LF && c != CR) return false;
  }
  return true;
}

/** The address after the last whole row of [from, to); `from` where there is none. */
export function lastRowEnd(from: usize, to: usize, delimiter: u32, quoting: i32): usize {
  const splat = i8x16.splat(<i8>delimiter);
  let p = from;
  let last = from;
  while (p < to) {
    if (quoting != 0 && load<u8>(p) == QUOTE) {
      p = closingQuote(p + 1, to);
      if (p >= to) return last;
      p++;
    }
    p = endOfCell(p, to, splat);
    if (p >= to) return last;
    const end: u32 = load<u8>(p);
    p++;
    if (end != delimiter) last = p;
  }
  return last;
}
