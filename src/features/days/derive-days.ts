import {
  type Column,
  type ColumnSchema,
  columnNamed,
  isStringColumn,
  type JsonObject,
  KaaykoError,
} from "../../core/index.ts";
import { calendarParts } from "../calendar.ts";
import type { DeriveOptions, Deriver, RowDeriver } from "../derive/deriver.ts";
import type { EncodableRows } from "../encode.ts";

const DATE = "date";
const DAY = 86_400_000;
const YEAR_DAYS = 365.2425;
const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTH_DAYS = Array.from({ length: 31 }, (_, day) => `day ${day + 1}`);
/** Waves of a year: one of a whole year, one of half a year, one of a third. */
const WAVES = [1, 2, 3];

/** Number of the day since 1970: for splits by time, no feature. */
export const DAY_NUMBER = "day";

const NUMBERS = ["trend", ...WAVES.flatMap((wave) => [`year_sine_${wave}`, `year_cosine_${wave}`])];

/** Which season each column belongs to. */
export const DAY_SEASONS: Readonly<Record<string, "trend" | "weekly" | "monthly" | "yearly">> = {
  trend: "trend",
  weekday: "weekly",
  day_of_month: "monthly",
  ...Object.fromEntries(NUMBERS.slice(1).map((name) => [name, "yearly" as const])),
};

/** What the calendar says of a day, one day a row: what a forecast knows of days ahead. A model keeps the last day that it was made from. */
export const dayDeriver: Deriver = {
  name: "days",
  version: 1,
  inputs: [{ name: DATE, kind: "date", needed: true }],
  outputs: [
    { name: DAY_NUMBER, kind: "numeric", physical: "made of the date" },
    { name: "weekday", kind: "categorical", physical: "made of the date" },
    { name: "day_of_month", kind: "categorical", physical: "made of the date" },
    ...NUMBERS.map((name): ColumnSchema => ({ name, kind: "numeric", physical: "made of the date" })),
  ],
  order: null,
  start: (options) => new DayRows(options),
};

class DayRows implements RowDeriver {
  #firstDay: number | null;
  #lastDay: number | null;

  constructor({ state }: DeriveOptions = {}) {
    this.#firstDay = state === undefined ? null : firstDayOf(state);
    this.#lastDay = state === undefined ? null : lastDayOf(state);
  }

  next(rows: EncodableRows): Column[] {
    const columns = this.alone(rows);
    for (const day of (columns[0] as { values: Float64Array }).values) if (!Number.isNaN(day)) this.#note(day);
    return columns;
  }

  #note(day: number): void {
    this.#firstDay = Math.min(this.#firstDay ?? day, day);
    this.#lastDay = Math.max(this.#lastDay ?? day, day);
  }

  alone({ rows, columns }: EncodableRows): Column[] {
    const date = columnNamed(columns, DATE);
    if (date === undefined || isStringColumn(date))
      throw new KaaykoError({ action: "say what the calendar says", rule: "rows must have a date", kind: "input" });
    const times = Float64Array.from(date.values.subarray(0, rows));
    const parts = [0, 0, 0].map(() => new Float64Array(rows)) as [Float64Array, Float64Array, Float64Array];
    calendarParts(times, ["weekday", "day", "dayOfYear"], parts);
    const [weekday, dayOfMonth, dayOfYear] = parts;
    const codes = (values: Float64Array, first: number) =>
      Uint8Array.from(values, (value) => (Number.isNaN(value) ? 0 : value - first + 1));
    const wave = (of: (angle: number) => number, times: number) =>
      dayOfYear.map((day) => of((2 * Math.PI * times * day) / YEAR_DAYS));
    const numbers = [
      times.map((time) => time / DAY / YEAR_DAYS),
      ...WAVES.flatMap((times) => [wave(Math.sin, times), wave(Math.cos, times)]),
    ];
    return [
      { kind: "numeric", name: DAY_NUMBER, values: times.map((time) => Math.floor(time / DAY)) },
      { kind: "categorical", name: "weekday", codes: codes(weekday, 0), dictionary: WEEKDAYS },
      { kind: "categorical", name: "day_of_month", codes: codes(dayOfMonth, 1), dictionary: MONTH_DAYS },
      ...numbers.map((values, i): Column => ({ kind: "numeric", name: NUMBERS[i]!, values })),
    ];
  }

  state(): JsonObject {
    return { firstDay: this.#firstDay, lastDay: this.#lastDay };
  }
}

/** The last day that a model was made from, in days since 1970. @throws KaaykoError (damaged) where there is none */
export function lastDayOf({ lastDay }: JsonObject): number {
  if (typeof lastDay === "number" && Math.abs(lastDay) < 1e8) return lastDay;
  throw new KaaykoError({ action: "go on behind the last day", rule: "the model must know it", kind: "damaged" });
}

/** The first day that a model was made from; null where it does not say so, as models of before do not. */
export function firstDayOf({ firstDay }: JsonObject): number | null {
  return typeof firstDay === "number" && Math.abs(firstDay) < 1e8 ? firstDay : null;
}
