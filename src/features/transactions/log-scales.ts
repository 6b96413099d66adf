import { log } from "../../core/index.ts";

const HOUR = 3_600_000;
/** What a time that has hardly passed is taken for, in hours: a minute. */
const LEAST_HOURS = 1 / 60;

/** The logarithm of hours: a minute is as far from an hour as a day from two months. */
export function logHours(milliseconds: number): number {
  return log(Math.max(0, milliseconds) / HOUR + LEAST_HOURS);
}

/** The logarithm of a share of rows; what never was is rarer the more rows there were. */
export function logShare(rows: number, of: number): number {
  return log((rows + 0.5) / (of + 1));
}
