const LARGEST = Number.MAX_VALUE;
/** Decimal digits that tell float64 apart. */
const DIGITS = 17;
/** Powers of ten from 0 on that float64 has exactly. */
const EXACT_POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
const LOWEST_POWER = -22;
/** The exponent of the largest power of ten under infinity. */
const LARGEST_POWER = 308;
/** The float64 nearest to powers of ten from the lowest on; most numbers lie among them. */
const POWERS = Float64Array.from({ length: 45 }, (_, i) => Number(`1e${LOWEST_POWER + i}`));
/** What a round number is a multiple of, times a power of ten. */
const ROUND_DIGITS = [10, 5, 1] as const;

/**
 * The roundest number in [low, high): the multiple of the highest power of ten, or of five times one, that lies in it; of several the
 * nearest to the middle.
 *
 * @param low under `high`; either may be infinite
 */
export function roundestBetween(low: number, high: number): number {
  if (low <= 0 && high > 0) return 0;
  const from = Math.max(-LARGEST, low);
  const end = Math.min(LARGEST, high);
  const middle = from * 0.5 + end * 0.5;
  const highest = exponentOf(Math.max(Math.abs(from), Math.abs(end)));
  for (let exponent = highest; exponent > highest - DIGITS; exponent--) {
    const times = multipleOf(middle, exponent);
    for (const digit of ROUND_DIGITS) {
      const nearest = Math.round(times / digit);
      for (let tried = 0; tried < 3; tried++) {
        const count = tried === 0 ? nearest : tried === 1 ? nearest - 1 : nearest + 1;
        const value = decimal(count * digit, exponent);
        if (value >= from && value < end) return value + 0;
      }
    }
  }
  return from;
}

/**
 * The exponent of ten in a number's scientific notation. The float64 nearest to a power is written as that power, a smaller one
 * with a smaller exponent.
 */
function exponentOf(size: number): number {
  if (!(size >= POWERS[0]! && size < POWERS.at(-1)!)) return Number(size.toExponential().split("e")[1]);
  let low = 0;
  let high = POWERS.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (size < POWERS[middle]!) high = middle;
    else low = middle;
  }
  return LOWEST_POWER + low;
}

/** How many times a power of ten fits, nearly. The inverse of the least powers is beyond float64, and so multiplied by in two parts. */
function multipleOf(value: number, exponent: number): number {
  if (exponent < -LARGEST_POWER) return value * powerOfTen(LARGEST_POWER) * powerOfTen(-exponent - LARGEST_POWER);
  return exponent < 0 ? value * powerOfTen(-exponent) : value / powerOfTen(exponent);
}

/** The number nearest to `digits` times a power of ten. With a power that float64 has exactly, one operation rounds but once. */
function decimal(digits: number, exponent: number): number {
  if (Math.abs(exponent) >= EXACT_POWERS.length) return Number(`${digits}e${exponent}`);
  return exponent < 0 ? digits / EXACT_POWERS[-exponent]! : digits * EXACT_POWERS[exponent]!;
}

/** Read from text, since `Math.pow` differs between releases of Node. */
function powerOfTen(exponent: number): number {
  return EXACT_POWERS[exponent] ?? Number(`1e${exponent}`);
}
