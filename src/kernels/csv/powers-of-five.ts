const SMALLEST = -342;
const LARGEST = 308;
const WORD = 64n;
const LOW_WORD = (1n << WORD) - 1n;

/** The bits of 10^0 … 10^22: every power of ten that a double holds exactly. */
export function exactPowersOfTen(): Float64Array {
  return Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
}

let known: BigUint64Array | undefined;

/**
 * The 128 leading bits of 5^q for q from -342 to 308, as pairs of u64 (high, low): truncated for q ≥ 0, rounded up for q < 0
 * (Lemire, "Number parsing at a gigabyte per second", 2021, section 5).
 */
export function leadingBitsOfPowersOfFive(): BigUint64Array {
  known ??= makeTable();
  return known;
}

function makeTable(): BigUint64Array {
  const table = new BigUint64Array(2 * (LARGEST - SMALLEST + 1));
  for (let q = SMALLEST; q <= LARGEST; q++) {
    const bits = q < 0 ? reciprocal(5n ** BigInt(-q), q >= -27) : leading128(5n ** BigInt(q));
    table[2 * (q - SMALLEST)] = bits >> WORD;
    table[2 * (q - SMALLEST) + 1] = bits & LOW_WORD;
  }
  return table;
}

function bitLength(value: bigint): number {
  const hex = value.toString(16);
  return hex.length * 4 - (Math.clz32(Number.parseInt(hex[0]!, 16)) - 28);
}

function leading128(value: bigint): bigint {
  const shift = 128 - bitLength(value);
  return shift >= 0 ? value << BigInt(shift) : value >> BigInt(-shift);
}

/** 1 / power, rounded up; small powers divide some exact significands, so they get exactly 128 bits before rounding. */
function reciprocal(power: bigint, small: boolean): bigint {
  const bits = BigInt(bitLength(power));
  if (small) return (1n << (bits + 127n)) / power + 1n;
  return leading128((1n << (2n * bits + 128n)) / power + 1n);
}
