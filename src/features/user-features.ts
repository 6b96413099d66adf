import { type Column, canonicalJson, isStringColumn, type JsonValue, KaaykoError } from "../core/index.ts";

/** A column as a user's transformation sees it: numbers (NaN where missing; dates in ms, booleans 0 or 1) or strings (null where missing). */
export type UserColumn = Float32Array | Float64Array | readonly (string | null)[];
export type UserColumns = Readonly<Record<string, UserColumn>>;
/** A value for every row; null, undefined and NaN are missing. */
export type UserValues = ArrayLike<number | string | boolean | null | undefined>;

/**
 * A transformation of columns, exported by a user's file under the name of its feature.
 *
 * `apply` must give a row the same value whatever rows it is shown with: what depends on others belongs into `fit`, which sees
 * training rows only (all of them in memory; at most 100,000, drawn by the seed, where the data is streamed).
 */
export interface UserFeatureDefinition {
  readonly inputs: readonly string[];
  readonly kind: "numeric" | "categorical";
  /** Several features from one export: `apply` returns an object with these names. */
  readonly outputs?: readonly string[];
  /** Learns something from training rows: plain JSON, kept with the model. */
  fit?(columns: UserColumns): JsonValue;
  apply(columns: UserColumns, state: JsonValue): UserValues | Readonly<Record<string, UserValues>>;
}

/** A checked export. */
export interface UserFeature {
  readonly name: string;
  readonly inputs: readonly string[];
  /** Null where only the values tell: a plain function of a row. */
  readonly kind: "numeric" | "categorical" | null;
  /** Null for one output of the export's own name. */
  readonly outputs: readonly string[] | null;
  readonly fit: ((columns: UserColumns) => JsonValue) | null;
  readonly apply: (columns: UserColumns, state: JsonValue) => unknown;
}

/** The exports of a user's file. */
export interface UserFeatures {
  readonly path: string;
  readonly sha256: string;
  readonly features: readonly UserFeature[];
}

/**
 * Checks what a user's module exports.
 *
 * @throws KaaykoError (input) naming the file and the export
 */
export function checkExports(path: string, sha256: string, exports: Readonly<Record<string, unknown>>): UserFeatures {
  const names = Object.keys(exports).filter((name) => name !== "default");
  if (names.length === 0)
    throw userError(path, null, "the file must export at least one transformation by name", "none");
  return { path, sha256, features: names.sort().map((name) => checkExport(path, name, exports[name])) };
}

function checkExport(path: string, name: string, value: unknown): UserFeature {
  if (typeof value === "function") return rowFunction(path, name, value as (row: object) => unknown);
  if (typeof value !== "object" || value === null)
    throw userError(
      path,
      name,
      "it must be a function of a row, or an object with inputs, kind and apply",
      typeof value,
    );
  const { inputs, kind, outputs, fit, apply } = value as Partial<UserFeatureDefinition>;
  if (!isNames(inputs)) throw userError(path, name, "inputs must be a list of column names", show(inputs));
  if (kind !== "numeric" && kind !== "categorical")
    throw userError(path, name, 'kind must be "numeric" or "categorical"', show(kind));
  if (outputs !== undefined && !isNames(outputs))
    throw userError(path, name, "outputs must be a list of names", show(outputs));
  if (typeof apply !== "function") throw userError(path, name, "apply must be a function", show(apply));
  if (fit !== undefined && typeof fit !== "function") throw userError(path, name, "fit must be a function", show(fit));
  return {
    name,
    inputs,
    kind,
    outputs: outputs ?? null,
    fit: fit === undefined ? null : (columns) => fit.call(value as UserFeatureDefinition, columns),
    apply: (columns, state) => apply.call(value as UserFeatureDefinition, columns, state),
  };
}

function isNames(value: unknown): value is readonly string[] {
  if (!Array.isArray(value) || value.length === 0 || new Set(value).size < value.length) return false;
  return value.every((item) => typeof item === "string" && item !== "");
}

/** A plain function of one row, `({ rooms, people }) => rooms / people`: its inputs are the names that it takes apart. */
function rowFunction(path: string, name: string, run: (row: object) => unknown): UserFeature {
  const inputs = destructuredNames(run.toString());
  if (inputs.length === 0)
    throw userError(
      path,
      name,
      "a function must take one row apart: ({ column, other }) => …",
      run.toString().slice(0, 60),
    );
  const apply = (columns: UserColumns) => {
    const rows = columns[inputs[0]!]!.length;
    const row: Record<string, unknown> = Object.create(null);
    return Array.from({ length: rows }, (_, i) => {
      for (const input of inputs) row[input] = columns[input]![i];
      return run(row);
    });
  };
  return { name, inputs, kind: null, outputs: null, fit: null, apply };
}

