import { type Column, isStringColumn } from "../../core/index.ts";

const DAY = 86_400_000;
/** What a cell says that is no name of a holiday. */
const NO = new Set(["", "none", "no", "false", "0", "n", "f", "na", "nan", "null", "-"]);

/** Days (since 1970-01-01 UTC) that any row of theirs calls a holiday: some tables name one only in the first hour of its day. */
export function holidaysOf(holiday: Column, time: Column): ReadonlySet<number> {
  const days = new Set<number>();
  if (isStringColumn(time)) return days;
  const isHoliday = sayer(holiday);
  for (let row = 0; row < time.values.length; row++)
    if (isHoliday(row) && Number.isFinite(time.values[row]!)) days.add(dayOf(time.values[row]!));
  return days;
}

function sayer(column: Column): (row: number) => boolean {
  if (!isStringColumn(column)) return (row) => column.values[row]! > 0;
  const names = column.dictionary.map((text) => !NO.has(text.trim().toLowerCase()));
  return (row) => column.codes[row] !== 0 && names[column.codes[row]! - 1]!;
}

export function dayOf(time: number): number {
  return Math.floor(time / DAY);
}
