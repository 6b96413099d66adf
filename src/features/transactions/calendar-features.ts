import { type CalendarPart, calendarParts } from "../calendar.ts";

export const CALENDAR_FEATURES = [
  "month",
  "quarter",
  "week_of_year",
  "day_of_year",
  "day_of_month",
  "days_to_month_end",
  "weekday",
  "is_weekend",
  "hour",
  "is_night",
] as const;

const PARTS: readonly CalendarPart[] = ["year", "month", "day", "weekday", "dayOfYear", "hour"];
const MONTH_LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const MORNING = 6;

/** What the calendar says of a time (UTC), in the order of `CALENDAR_FEATURES`; NaN where there is none. */
export function calendarFeatures(time: number): number[] {
  if (!Number.isFinite(time)) return CALENDAR_FEATURES.map(() => Number.NaN);
  const parts = PARTS.map(() => new Float64Array(1));
  calendarParts(Float64Array.of(time), PARTS, parts);
  const [year, month, day, weekday, dayOfYear, hour] = parts.map((part) => part[0]!) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const length = MONTH_LENGTHS[month - 1]! + (leap && month === 2 ? 1 : 0);
  return [
    month,
    Math.ceil(month / 3),
    Math.ceil(dayOfYear / 7),
    dayOfYear,
    day,
    length - day,
    weekday,
    weekday >= 5 ? 1 : 0,
    Math.floor(hour),
    hour < MORNING ? 1 : 0,
  ];
}
