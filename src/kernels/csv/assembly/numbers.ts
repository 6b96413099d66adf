// Decimal text to the nearest double. Fast path: exact products with powers of ten (Clinger, PLDI 1990). Then the 128-bit
// product with a table of powers of five (Lemire, "Number parsing at a gigabyte per second", 2021). What is left, digits past
// the 19th that could decide the rounding, is the caller's.

let powersOfTen: usize = 0;
let powersOfFive: usize = 0;

/** 23 doubles 10^0 … 10^22, and for q from -342 to 308 the high and low u64 of the 128 leading bits of 5^q. */
export function useTables(tens: usize, fives: usize): void {
  powersOfTen = tens;
  powersOfFive = fives;
}

let mantissa: u64 = 0;
let exponent: i32 = 0;
let truncated: bool = false;
let negative: bool = false;
let infinite: bool = false;

/** Whether the last number needed more digits than the table can judge. */
export let undecided: bool = false;

/** Reads [p, to) as a decimal number. False where it is none. The value is then `numberValue()`. */
export function readNumber(p: usize, to: usize): bool {
  negative = false;
  infinite = false;
  truncated = false;
  mantissa = 0;
  exponent = 0;
  let c: u32 = load<u8>(p);
  if (c == 45 || c == 43) {
    negative = c == 45;
    p++;
    if (p >= to) return false;
  }
  let m: u64 = 0;
  let digits: i32 = 0;
  let any = false;
  let e: i32 = 0;
  for (; p < to; p++) {
    c = <u32>load<u8>(p) - 48;
    if (c > 9) break;
    any = true;
    if (digits < 19) {
      m = m * 10 + c;
      if (m != 0) digits++;
    } else {
      e++;
      if (c != 0) truncated = true;
    }
  }
  if (p < to && load<u8>(p) == 46) {
    p++;
    for (; p < to; p++) {
      c = <u32>load<u8>(p) - 48;
      if (c > 9) break;
      any = true;
      if (digits < 19) {
        m = m * 10 + c;
        if (m != 0) digits++;
        e--;
      } else if (c != 0) {
        truncated = true;
      }
    }
  }
  if (!any) {
    infinite = isInfinity(p, to);
    return infinite;
  }
  if (p < to) {
    if ((load<u8>(p) | 32) != 101) return false;
    p++;
    let downward = false;
    if (p < to) {
      c = load<u8>(p);
      if (c == 45 || c == 43) {
        downward = c == 45;
        p++;
      }
    }
    if (p >= to) return false;
    let power: i32 = 0;
    for (; p < to; p++) {
      c = <u32>load<u8>(p) - 48;
      if (c > 9) return false;
      if (power < 1000000) power = power * 10 + c;
    }
    e += downward ? -power : power;
  }
  mantissa = m;
  exponent = e;
  return true;
}

/** "inf" or "infinity" in any case. */
function isInfinity(p: usize, to: usize): bool {
  const length = to - p;
  if (length != 3 && length != 8) return false;
  if ((load<u32>(p) & 0xdfdfdf) != 0x464e49) return false;
  if (length == 3) return true;
  return (load<u64>(p) & 0xdfdfdfdfdfdfdfdf) == 0x5954494e49464e49;
}

/** Whether float32 cannot hold the last number: an integer that it would merge with a neighbour, or one beyond its range. */
export function needsDouble(): bool {
  if (infinite) return false;
  if (mantissa <= 16777216 && exponent <= 0) return false;
  const value = abs(numberValue());
  if (undecided) return exponent >= 0;
  if (value <= 16777216 || value == Infinity) return false;
  return floor(value) == value && <f64>(<f32>value) != value;
}

/** The last number read. NaN with `undecided` where it takes more digits to round it. */
export function numberValue(): f64 {
  undecided = false;
  if (infinite) return negative ? -Infinity : Infinity;
  let value: f64;
  if (!truncated && mantissa <= 9007199254740992 && exponent >= -22 && exponent <= 22) {
    value = <f64>mantissa;
    value = exponent < 0
      ? value / load<f64>(powersOfTen + (<usize>-exponent << 3))
      : value * load<f64>(powersOfTen + (<usize>exponent << 3));
  } else {
    value = scaled(mantissa);
    if (truncated && scaled(mantissa + 1) != value) {
      undecided = true;
      return NaN;
    }
  }
  return negative ? -value : value;
}

let productHigh: u64 = 0;

/** Low 64 bits of a product; the high ones are left in `productHigh`. */
// @ts-ignore: decorator
@inline
function multiply(a: u64, b: u64): u64 {
  const aLow = a & 0xffffffff;
  const aHigh = a >> 32;
  const bLow = b & 0xffffffff;
  const bHigh = b >> 32;
  const low = aLow * bLow;
  const middle = aHigh * bLow + (low >> 32);
  const cross = aLow * bHigh + (middle & 0xffffffff);
  productHigh = aHigh * bHigh + (middle >> 32) + (cross >> 32);
  return a * b;
}

/** The double nearest to w · 10^exponent. */
function scaled(w: u64): f64 {
  const q = exponent;
  if (w == 0 || q < -342) return 0;
  if (q > 308) return Infinity;
  const shift = <i32>clz(w);
  const entry = powersOfFive + (<usize>(q + 342) << 4);
  const normal = w << shift;
  let low = multiply(normal, load<u64>(entry));
  let high = productHigh;
  if ((high & 0x1ff) == 0x1ff) {
    multiply(normal, load<u64>(entry, 8));
    low += productHigh;
    if (productHigh > low) high++;
  }
  const upper = <i32>(high >> 63);
  let m = high >> (upper + 9);
  let power = ((217706 * q) >> 16) + 63 + upper - shift + 1023;
  if (power <= 0) {
    if (-power + 1 >= 64) return 0;
    m >>= -power + 1;
    m += m & 1;
    m >>= 1;
    return reinterpret<f64>(m);
  }
  // Half-way between two doubles, exactly: to the even one.
  if (low <= 1 && q >= -4 && q <= 23 && (m & 3) == 1 && m << (upper + 9) == high) m &= ~(<u64>1);
  m += m & 1;
  m >>= 1;
  if (m >= 1 << 53) {
    m = 1 << 52;
    power++;
  }
  if (power >= 0x7ff) return Infinity;
  return reinterpret<f64>((m & ((1 << 52) - 1)) | (<u64>power << 52));
}
