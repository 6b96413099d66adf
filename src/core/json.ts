import { KaaykoError } from "./errors.ts";

/** Anything that JSON can say. Numbers are finite. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;
export interface JsonObject {
  [key: string]: JsonValue;
}

const FORBIDDEN_KEYS = new Set(["__proto__", "constructor", "prototype"]);
const MAX_DEPTH = 64;

/**
 * Writes a value as canonical JSON: keys sorted by code unit, no white space, numbers as ECMAScript prints them (RFC 8785).
 * Equal values give equal bytes, so the text can be hashed.
 *
 * @throws KaaykoError for a number that is not finite, `undefined` inside an array, or a value that JSON cannot say.
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0);
}

function write(value: unknown, depth: number): string {
  if (depth > MAX_DEPTH) throw jsonError("write", `at most ${MAX_DEPTH} levels`, "more");
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw jsonError("write", "numbers must be finite", String(value));
    return JSON.stringify(value);
  }
  // Long lists of plain values, as of a vocabulary, are written in one go.
  if (Array.isArray(value) && (value.every(isText) || value.every(Number.isFinite))) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => write(item, depth + 1)).join(",")}]`;
  if (typeof value !== "object") throw jsonError("write", "values must be JSON values", typeof value);
  const object = value as Record<string, unknown>;
  const keys = Object.keys(object)
    .filter((key) => object[key] !== undefined)
    .sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${write(object[key], depth + 1)}`).join(",")}}`;
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}

/** Whether a value is an object with names: no list, and not null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Parses JSON that somebody else wrote: refuses keys that could reach a prototype and nesting deeper than 64.
 *
 * @param text the JSON text
 * @param what what is being read, for the error ("model.json")
 * @param options.anyKeys allow such keys all the same: rows of a table, whose columns may have any name and are only looked up with
 *   `Object.hasOwn`. Default false.
 */
export function parseJson(text: string, what: string, options: { readonly anyKeys?: boolean } = {}): JsonValue {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch (error) {
    throw jsonError(`read ${what}`, "it must be valid JSON", (error as Error).message);
  }
  inspect(value, what, 0, options.anyKeys ?? false);
  return value;
}

function inspect(value: JsonValue, what: string, depth: number, anyKeys: boolean): void {
  if (value === null || typeof value !== "object") return;
  if (depth > MAX_DEPTH) throw jsonError(`read ${what}`, `at most ${MAX_DEPTH} levels of nesting are allowed`, "more");
  if (Array.isArray(value)) {
    for (const item of value) inspect(item, what, depth + 1, anyKeys);
    return;
  }
  for (const key of Object.keys(value)) {
    if (!anyKeys && FORBIDDEN_KEYS.has(key))
      throw jsonError(`read ${what}`, "a key may not name a prototype", JSON.stringify(key));
    inspect(value[key] as JsonValue, what, depth + 1, anyKeys);
  }
}

function jsonError(action: string, rule: string, got: string): KaaykoError {
  return new KaaykoError({
    action: action === "write" ? "write JSON" : action,
    rule,
    got,
    remedy: "Mend it, or write it again.",
    kind: "input",
  });
}
