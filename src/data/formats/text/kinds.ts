import type { ColumnKind, JsonValue } from "../../../core/index.ts";

export function isStringKind(kind: ColumnKind): kind is "categorical" | "text" {
  return kind === "categorical" || kind === "text";
}

/** Whether float32 would merge an integer with a neighbour, or has no room for a number. */
export function needsDouble(value: number): boolean {
  return Math.abs(value) > 16777216 && Number.isInteger(value) && Math.fround(value) !== value;
}

/** Whether a value is a list of plain values, such as labels or words: its text, as JSON, is a cell of a table. */
export function isList(value: JsonValue): boolean {
  return Array.isArray(value) && value.every((item) => typeof item !== "object");
}
