import type { NumberColumn } from "../../core/index.ts";

/** Readings below and above which a sensor has failed. */
export interface ReadingLimits {
  readonly column: string;
  readonly low: number;
  readonly high: number;
}

/** Limits, and how many readings lie beyond them. */
export interface FoundLimits {
  readonly limits: ReadingLimits;
  readonly beyond: number;
}

/** The usual readings lie between these quantiles; limits lie as many times their distance away. */
const USUAL = [0.001, 0.999] as const;
const AWAY = 2;
/** Fewer readings say too little about what is usual. */
const LEAST_READINGS = 1000;

/**
 * Limits of what a sensor may say: far outside of all but the thousandth lowest and highest readings, such as 0 K or metres of rain.
 * Where most readings are 0, as those of rain, the others alone say what is usual.
 *
 * @returns null where no reading lies beyond them
 */
export function readingLimits({ name, values }: NumberColumn): FoundLimits | null {
  const known = Float64Array.from(values).filter(Number.isFinite);
  const others = known.filter((value) => value !== 0);
  const zeroIsUsual = 2 * others.length < known.length;
  const sorted = (zeroIsUsual ? others : known.slice()).sort();
  if (sorted.length < LEAST_READINGS) return null;
  const [low, high] = USUAL.map((share) => sorted[Math.round(share * (sorted.length - 1))]!) as [number, number];
  const lowest = zeroIsUsual ? Math.min(0, low) : low;
  const away = AWAY * (high - lowest);
  const limits = { column: name, low: lowest - away, high: high + away };
  const beyond = known.reduce((count, value) => count + (isBeyond(value, limits) ? 1 : 0), 0);
  return away > 0 && beyond > 0 ? { limits, beyond } : null;
}

/** The readings within limits; NaN for the others. */
export function withinLimits(column: NumberColumn, limits: ReadingLimits): NumberColumn {
  return { ...column, values: column.values.map((value) => (isBeyond(value, limits) ? Number.NaN : value)) };
}

function isBeyond(value: number, { low, high }: Pick<ReadingLimits, "low" | "high">): boolean {
  return value < low || value > high;
}
