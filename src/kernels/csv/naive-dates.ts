const YEAR_FIRST = /^(\d{4})([-/])(\d{1,2})\2(\d{1,2})(.*)$/s;
const YEAR_LAST = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(.*)$/s;
const TIME =
  /^[ Tt](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,6})\d{0,16})?)?(?: ?([Zz])| ?([+-])(\d{2})(?::?(\d{2}))?)? ?$/;

/** How a date is written: year first, month first, day first, or with a day and month that could be either. */
export type DateOrder = "year" | "month" | "day" | "either";

export interface ReadDate {
  readonly order: DateOrder;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly value: number;
  /** Whether its time has a zone; undefined for a day alone. */
  readonly zoned?: boolean;
}

/**
 * Reads ISO 8601, YYYY/MM/DD, MM/DD/YYYY and DD/MM/YYYY, with or without a time and a zone; without a zone it is UTC.
 *
 * @param text without blanks around it
 * @param dayFirst what 4/5/2016 means. Default: April the 5th
 * @returns undefined where the text is no date
 */
export function readDate(text: string, dayFirst = false): ReadDate | undefined {
  if (text.length < 8 || text.length > 48) return undefined;
  const yearFirst = YEAR_FIRST.exec(text);
  const yearLast = yearFirst === null ? YEAR_LAST.exec(text) : null;
  if (yearFirst !== null) return dateOf("year", [yearFirst[1]!, yearFirst[3]!, yearFirst[4]!], yearFirst[5]!);
  if (yearLast === null) return undefined;
  const [, first, second, year, rest] = yearLast as unknown as [string, string, string, string, string];
  const order = orderOf(Number(first), Number(second));
  const swap = order === "day" || (order === "either" && dayFirst);
  return dateOf(order, swap ? [year, second, first] : [year, first, second], rest);
}

function orderOf(first: number, second: number): DateOrder {
  if (first > 12) return "day";
  if (second > 12) return "month";
  return first === second ? "year" : "either";
}

function dateOf(order: DateOrder, [year, month, day]: readonly [string, string, string], rest: string) {
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return undefined;
  if (rest === "") return { order, value: date.getTime() };
  const time = timeOf(rest);
  return time === undefined ? undefined : { order, value: date.getTime() + time.value, zoned: time.zoned };
}

function timeOf(text: string): { value: number; zoned: boolean } | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [, hour, minute, second = "0", micro = "", utc, sign = "+", zoneHours = "0", zoneMinutes = "0"] = match;
  const limits = [Number(hour) < 24, Number(minute) < 60, Number(second) < 60, Number(zoneHours) < 24];
  if (limits.includes(false) || Number(zoneMinutes) > 59) return undefined;
  const zone = (Number(zoneHours) * 60 + Number(zoneMinutes)) * (sign === "-" ? -1 : 1);
  const seconds = Number(second) * 1000 + Number(micro.padEnd(6, "0")) / 1000;
  const value = seconds + (Number(hour) * 60 + Number(minute) - zone) * 60000;
  return { value, zoned: utc !== undefined || match[6] !== undefined };
}
