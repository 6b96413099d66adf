import type { JsonValue } from "../../../core/index.ts";

/** The values of a line's object by key; "blank" for an empty line; what else it is, in words, for any other. */
export function parseRow(line: string): Map<string, JsonValue> | "blank" | string {
  if (line.trim() === "") return "blank";
  let value: JsonValue;
  try {
    value = JSON.parse(line) as JsonValue;
  } catch {
    return "text that is no JSON";
  }
  if (Array.isArray(value)) return "an array";
  if (value === null || typeof value !== "object") return value === null ? "null" : `a ${typeof value}`;
  return new Map(Object.entries(value));
}
