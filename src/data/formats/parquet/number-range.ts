import type { Statistics } from "hyparquet";
import type { NumberDecoding } from "./column-type.ts";

/** float32 holds every whole number up to this one, and none of the odd ones after it. */
const EXACT_FLOAT32 = 2 ** 24;
const MAX_FLOAT32 = 3.4028234663852886e38;

/**
 * The array type that a column of numbers needs, from what the footer says about its smallest and largest values:
 * float64 where whole numbers beyond 2^24 occur, which float32 would merge (keys, counts, times), or values beyond the range
 * of float32; float32 otherwise. Whole numbers of 32 and 64 bits without statistics get float64. Doubles count as whole
 * numbers if both of their bounds are; doubles with fractions are rounded to float32, as features are.
 */
export function neededArray(
  decoding: NumberDecoding,
  statistics: readonly (Statistics | undefined)[],
): "float32" | "float64" {
  const { raw, scaling } = decoding;
  if (raw === "boolean" || raw === "float32" || raw === "float16") return "float32";
  const whole = raw !== "float64" && scaling.to === "same";
  const bounds = statistics.flatMap((one) => [bound(one?.min_value ?? one?.min), bound(one?.max_value ?? one?.max)]);
  const known = bounds.filter((value) => value !== undefined);
  // A row group of nothing but missing values has no bounds and needs none.
  const empty = statistics.filter((one) => one === undefined || (one.null_count ?? 0n) === 0n).length === 0;
  if (whole && known.length < bounds.length && !(empty && known.length === 0)) return "float64";
  const largest = known.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest > MAX_FLOAT32) return "float64";
  return largest > EXACT_FLOAT32 && known.every(Number.isInteger) ? "float64" : "float32";
}

function bound(value: unknown): number | undefined {
  if (typeof value === "bigint") return Number(value);
  return typeof value === "number" && !Number.isNaN(value) ? value : undefined;
}
