import type { ColumnKind } from "../../../core/index.ts";

export function isStringKind(kind: ColumnKind): kind is "categorical" | "text" {
  return kind === "categorical" || kind === "text";
}

/** Whether float32 would merge an integer with a neighbour, or has no room for a number. */
export function needsDouble(value: number): boolean {
  return Math.abs(value) > 16777216 && Number.isInteger(value) && Math.fround(value) !== value;
}
