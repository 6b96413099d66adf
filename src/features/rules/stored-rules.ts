import { type JsonObject, type JsonValue, KaaykoError, type Rules } from "../../core/index.ts";

const MAX_ITEMS = 1000;

/** Rules as plain JSON, for a model's package. */
export function rulesToJson(rules: Rules): JsonObject {
  return JSON.parse(JSON.stringify(rules)) as JsonObject;
}

/**
 * Reads rules that were stored. Nothing in them is trusted.
 *
 * @throws KaaykoError (damaged) where they are none
 */
export function rulesFromJson(json: JsonValue | undefined): Rules {
  const { range, caps, unknown, monotone, inputs, places, bands } = object(json, "the rules");
  const { low, high } = object(range, "range");
  if (!(number(low, "range") <= number(high, "range"))) throw broken("range");
  list(caps, "caps").forEach(checkCap);
  if (unknown !== null) {
    checkNamed(unknown, "unknown");
    number(object(unknown, "unknown").missingAtMost, "unknown");
  }
  if (!Object.values(object(monotone, "monotone")).every((sign) => sign === 1 || sign === -1)) throw broken("monotone");
  list(inputs, "inputs").forEach(checkInput);
  if (places !== null) checkPlaces(places);
  for (const band of list(bands, "bands")) {
    text(object(band, "bands").name, "bands");
    number(object(band, "bands").from, "bands");
  }
  return json as unknown as Rules;
}

function checkNamed(value: JsonValue | undefined, name: string): void {
  const { name: own, cap, reason } = object(value, name);
  text(own, name);
  text(reason, name);
  number(cap, name);
}

function checkCap(value: JsonValue): void {
  checkNamed(value, "caps");
  for (const condition of list(object(value, "caps").all, "caps")) {
    const { column, is, value: limit, otherwise } = object(condition, "a condition");
    text(column, "a condition");
    number(limit, "a condition");
    if (is !== "above" && is !== "below" && is !== "missing") throw broken("a condition");
    for (const other of otherwise === undefined ? [] : list(otherwise, "a condition")) {
      text(object(other, "a condition").column, "a condition");
      number(object(other, "a condition").times, "a condition");
    }
  }
}

function checkInput(value: JsonValue): void {
  const { column, low, high, unit, values } = object(value, "inputs");
  text(column, "inputs");
  if (values !== undefined) {
    for (const item of list(values, "inputs")) text(item, "inputs");
    return;
  }
  text(unit, "inputs");
  if (!(number(low, "inputs") <= number(high, "inputs"))) throw broken("inputs");
}

function checkPlaces(value: JsonValue | undefined): void {
  const { latitude, longitude, degrees, rows, marks } = object(value, "places");
  for (const item of [latitude, longitude, marks]) text(item, "places");
  const size = number(degrees, "places");
  const lines = list(rows, "places");
  if (!(size > 0) || lines.length !== 180 / size || !lines.every((line) => text(line, "places").length === 360 / size))
    throw broken("places");
}

function object(value: JsonValue | undefined, name: string): JsonObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw broken(name);
}

function list(value: JsonValue | undefined, name: string): readonly JsonValue[] {
  if (Array.isArray(value) && value.length <= MAX_ITEMS) return value;
  throw broken(name);
}

function text(value: JsonValue | undefined, name: string): string {
  if (typeof value === "string") return value;
  throw broken(name);
}

function number(value: JsonValue | undefined, name: string): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw broken(name);
}

function broken(name: string): KaaykoError {
  return new KaaykoError({
    action: "read the rules of a model",
    rule: `${name} must be as this release writes them`,
    kind: "damaged",
  });
}
