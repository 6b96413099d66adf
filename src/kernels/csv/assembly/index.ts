// Cells of a block of CSV to columns. The naive twins are in ../naive-*.ts.
import {
  dateValue, dateZone, DAY_FIRST, EITHER_FIRST, MONTH_FIRST, NOT_A_DATE, readDate, WITHOUT_ZONE, YEAR_FIRST, ZONED,
} from "./dates";
import { needsDouble, numberValue, readNumber, undecided } from "./numbers";
import { ADDRESS, DOUBLED, QUOTED } from "./tokens";

export { tokenize, lastRowEnd } from "./tokens";
export { useTables } from "./numbers";

const SEEN: u32 = 1;
const NUMBER: u32 = 2;
const WIDE: u32 = 4;
const BOOLEAN: u32 = 8;
const YEAR_DATE: u32 = 16;
const MONTH_DATE: u32 = 32;
const DAY_DATE: u32 = 64;
const EITHER_DATE: u32 = 128;
const TEXT: u32 = 256;
const ZONED_TIME: u32 = 512;
const TIME_WITHOUT_ZONE: u32 = 1024;

let start: usize = 0;
let end: usize = 0;

/** Sets `start` and `end` to a cell's text without the blanks around it. */
// @ts-ignore: decorator
@inline
function trim(cell: usize): void {
  let p = <usize>load<u32>(cell);
  let to = <usize>(load<u32>(cell, 4) & ADDRESS);
  while (p < to && (load<u8>(p) == 32 || load<u8>(p) == 9)) p++;
  while (p < to && (load<u8>(to - 1) == 32 || load<u8>(to - 1) == 9)) to--;
  start = p;
  end = to;
}

/** Whether [start, end) is one of the words for a missing value. */
// @ts-ignore: decorator
@inline
function isMissing(): bool {
  const length = end - start;
  if (length == 0) return true;
  if (length > 4) return false;
  const first: u32 = load<u8>(start);
  if (first - 48 <= 9) return false;
  return isMissingWord(<i32>length, load<u32>(start));
}

function isMissingWord(length: i32, word: u32): bool {
  if (length == 1) {
    const c = word & 0xff;
    return c == 63 || c == 45; // ? -
  }
  if (length == 2) return (word & 0xffff) == 0x414e; // NA
  if (length == 3) {
    const w = word & 0xffffff;
    // N/A, n/a, NaN, nan, NAN, NaT
    return w == 0x412f4e || w == 0x612f6e || w == 0x4e614e || w == 0x6e616e || w == 0x4e414e || w == 0x54614e;
  }
  // null, NULL, Null, None, <NA>, #N/A
  return word == 0x6c6c756e || word == 0x4c4c554e || word == 0x6c6c754e || word == 0x656e6f4e || word == 0x3e414e3c ||
    word == 0x412f4e23;
}

/** 1 for a word for true, 0 for one for false, -1 for any other. */
function booleanWord(): i32 {
  const length = end - start;
  if (length > 5) return -1;
  if (length == 1) {
    const c = <u32>load<u8>(start) | 32;
    return c == 116 ? 1 : c == 102 ? 0 : -1;
  }
  const word = load<u32>(start) | 0x20202020;
  if (length == 2) return (word & 0xffff) == 0x6f6e ? 0 : -1;
  if (length == 3) return (word & 0xffffff) == 0x736579 ? 1 : -1;
  if (length == 4) return word == 0x65757274 ? 1 : -1;
  return word == 0x736c6166 && (load<u8>(start + 4) | 32) == 101 ? 0 : -1;
}

function classify(): u32 {
  const c: u32 = load<u8>(start);
  if (readNumber(start, end)) return needsDouble() ? SEEN | NUMBER | WIDE : SEEN | NUMBER;
  if (c - 48 <= 9) {
    const order = readDate(start, end, false);
    if (order == NOT_A_DATE) return SEEN | TEXT;
    const zone = dateZone == ZONED ? ZONED_TIME : dateZone == WITHOUT_ZONE ? TIME_WITHOUT_ZONE : 0;
    if (order == YEAR_FIRST) return SEEN | zone | YEAR_DATE;
    if (order == MONTH_FIRST) return SEEN | zone | MONTH_DATE;
    return SEEN | zone | (order == DAY_FIRST ? DAY_DATE : EITHER_DATE);
  }
  return booleanWord() >= 0 ? SEEN | BOOLEAN : SEEN | TEXT;
}

/** What a column's cells look like, as flags over all rows. Text ends the search: nothing changes it any more. */
export function scanColumn(cells: usize, rows: u32, columns: u32): u32 {
  const stride = <usize>columns << 3;
  let flags: u32 = 0;
  for (let row: u32 = 0; row < rows; row++, cells += stride) {
    trim(cells);
    if (isMissing()) continue;
    flags |= classify();
    if ((flags & TEXT) != 0) return flags;
  }
  return flags;
}

/**
 * Numbers of a column, NaN where missing, as f32 or (`wide`) f64. Rows whose digits cannot be judged here are listed at `undecidedRows`.
 * Returns how many those are, or -1 - row for the first cell that is no number.
 */
