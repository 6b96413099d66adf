import type { ColumnKind } from "../core/index.ts";
import { type ColumnProfile, MAX_DISTINCT, type TableProfile } from "./profile/profile.ts";

/** Columns that play a part other than that of a feature. */
export interface ColumnRoles {
  readonly target?: string;
  readonly weight?: string;
  readonly group?: string;
  readonly time?: string;
  /** Texts whose tokens are tagged: then nothing else is a feature. */
  readonly text?: string;
  readonly ignore?: readonly string[];
  /** Kept whatever they look like: columns that a person named as categorical. */
  readonly keep?: readonly string[];
}

export type ColumnUse = "feature" | "target" | "weight" | "group" | "time" | "left out";

/** What becomes of a column. Plain data. */
export interface ColumnDecision {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly use: ColumnUse;
  /** How a feature is encoded; null where it is none. A time column of dates is a feature too: calendar parts, no trend. */
  readonly as: FeatureForm | null;
  /** Why, for a person; empty where nothing needs saying. */
  readonly reason: string;
}

export type FeatureForm =
  | "numeric"
  | "number"
  | "commaNumber"
  | "boolean"
  | "categorical"
  | "text"
  | "tagged"
  | "date"
  | "season";

/** Names of columns that number rows rather than describe them, those that pandas gives too. */
const ID_NAME =
  /^(?:.*[_\- .])?(?:id|uuid|guid|index|rownum|row_?number|unnamed.*|key|__index_level_\d+__)$|[a-z]I[dD]$|^$/i;
/** Rows from which on the share of distinct values says something. */
const MIN_ROWS = 20;
/** Share of distinct strings from which on a string names its row. */
const ID_SHARE = 0.95;
/** Share of numbers from which on strings are numbers with some bad cells. */
const NUMBER_SHARE = 0.9;
/** Different numbers in text up to which they are rather codes of categories. */
const MAX_CODES = 10;
/** Words on average from which on strings of many values are text. */
const TEXT_WORDS = 3;

/**
 * Decides what becomes of every column: a feature in which form, or left out and why.
 *
 * Left out: what is ignored, all missing, constant without missing values, infinite throughout; strings of which nearly
 * every row has its own, or that have over 65,536 values, and that are not sentences; whole numbers that are all different under a name like `id`, `row` or
 * `index`. Columns that their source calls text are text. Strings of which 9 in 10 are numbers, with more than 10 different ones and no leading zeros, are read as numbers (`number`,
 * or `commaNumber` with decimal commas). Strings of three words or more on average and many values are text, all others categories.
 */
export function decideColumns(profile: TableProfile, roles: ColumnRoles): ColumnDecision[] {
  return profile.columns.map((column) => {
    const { name, kind } = column;
    const role = (["target", "weight", "group", "time"] as const).find((part) => roles[part] === name);
    if (role === "time" && kind === "date")
      return { name, kind, use: role, as: "season", reason: "calendar parts only" };
    if (role !== undefined) return { name, kind, use: role, as: null, reason: "" };
    if (roles.ignore?.includes(name)) return leftOut(column, "ignored");
    if (roles.text === name) return { name, kind, use: "feature", as: "tagged", reason: "" };
    if (roles.text !== undefined) return leftOut(column, `tags are learnt from ${roles.text} alone`);
    const kept = roles.keep?.includes(name) ?? false;
    const { as, remark } = kept ? { as: null, remark: "" } : numbersInStrings(column);
    if (as !== null) return { name, kind, use: "feature", as, reason: remark };
    const reason = kept ? null : uselessBecause(column);
    if (reason !== null) return leftOut(column, remark === "" ? reason : `${reason}; ${remark}`);
    return { name, kind, use: "feature", as: formOf(column), reason: remark };
  });
}

/** Strings of which nearly all are numbers, and too many different ones for codes: how to read them, and what to say. */
function numbersInStrings(column: ColumnProfile): { as: FeatureForm | null; remark: string } {
  const { rows, missing, infinite, distinct, looks, noNumber } = column;
  const none = { as: null, remark: "" };
  if (looks === undefined || looks.coded > 0) return none;
  const present = rows - missing - infinite;
  const numbers = looks.whole + looks.point + looks.comma + looks.grouped;
  if (present < MIN_ROWS || numbers < NUMBER_SHARE * present || (distinct ?? present) <= MAX_CODES) return none;
  const bad = present - numbers;
  const except = bad === 0 ? "" : ` (${bad} values such as ${JSON.stringify(noNumber)} are taken as missing)`;
  if (looks.comma + looks.grouped === 0) return { as: "number", remark: `numbers in text${except}` };
  const clear = looks.comma > 0 && looks.point === 0;
  if (clear) return { as: "commaNumber", remark: `numbers with a decimal comma${except}` };
  return { as: null, remark: "numbers with commas of unclear meaning; write them without" };
}

function leftOut({ name, kind }: ColumnProfile, reason: string): ColumnDecision {
  return { name, kind, use: "left out", as: null, reason };
}

function uselessBecause(column: ColumnProfile): string | null {
  const present = column.rows - column.missing - column.infinite;
  if (column.missing === column.rows) return "all values are missing";
  if (present === 0) return "no finite value";
  if (column.distinct === 1 && present === column.rows) return "constant";
  if (column.kind === "categorical" && column.meanWords < TEXT_WORDS && column.distinct === null)
    return `more than ${MAX_DISTINCT.strings.toLocaleString("en-US")} categories`;
  if (present < MIN_ROWS) return null;
  if (isString(column)) {
    const named = column.kind !== "text" && column.meanWords < TEXT_WORDS && column.distinct! >= ID_SHARE * present;
    return named ? "an identifier: nearly every row has its own" : null;
  }
  const distinct = column.distinct ?? present;
  const spread = column.max - column.min + 1 >= present;
  if (column.kind === "numeric" && column.integers && distinct === present && spread && ID_NAME.test(column.name))
    return "an identifier, by its name";
  return null;
}

function formOf(column: ColumnProfile): FeatureForm {
  if (!isString(column)) return column.kind as "numeric" | "boolean" | "date";
  if (column.kind === "text") return "text";
  const present = column.rows - column.missing;
  const many = column.distinct === null || column.distinct > 0.3 * present;
  return column.meanWords >= TEXT_WORDS && many ? "text" : "categorical";
}

function isString({ kind }: ColumnProfile): boolean {
  return kind === "categorical" || kind === "text";
}

/** A row of the schema's summary, for printing. */
export interface SchemaRow {
  readonly column: string;
  readonly kind: ColumnKind;
  readonly stored: string;
  /** Share in per cent, one decimal. */
  readonly missing: string;
  /** Number of distinct values, or "many". */
  readonly distinct: string;
  readonly example: string;
  readonly decision: string;
}

/** Without control characters, which could move a terminal's cursor. */
function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, " ");
}

/** The schema with what becomes of it, as rows to print. */
export function describeSchema(profile: TableProfile, decisions: readonly ColumnDecision[]): SchemaRow[] {
  return profile.columns.map((column, i) => {
    const { use, as, reason } = decisions[i]!;
    const what = use === "feature" ? as! : use;
    return {
      column: printable(column.name),
      kind: column.kind,
      stored: column.physical,
      missing: `${((100 * column.missing) / Math.max(1, column.rows)).toFixed(1)} %`,
      distinct: column.distinct === null ? "many" : String(column.distinct),
      example: printable(column.example),
      decision: reason === "" ? what : `${what} (${reason})`,
    };
  });
}
