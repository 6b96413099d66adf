import {
  type Batch,
  type Column,
  type JsonObject,
  type JsonValue,
  KaaykoError,
  newCodes,
  suggest,
} from "../core/index.ts";
import type { ModelInput } from "./predictor.ts";

/** Rows that are taken at once. */
const MAX_ROWS = 1_000_000;

/**
 * Rows of JSON as columns for a model. Every input must be named in every row; `null` says that it is missing, so that a
 * mistyped name is an error and not a missing value. Other keys are ignored. Dates are ISO 8601 texts or milliseconds since 1970.
 *
 * @throws KaaykoError (input) for a row that is no object, a missing key, or a value that the input cannot hold
 */
export function rowsToBatch(inputs: readonly ModelInput[], rows: readonly unknown[]): Batch {
  if (rows.length > MAX_ROWS)
    throw badRow(rows.length, `at most ${MAX_ROWS.toLocaleString("en-US")} rows at once`, String(rows.length));
  const objects = rows.map(checkedRow);
  const columns = inputs.map((input) => columnOf(input, objects));
  return { firstRow: 0, rows: rows.length, columns };
}

/** @throws KaaykoError (input) where a row is no object */
export function checkedRow(row: unknown, i: number): JsonObject {
  if (typeof row === "object" && row !== null && !Array.isArray(row)) return row as JsonObject;
  throw badRow(i, "a row must be an object of names and values", JSON.stringify(row) ?? String(row));
}

function columnOf(input: ModelInput, rows: readonly JsonObject[]): Column {
  const { name, kind } = input;
  if (kind === "categorical" || kind === "text") {
    const dictionary: string[] = [];
    const known = new Map<string, number>();
    const codes = newCodes(rows.length, rows.length);
    rows.forEach((row, i) => {
      const text = readText(row, name, i);
      if (text === null) return;
      let code = known.get(text);
      if (code === undefined) {
        code = dictionary.push(text);
        known.set(text, code);
      }
      codes[i] = code;
    });
    return { kind, name, codes, dictionary };
  }
  const values = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) values[i] = readNumber(rows[i]!, input, i);
  return { kind, name, values };
}

function cellOf(row: JsonObject, name: string, i: number): JsonValue {
  // What every object has by its prototype, such as `constructor`, is no cell.
  const value = name in Object.prototype && !Object.hasOwn(row, name) ? undefined : row[name];
  if (value !== undefined) return value;
  const keys = Object.keys(row).filter((key) => row[key] !== undefined);
  const near = suggest(name, keys);
  const got = near === undefined ? `keys ${keys.slice(0, 10).join(", ") || "none"}` : `"${near}"`;
  throw badRow(i, `it must have ${JSON.stringify(name)} (null where the value is missing)`, got);
}

/** The text of an input in a row; null where it is missing. */
export function readText(row: JsonObject, name: string, i: number): string | null {
  const value = cellOf(row, name, i);
  if (value === null) return null;
  if (typeof value === "object") throw badRow(i, `${JSON.stringify(name)} must be a text`, JSON.stringify(value));
  return String(value);
}

/** The number of an input in a row; NaN where it is missing. */
export function readNumber(row: JsonObject, { name, kind }: ModelInput, i: number): number {
  const value = cellOf(row, name, i);
  if (value === null) return Number.NaN;
  if (typeof value === "number") return value;
  if (typeof value === "boolean" && kind !== "date") return value ? 1 : 0;
  if (typeof value === "string") {
    const parsed = kind === "date" ? parseDate(value) : value.trim() === "" ? Number.NaN : Number(value);
    if (!Number.isNaN(parsed)) return parsed;
  }
  const rule = kind === "date" ? "an ISO 8601 date" : kind === "boolean" ? "true or false" : "a number";
  throw badRow(i, `${JSON.stringify(name)} must be ${rule}`, JSON.stringify(value));
}

/** ISO 8601; without a zone it is UTC, so that the machine's own zone does not matter. */
function parseDate(text: string): number {
  const zoned = /(?:Z|[+-]\d{2}:?\d{2})$/.test(text) || !text.includes(":") ? text : `${text}Z`;
  return /^\d{4}-\d{2}/.test(text) ? Date.parse(zoned) : Number.NaN;
}

function badRow(i: number, rule: string, got: string): KaaykoError {
  return new KaaykoError({ action: `predict row ${i + 1}`, rule, got: got.slice(0, 200), kind: "input" });
}
