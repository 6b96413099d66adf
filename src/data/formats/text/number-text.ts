import { KaaykoError } from "../../../core/index.ts";

const DAY = 86400000;
const LAST_DAY = 253402300799999;
const FIRST_DAY = -62167219200000;

/** The shortest text that reads back to the same double; missing as empty, infinities as `inf` and `-inf`. */
export function float64Text(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? "-0" : String(value);
  return Number.isNaN(value) ? "" : value > 0 ? "inf" : "-inf";
}

/** The shortest text that reads back to the same float32. Large values as the double that they are, so that they read back as float32. */
export function float32Text(value: number): string {
  const magnitude = Math.abs(value);
  if (Number.isInteger(value) || !(magnitude < 16777216)) return float64Text(value);
  for (let digits = 6; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return String(rounded);
  }
  return String(Number(value.toPrecision(9)));
}

/**
 * Milliseconds since 1970 as ISO 8601 in UTC, as short as it can be: a day, seconds, milliseconds or microseconds. Missing as empty.
 *
 * @throws KaaykoError for years before 0 or after 9999
 */
export function dateText(value: number): string {
  if (Number.isNaN(value)) return "";
  if (!(value >= FIRST_DAY && value <= LAST_DAY))
    throw new KaaykoError({
      action: "write a date",
      rule: "years go from 0 to 9999",
      got: `${value} ms`,
      kind: "input",
    });
  if (value % DAY === 0) return new Date(value).toISOString().slice(0, 10);
  const whole = Math.floor(value);
  const text = new Date(whole).toISOString();
  const micro = Math.round((value - whole) * 1000);
  if (micro > 0 && micro < 1000) return `${text.slice(0, 23)}${String(micro).padStart(3, "0")}Z`;
  return whole % 1000 === 0 ? `${text.slice(0, 19)}Z` : text;
}
