// Calendar dates and times to milliseconds since 1970-01-01 UTC.

export const NOT_A_DATE: i32 = 0;
export const YEAR_FIRST: i32 = 1;
export const MONTH_FIRST: i32 = 2;
export const DAY_FIRST: i32 = 3;
export const EITHER_FIRST: i32 = 4;

let at: usize = 0;
let limit: usize = 0;
let digits: i32 = 0;

export const NO_TIME: i32 = 0;
export const ZONED: i32 = 1;
export const WITHOUT_ZONE: i32 = 2;

/** Milliseconds of the last date read. */
export let dateValue: f64 = 0;
/** Whether its time has a zone. */
export let dateZone: i32 = 0;

/** Up to `most` digits from `at` on; `digits` says how many there were. */
function wholeNumber(most: i32): i32 {
  let value: i32 = 0;
  digits = 0;
  while (at < limit && digits < most) {
    const c = <i32>load<u8>(at) - 48;
    if (<u32>c > 9) break;
    value = value * 10 + c;
    digits++;
    at++;
  }
  return value;
}

// @ts-ignore: decorator
@inline
function peek(): u32 {
  return at < limit ? <u32>load<u8>(at) : 0;
}

function daysIn(year: i32, month: i32): i32 {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/** Days since 1970-01-01 in the Gregorian calendar; years start in March so that the leap day comes last. */
function daysSince1970(year: i32, month: i32, day: i32): i32 {
  // 400 years later, so that January of the year 0 divides as all others do.
  const y = (month <= 2 ? year - 1 : year) + 400;
  const m = month <= 2 ? month + 9 : month - 3;
  return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 719469 - 146097;
}

/** Reads [p, to) as a date; `dayFirst` decides what 4/5/2016 means. Returns the order that the text shows. */
export function readDate(p: usize, to: usize, dayFirst: bool): i32 {
  if (to - p < 8 || to - p > 48) return NOT_A_DATE;
  at = p;
  limit = to;
  const first = wholeNumber(4);
  const firstDigits = digits;
  const separator = peek();
  if (separator != 45 && separator != 47) return NOT_A_DATE;
  at++;
  const second = wholeNumber(2);
  if (digits == 0 || peek() != separator) return NOT_A_DATE;
  at++;
  let order = YEAR_FIRST;
  let year = first;
  let month = second;
  let day: i32;
  if (firstDigits == 4) {
    day = wholeNumber(2);
    if (digits == 0) return NOT_A_DATE;
  } else {
    if (separator != 47 || firstDigits == 0 || firstDigits > 2) return NOT_A_DATE;
    year = wholeNumber(4);
    if (digits != 4) return NOT_A_DATE;
    if (first > 12) order = DAY_FIRST;
    else if (second > 12) order = MONTH_FIRST;
    else if (first != second) order = EITHER_FIRST;
    const swap = order == DAY_FIRST || (order == EITHER_FIRST && dayFirst);
    month = swap ? second : first;
    day = swap ? first : second;
  }
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return NOT_A_DATE;
  const days = <f64>daysSince1970(year, month, day);
  if (!readTime()) return NOT_A_DATE;
  dateValue += days * 86400000;
  return order;
}

/** The rest of the text: nothing, or a time with an optional zone. Leaves its milliseconds in `dateValue`. */
function readTime(): bool {
  dateValue = 0;
  dateZone = NO_TIME;
  if (at >= limit) return true;
  const gap = peek();
  if (gap != 32 && gap != 84 && gap != 116) return false;
  at++;
  const hour = wholeNumber(2);
  if (digits == 0 || hour > 23 || peek() != 58) return false;
  at++;
  const minute = wholeNumber(2);
  if (digits != 2 || minute > 59) return false;
  let milliseconds: f64 = 0;
  if (peek() == 58) {
    at++;
    const second = wholeNumber(2);
    if (digits != 2 || second > 59) return false;
    milliseconds = <f64>second * 1000;
    if (peek() == 46 || peek() == 44) {
      at++;
      const micro = wholeNumber(6);
      if (digits == 0) return false;
      let unit: f64 = 100000;
      for (let i = 1; i < digits; i++) unit /= 10;
      milliseconds += (<f64>micro * unit) / 1000;
      wholeNumber(16);
    }
  }
  dateValue = milliseconds + <f64>(hour * 60 + minute) * 60000;
  return readZone();
}

/** Z, +HH, +HHMM or +HH:MM, perhaps after a space; no zone means UTC. */
function readZone(): bool {
  if (peek() == 32) at++;
  dateZone = at >= limit ? WITHOUT_ZONE : ZONED;
  if (at >= limit) return true;
  const sign = peek();
  at++;
  if (sign == 90 || sign == 122) return at == limit;
  if (sign != 43 && sign != 45) return false;
  const hours = wholeNumber(2);
  if (digits != 2 || hours > 23) return false;
  let minutes: i32 = 0;
  if (at < limit) {
    if (peek() == 58) at++;
    minutes = wholeNumber(2);
    if (digits != 2 || minutes > 59) return false;
  }
  const offset = <f64>((hours * 60 + minutes) * 60000);
  dateValue += sign == 45 ? offset : -offset;
  return at == limit;
}