/** The property names in the pattern that is a function's first parameter; empty where there is none. */
function destructuredNames(source: string): string[] {
  const pattern = /^[^({]*\(?\s*\{([^{}]*)\}\s*(?:\)|,|=)/.exec(source.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, ""));
  const parts = pattern?.[1]?.split(",").map((part) => part.trim()) ?? [];
  const names = parts
    .filter((part) => part !== "")
    .map((part) =>
      part
        .split(/[:=]/)[0]!
        .trim()
        .replace(/^["'](.*)["']$/, "$1"),
    );
  return names.some((part) => part.startsWith("...") || part.startsWith("[")) ? [] : names;
}

/** Columns as the user's code sees them. */
export function userColumns(inputs: readonly string[], columns: readonly Column[], rows: number): UserColumns {
  return Object.fromEntries(
    inputs.map((name) => {
      const column = columns.find((candidate) => candidate.name === name)!;
      if (!isStringColumn(column)) return [name, column.values.slice(0, rows)];
      const { codes, dictionary } = column;
      return [name, Array.from({ length: rows }, (_, i) => (codes[i] === 0 ? null : dictionary[codes[i]! - 1]!))];
    }),
  );
}

/** Fits an export: null where it has nothing to fit. */
export function fitUserFeature(path: string, feature: UserFeature, columns: UserColumns): JsonValue {
  if (feature.fit === null) return null;
  const state = guarded(path, feature.name, () => feature.fit!(columns));
  try {
    return JSON.parse(canonicalJson(state ?? null)) as JsonValue;
  } catch (error) {
    throw userError(path, feature.name, "fit must return plain JSON", (error as Error).message, error);
  }
}

/** Applies an export: the values of each of its outputs, of the right length. */
export function applyUserFeature(
  path: string,
  feature: UserFeature,
  columns: UserColumns,
  state: JsonValue,
  rows: number,
): UserValues[] {
  const { name, outputs } = feature;
  const result = guarded(path, name, () => feature.apply(columns, state));
  if (outputs === null) return [checkedValues(path, name, result, rows)];
  if (typeof result !== "object" || result === null)
    throw userError(path, name, `apply must return an object with ${outputs.join(", ")}`, show(result));
  const record = result as Record<string, unknown>;
  return outputs.map((output) => checkedValues(path, `${name}.${output}`, record[output], rows));
}

function checkedValues(path: string, name: string, values: unknown, rows: number): UserValues {
  const list = values as UserValues;
  if (!Array.isArray(values) && !ArrayBuffer.isView(values))
    throw userError(path, name, "apply must return an array of values", show(values));
  if (list.length !== rows)
    throw userError(path, name, `apply must return a value for each of the ${rows} rows`, `${list.length} values`);
  return list;
}

function guarded<T>(path: string, name: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const got = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw userError(path, name, "it must not throw", got, error);
  }
}

/** Numbers of an output; missing where a value is null, undefined, NaN or infinite. */
export function numbersOf(path: string, name: string, values: UserValues): { values: Float64Array; infinite: number } {
  const numbers = new Float64Array(values.length);
  let infinite = 0;
  for (let i = 0; i < numbers.length; i++) {
    const value = values[i];
    if (typeof value === "string") throw userError(path, name, "a numeric feature must have numbers", show(value));
    numbers[i] = value === null || value === undefined ? Number.NaN : Number(value);
    if (Number.isFinite(numbers[i]) || Number.isNaN(numbers[i])) continue;
    infinite++;
    numbers[i] = Number.NaN;
  }
  return { values: numbers, infinite };
}

/** Strings of an output; null where missing. */
export function stringsOf(values: UserValues): (string | null)[] {
  return Array.from(values, (value) =>
    value === null || value === undefined || Number.isNaN(value) ? null : String(value),
  );
}

/** The names of an export's features. */
export function outputNames(name: string, outputs: readonly string[] | null): string[] {
  return outputs === null ? [name] : outputs.map((output) => `${name}.${output}`);
}

function show(value: unknown): string {
  if (value === undefined) return "nothing";
  return typeof value === "object" ? (JSON.stringify(value)?.slice(0, 60) ?? "an object") : String(value).slice(0, 60);
}

export function userError(path: string, name: string | null, rule: string, got: string, cause?: unknown): KaaykoError {
  const action = name === null ? `use the features of ${path}` : `make feature ${JSON.stringify(name)} of ${path}`;
  return new KaaykoError({ action, rule, got, remedy: `Mend ${path}.`, kind: "input", cause });
}
