import { KaaykoError, suggest } from "./errors.ts";
import type { JsonValue } from "./json.ts";

export type ParameterType = "integer" | "number" | "string" | "boolean" | "choice" | "list" | "duration" | "bytes";

/** Values of a setting that a search may try. Plain data. */
export type SearchRange =
  | {
      readonly low: number;
      readonly high: number;
      /** Powers matter, not differences: try 0.01 to 0.1 as often as 0.1 to 1. Default false; needs `low` over 0. */
      readonly log?: boolean;
    }
  | { readonly choices: readonly JsonValue[] };

/**
 * One setting, declared once: flags, environment, config file, prompts, help and the saved run are all made from this.
 * Plain data.
 */
export interface ParameterSpec {
  /** camelCase: `sampleSize` gives `--sample-size`, `KAAYKO_SAMPLE_SIZE` and `"sampleSize"` in a config file. */
  readonly name: string;
  readonly type: ParameterType;
  readonly description: string;
  /** Undefined where there is none: the setting is then absent unless given. */
  readonly default?: JsonValue;
  readonly min?: number;
  readonly max?: number;
  /** For `choice`, and for `list` where only these are allowed. */
  readonly choices?: readonly string[];
  /** What the help shows for the value: "FILE", "COL". Default by type. */
  readonly placeholder?: string;
  /** Heading in the help: "Data", "Training". */
  readonly group?: string;
  /** The question that a person is asked when the setting is open; not asked where absent. */
  readonly prompt?: string;
  /** False where a resume may change it without changing the result (threads, verbosity). Default true. */
  readonly affectsResult?: boolean;
  /** What a search over settings tries for it; not searched where absent. */
  readonly search?: SearchRange;
}

export type ParameterValues = Readonly<Record<string, JsonValue>>;

const DURATION_UNITS: Record<string, number> = { ms: 0.001, s: 1, m: 60, min: 60, h: 3600, d: 86400 };
const BYTE_UNITS: Record<string, number> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
};

/**
 * Reads a setting's value from what a user typed or a file holds. Durations become seconds, sizes become bytes.
 *
 * @throws KaaykoError (usage) with the rule that the value breaks
 */
export function parseParameter(spec: ParameterSpec, raw: unknown): JsonValue {
  switch (spec.type) {
    case "boolean":
      return parseBoolean(spec, raw);
    case "integer":
    case "number":
      return inRange(spec, raw, parseNumber(spec, raw));
    case "duration":
      return inRange(spec, raw, parseUnits(spec, raw, DURATION_UNITS, "a time such as 30s, 5m or 2h"));
    case "bytes":
      return inRange(spec, raw, parseUnits(spec, raw, BYTE_UNITS, "a size such as 500MB or 2GB"));
    case "list":
      return (Array.isArray(raw) ? raw.map(String) : String(raw).split(","))
        .map((item) => oneOf(spec, item.trim()))
        .filter(Boolean);
    case "choice":
      return oneOf(spec, String(raw));
    case "string":
      if (typeof raw !== "string" && typeof raw !== "number") throw wrong(spec, "it must be text", raw);
      return String(raw);
  }
}

/**
 * Fills in defaults and checks every value.
 *
 * @throws KaaykoError (usage) for an unknown name, with a suggestion, or a value out of its rule
 */
export function resolveParameters(
  specs: readonly ParameterSpec[],
  given: Readonly<Record<string, unknown>>,
  what: string,
): Record<string, JsonValue> {
  const known = new Map(specs.map((spec) => [spec.name, spec]));
  for (const name of Object.keys(given)) if (!known.has(name)) throw unknownName(what, name, known.keys());
  const values: Record<string, JsonValue> = {};
  for (const spec of specs) {
    const raw = given[spec.name];
    if (raw !== undefined && raw !== null) values[spec.name] = parseParameter(spec, raw);
    else if (spec.default !== undefined) values[spec.name] = spec.default;
  }
  return values;
}

/** Settings with what a search tries for those that are named. */
export function withSearch(
  specs: readonly ParameterSpec[],
  ranges: Readonly<Record<string, SearchRange>>,
): readonly ParameterSpec[] {
  return specs.map((spec) => (ranges[spec.name] === undefined ? spec : { ...spec, search: ranges[spec.name]! }));
}

/** The error for a name that nobody declared, with the nearest that somebody did. */
export function unknownName(what: string, name: string, known: Iterable<string>): KaaykoError {
  const names = [...known];
  const near = suggest(name, names);
  return new KaaykoError({
    action: `use ${what} "${name}"`,
    rule: "it is unknown",
    remedy: near === undefined ? `Known: ${names.join(", ")}.` : `Did you mean "${near}"?`,
    kind: "usage",
  });
}

function parseBoolean(spec: ParameterSpec, raw: unknown): boolean {
  if (typeof raw === "boolean") return raw;
  const word = String(raw).toLowerCase();
  if (["true", "yes", "on", "1"].includes(word)) return true;
  if (["false", "no", "off", "0"].includes(word)) return false;
  throw wrong(spec, "it must be true or false", raw);
}

function parseNumber(spec: ParameterSpec, raw: unknown): number {
  const value = typeof raw === "number" ? raw : /^\s*[+-]?(\d|\.\d)/.test(String(raw)) ? Number(raw) : Number.NaN;
  if (!Number.isFinite(value)) throw wrong(spec, "it must be a number", raw);
  if (spec.type === "integer" && !Number.isSafeInteger(value)) throw wrong(spec, "it must be a whole number", raw);
  return value;
}

function parseUnits(spec: ParameterSpec, raw: unknown, units: Record<string, number>, rule: string): number {
  if (typeof raw === "number" && Number.isFinite(raw)) return raw;
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(String(raw));
  const unit = match === null ? undefined : match[2] === "" ? 1 : units[match[2]!.toLowerCase()];
  if (match === null || unit === undefined) throw wrong(spec, `it must be ${rule}`, raw);
  return Number(match[1]) * unit;
}

function inRange(spec: ParameterSpec, raw: unknown, value: number): number {
  if (spec.min !== undefined && value < spec.min) throw wrong(spec, `it must be at least ${spec.min}`, raw);
  if (spec.max !== undefined && value > spec.max) throw wrong(spec, `it must be at most ${spec.max}`, raw);
  return value;
}

function oneOf(spec: ParameterSpec, value: string): string {
  if (spec.choices === undefined || spec.choices.includes(value)) return value;
  throw unknownName(spec.name, value, spec.choices);
}

function wrong(spec: ParameterSpec, rule: string, raw: unknown): KaaykoError {
  return new KaaykoError({ action: `set ${spec.name}`, rule, got: JSON.stringify(raw) ?? String(raw), kind: "usage" });
}
