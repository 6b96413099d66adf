/** Numbers that a date gives. All are of UTC. */
export type CalendarPart = "year" | "month" | "day" | "weekday" | "dayOfYear" | "hour" | "days";

/** `month`, `day` and `dayOfYear` from 1, `weekday` from 0 for Monday, `hour` with its fraction, `days` since 1970-01-01. */
export const CALENDAR_PARTS: readonly CalendarPart[] = ["year", "month", "day", "weekday", "dayOfYear", "hour", "days"];

/** Parts that come back every year: all that a column which orders the rows in time may give (the others would be its trend). */
export const SEASON_PARTS: readonly CalendarPart[] = ["month", "day", "weekday", "dayOfYear", "hour"];

const DAY = 86_400_000;
/** Days from 0000-03-01 to 1970-01-01, and in 400 years, in the proleptic Gregorian calendar. */
const EPOCH_DAYS = 719_468;
const ERA_DAYS = 146_097;

/**
 * Calendar parts of dates, NaN where a date is missing. The arithmetic counts years from March, so that the leap day is the
 * last of its year (as in Hinnant, "chrono-compatible low-level date algorithms").
 *
 * @param dates milliseconds since 1970-01-01 UTC
 * @param outputs an array for every part, filled in place
 */
export function calendarParts(
  dates: Float32Array | Float64Array,
  parts: readonly CalendarPart[],
  outputs: readonly (Float32Array | Float64Array)[],
): void {
  const at = Object.fromEntries(parts.map((part, i) => [part, outputs[i]])) as Partial<
    Record<CalendarPart, Float32Array>
  >;
  const civil = at.year ?? at.month ?? at.day ?? at.dayOfYear;
  for (let i = 0; i < dates.length; i++) {
    const date = dates[i]!;
    if (!Number.isFinite(date)) {
      for (const output of outputs) output[i] = Number.NaN;
      continue;
    }
    const days = Math.floor(date / DAY);
    if (at.days !== undefined) at.days[i] = date / DAY;
    if (at.hour !== undefined) at.hour[i] = (date - days * DAY) / 3_600_000;
    if (at.weekday !== undefined) at.weekday[i] = (((days + 3) % 7) + 7) % 7;
    if (civil !== undefined) setCivil(days, i, at);
  }
}

function setCivil(days: number, i: number, at: Partial<Record<CalendarPart, Float32Array>>): void {
  const shifted = days + EPOCH_DAYS;
  const era = Math.floor(shifted / ERA_DAYS);
  const dayOfEra = shifted - era * ERA_DAYS;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const fromMarch = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * fromMarch + 2) / 153);
  const day = fromMarch - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (at.year !== undefined) at.year[i] = year;
  if (at.month !== undefined) at.month[i] = month;
  if (at.day !== undefined) at.day[i] = day;
  if (at.dayOfYear !== undefined) at.dayOfYear[i] = month > 2 ? fromMarch + 60 + (leap ? 1 : 0) : fromMarch - 305;
}