export function readNumbers(
  cells: usize, rows: u32, columns: u32, wide: i32, values: usize, undecidedRows: usize,
): i32 {
  const stride = <usize>columns << 3;
  let list = undecidedRows;
  for (let row: u32 = 0; row < rows; row++, cells += stride) {
    trim(cells);
    let value: f64 = NaN;
    if (!isMissing()) {
      if (!readNumber(start, end)) return -1 - <i32>row;
      value = numberValue();
      if (undecided) {
        store<u32>(list, row);
        list += 4;
      }
    }
    if (wide != 0) store<f64>(values + (<usize>row << 3), value);
    else store<f32>(values + (<usize>row << 2), <f32>value);
  }
  return <i32>((list - undecidedRows) >> 2);
}

/** Words for true and false as 1 and 0 in f32, NaN where missing. 0, or -1 - row for the first cell that is neither. */
export function readBooleans(cells: usize, rows: u32, columns: u32, values: usize): i32 {
  const stride = <usize>columns << 3;
  for (let row: u32 = 0; row < rows; row++, cells += stride) {
    trim(cells);
    let value: f32 = NaN;
    if (!isMissing()) {
      const word = booleanWord();
      if (word >= 0) value = <f32>word;
      else if (readNumber(start, end) && (numberValue() == 0 || numberValue() == 1)) value = <f32>numberValue();
      else return -1 - <i32>row;
    }
    store<f32>(values + (<usize>row << 2), value);
  }
  return 0;
}

/** Dates in f64, NaN where missing. 0, or -1 - row for the first cell that is no date. */
export function readDates(cells: usize, rows: u32, columns: u32, dayFirst: i32, values: usize): i32 {
  const stride = <usize>columns << 3;
  for (let row: u32 = 0; row < rows; row++, cells += stride) {
    trim(cells);
    let value: f64 = NaN;
    if (!isMissing()) {
      if (readDate(start, end, dayFirst != 0) == NOT_A_DATE) return -1 - <i32>row;
      value = dateValue;
    }
    store<f64>(values + (<usize>row << 3), value);
  }
  return 0;
}

/** Makes two quotes one, in place, and tells the cell its new end. */
function undouble(cell: usize): void {
  const from = <usize>load<u32>(cell);
  const to = <usize>(load<u32>(cell, 4) & ADDRESS);
  let out = from;
  for (let p = from; p < to; p++) {
    const c = load<u8>(p);
    store<u8>(out++, c);
    if (c == 34) p++;
  }
  store<u32>(cell, <u32>out | QUOTED, 4);
}

// @ts-ignore: decorator
@inline
function hash(p: usize, length: usize): u32 {
  let h: u32 = <u32>length * 0x9e3779b1;
  while (length >= 8) {
    const w = load<u64>(p);
    h = (h ^ <u32>w) * 0x85ebca6b;
    h = (rotl(h, 13) ^ <u32>(w >> 32)) * 0xc2b2ae35;
    p += 8;
    length -= 8;
  }
  if (length > 0) {
    const w = load<u64>(p) & ((<u64>1 << (length << 3)) - 1);
    h = (h ^ <u32>w) * 0x85ebca6b;
    h = (rotl(h, 13) ^ <u32>(w >> 32)) * 0xc2b2ae35;
  }
  h ^= h >> 15;
  h *= 0x2c1b3c6d;
  return h ^ (h >> 13);
}

function sameBytes(a: usize, b: usize, length: usize): bool {
  while (length >= 8) {
    if (load<u64>(a) != load<u64>(b)) return false;
    a += 8;
    b += 8;
    length -= 8;
  }
  if (length == 0) return true;
  return ((load<u64>(a) ^ load<u64>(b)) & ((<u64>1 << (length << 3)) - 1)) == 0;
}

/**
 * Strings of a column as codes (u32, 0 missing, k the k-th text in order of first appearance). Addresses and lengths of the texts
 * go to `texts`. `table` is room for a hash table of `slots` (a power of two, at least twice the rows), zeroed by this function.
 * A quoted cell is the text that it says, unless empty; other cells lose the blanks around them. Returns the number of texts.
 */
export function readStrings(
  cells: usize, rows: u32, columns: u32, codes: usize, texts: usize, table: usize, slots: u32,
): u32 {
  const stride = <usize>columns << 3;
  const mask = slots - 1;
  let count: u32 = 0;
  memory.fill(table, 0, <usize>slots << 2);
  for (let row: u32 = 0; row < rows; row++, cells += stride) {
    const flags = load<u32>(cells, 4);
    let missing: bool;
    if ((flags & QUOTED) != 0) {
      if ((flags & DOUBLED) != 0) undouble(cells);
      start = <usize>load<u32>(cells);
      end = <usize>(load<u32>(cells, 4) & ADDRESS);
      missing = start == end;
    } else {
      trim(cells);
      missing = isMissing();
    }
    let code: u32 = 0;
    if (!missing) {
      const length = end - start;
      let slot = hash(start, length) & mask;
      while (true) {
        code = load<u32>(table + (<usize>slot << 2));
        if (code == 0) {
          store<u32>(texts + (<usize>count << 3), <u32>start);
          store<u32>(texts + (<usize>count << 3), <u32>length, 4);
          code = ++count;
          store<u32>(table + (<usize>slot << 2), code);
          break;
        }
        const text = texts + (<usize>(code - 1) << 3);
        if (load<u32>(text, 4) == <u32>length && sameBytes(<usize>load<u32>(text), start, length)) break;
        slot = (slot + 1) & mask;
      }
    }
    store<u32>(codes + (<usize>row << 2), code);
  }
  return count;
}
