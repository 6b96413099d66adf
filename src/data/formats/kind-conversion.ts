import type { ColumnKind } from "../../core/columns.ts";

const TRUE_WORDS = new Set(["true", "t", "yes", "y", "1"]);
const FALSE_WORDS = new Set(["false", "f", "no", "n", "0"]);
/** ISO 8601; without a zone it is UTC, so that no machine's own zone matters. */
const ISO_DATE = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)\s*(Z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * How the numbers of a column are written where it is read as strings: shortest form, "true" and "false", ISO dates.
 *
 * @param kind what the column holds by nature
 * @param single whether its numbers are float32
 */
export function numberFormatter(kind: ColumnKind, single: boolean): (value: number) => string {
  if (kind === "boolean") return (value) => (value === 0 ? "false" : "true");
  if (kind === "date") return formatDate;
  return single ? formatFloat32 : formatNumber;
}

/** How strings are understood where a column of them is read as numbers: NaN where they say none. */
export function parserOf(kind: ColumnKind): (text: string) => number {
  if (kind === "boolean") return parseBoolean;
  return kind === "date" ? parseDate : parseNumber;
}

function formatNumber(value: number): string {
  return Object.is(value, -0) ? "0" : String(value);
}

/** The fewest digits that give the same float32 again. */
function formatFloat32(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === value) return formatNumber(shorter);
  }
  return formatNumber(Number(value.toPrecision(9)));
}

function formatDate(value: number): string {
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) return formatNumber(value);
  return value % 86_400_000 === 0 ? date.toISOString().slice(0, -14) : date.toISOString();
}

function parseNumber(text: string): number {
  const trimmed = text.trim();
  return trimmed === "" ? Number.NaN : Number(trimmed);
}

function parseBoolean(text: string): number {
  const word = text.trim().toLowerCase();
  if (TRUE_WORDS.has(word)) return 1;
  return FALSE_WORDS.has(word) ? 0 : Number.NaN;
}

function parseDate(text: string): number {
  const match = ISO_DATE.exec(text.trim());
  if (match === null) return Number.NaN;
  const [, day, time = "00:00", zone = "Z"] = match;
  return Date.parse(`${day}T${time.replace(/(\.\d{3})\d+$/, "$1")}${zone.replace(/^([+-]\d\d)(\d\d)$/, "$1:$2")}`);
}
