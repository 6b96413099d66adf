import { KaaykoError, type Task, type TaskKind } from "../core/index.ts";
import { isLabelList, labelsOf, separatorOf } from "./label-sets.ts";
import { missingColumn } from "./missing-column.ts";
import { type ColumnProfile, profileOf, type TableProfile } from "./profile/profile.ts";

/** Classes that a target may have. */
export const MAX_CLASSES = 1000;
/** Distinct whole numbers that may be classes without a name that says so. */
const MAX_CODED_CLASSES = 10;
/** Names of amounts: their few whole numbers are ordered. */
const AMOUNT_NAME =
  /(?:^|[_\- .])(?:n|num|number|count|counts|cnt|score|rating|quality|grade|points?|stars?|rank|age|years?|months?|days?|hours?|quantity|qty|total|amount|size|length|level|rings|price|cost|rooms?|children|kids|visits?|claims?|sales|demand)(?:$|[_\- .])/i;
const CLASS_NAME =
  /(?:^|[_\- .])(?:class|classes|label|labels|category|categories|species|type|kind|cover_?type)(?:$|[_\- .])/i;

export interface InferredTask {
  readonly task: Task;
  /** Why this kind, for a person. */
  readonly reason: string;
  readonly notices: readonly string[];
}

/**
 * The task of a target column.
 *
 * Lists in brackets are sets of labels. Strings and booleans are classes; so are numbers with two distinct values. Whole numbers
 * are classes where they look like codes: at most 10 distinct (100 under a name such as `class` or `label`), counted from 0 or 1 without large gaps, each
 * seen 5 times on average, and no name of an amount (`count`, `score`, `quality`, `age`, …). All else is regression.
 * Classes are sorted: numbers by value, strings by code unit.
 *
 * @param kind as asked for; undefined infers it
 * @throws KaaykoError (input) where the column is missing, empty, constant, infinite somewhere, or unfit for the kind
 */
export function inferTask(profile: TableProfile, target: string, kind?: TaskKind): InferredTask {
  const column = profileOf(profile, target);
  if (column === undefined)
    throw missingColumn(
      "the table",
      target,
      profile.columns.map(({ name }) => name),
    );
  if (kind === "anomaly") return inferAnomaly(column);
  checkTarget(column);
  if (column.kind === "date")
    throw unfit(
      target,
      "a date cannot be predicted",
      "dates",
      "Make a column of numbers from it, such as days since a fixed day, or name it in --categorical.",
    );
  const chosen = kind === undefined ? kindOf(column) : { kind, reason: "as asked for" };
  const notices = missingNotice(column);
  if (chosen.kind === "binary" || chosen.kind === "multiclass") {
    const classes = classesOf(column, chosen.kind);
    const single = column.counts.filter((count) => count === 1).length;
    if (single > 0)
      notices.push(`${single} of ${classes.length} classes of ${target} ha${single === 1 ? "s" : "ve"} one row only.`);
    return { task: { kind: chosen.kind, target, classes }, reason: chosen.reason, notices };
  }
  if (chosen.kind === "multilabel") {
    const separator = separatorOf(isString(column) ? (column.values as string[]) : []);
    const classes = labelSet(column, separator);
    return { task: { kind: "multilabel", target, classes, separator }, reason: chosen.reason, notices };
  }
  if (isString(column) && chosen.kind === "regression")
    throw unfit(target, "regression needs a column of numbers", "strings", "Use --task multiclass.");
  return { task: { kind: chosen.kind, target }, reason: chosen.reason, notices };
}

/** Labels only judge what was found without them: there may be none. The rarer of two is the anomaly. */
function inferAnomaly(column: ColumnProfile): InferredTask {
  const { name, distinct } = column;
  if (distinct === null || distinct > 2)
    throw unfit(name, "labels of anomalies must have two values", distinct === null ? "many" : String(distinct));
  const labels = isString(column)
    ? (column.values as string[])
    : (column.values as number[]).map((value) => labelOf(column.kind, value));
  // Values come by falling count.
  const classes = [labels[0] ?? "normal", labels[1] ?? "anomaly"];
  const reason = labels.length === 0 ? "without labels" : `${name} is only looked at to judge`;
  return { task: { kind: "anomaly", target: name, classes }, reason, notices: [] };
}

const OTHER_TARGET = "Name another --target, or use rows that differ in it.";

function checkTarget(column: ColumnProfile): void {
  const { name } = column;
  const present = column.rows - column.missing;
  if (present === 0) throw unfit(name, "the target must have values", "missing values only", OTHER_TARGET);
  if (column.infinite > 0)
    throw unfit(name, "the target must be finite", `${column.infinite} infinite values`, "Remove those rows.");
  if (column.distinct === 1)
    throw unfit(
      name,
      "the target must have at least two different values",
      `${present} times ${String(column.values[0])}`,
      OTHER_TARGET,
    );
}

function missingNotice(column: ColumnProfile): string[] {
  if (column.missing === 0) return [];
  return [`${column.missing.toLocaleString("en-US")} rows without ${column.name} are left out.`];
}

function kindOf(column: ColumnProfile): { kind: TaskKind; reason: string } {
  const classes = (count: number): TaskKind => (count === 2 ? "binary" : "multiclass");
  if (isString(column) && column.values.length > 0 && (column.values as string[]).every(isLabelList))
    return { kind: "multilabel", reason: "the target holds lists" };
  if (isString(column)) return { kind: classes(column.distinct ?? Infinity), reason: "the target holds strings" };
  if (column.distinct === 2) return { kind: "binary", reason: "the target has two values" };
  if (looksCoded(column))
    return {
      kind: "multiclass",
      reason: `the target holds ${column.distinct} codes; --task regression makes them amounts`,
    };
  const { integers, distinct } = column;
  if (integers && distinct !== null && distinct <= 20)
    return {
      kind: "regression",
      reason: `the target holds ${distinct} ordered numbers; --task multiclass makes them classes`,
    };
  return { kind: "regression", reason: "the target holds numbers" };
}

function looksCoded(column: ColumnProfile): boolean {
  const { name, distinct, min, max, integers } = column;
  if (!integers || distinct === null) return false;
  const present = column.rows - column.missing;
  if (present < 5 * distinct || min < 0) return false;
  const words = name.replace(/([a-z])([A-Z])/g, "$1_$2");
  if (CLASS_NAME.test(words)) return distinct <= 100;
  return distinct <= MAX_CODED_CLASSES && min <= 1 && max - min + 1 <= 1.5 * distinct && !AMOUNT_NAME.test(words);
}

function classesOf(column: ColumnProfile, kind: TaskKind): string[] {
  const { name, distinct } = column;
  if (distinct === null || distinct > MAX_CLASSES) {
    const got = distinct === null ? "more than could be counted" : String(distinct);
    const remedy = isString(column) ? "Is this an identifier or a text?" : "Use --task regression.";
    throw unfit(name, `a target of classes may have ${MAX_CLASSES} of them`, got, remedy);
  }
  if (kind === "binary" && distinct !== 2)
    throw unfit(name, "a binary target must have two values", String(distinct), "Use --task multiclass.");
  return classLabels(column);
}

/** Every label that occurs in a cell, sorted: numbers by value, strings by code unit. */
function labelSet(column: ColumnProfile, separator: string): string[] {
  const { name, distinct } = column;
  if (distinct === null)
    throw unfit(name, "a target of labels may have 65,536 different sets of them", "more", "Is this a text?");
  const cells = isString(column) ? (column.values as string[]) : (column.values as number[]).map(String);
  const labels = [...new Set(cells.flatMap((cell) => labelsOf(cell, separator)))].sort(byCodeUnit);
  if (labels.every((label) => label.trim() !== "" && Number.isFinite(Number(label))))
    labels.sort((a, b) => Number(a) - Number(b));
  if (labels.length >= 2 && labels.length <= MAX_CLASSES) return labels;
  throw unfit(name, `a target of labels may have 2 to ${MAX_CLASSES} of them`, String(labels.length));
}

/** The labels of a target's values, in the order of their codes. */
function classLabels(column: ColumnProfile): string[] {
  if (isString(column)) return (column.values as string[]).slice().sort(byCodeUnit);
  const numbers = (column.values as number[]).slice().sort((a, b) => a - b);
  return numbers.map((value) => labelOf(column.kind, value));
}

/** A number of a target as the label of a class. */
export function labelOf(kind: string, value: number): string {
  if (kind === "boolean") return value === 0 ? "false" : "true";
  return String(value);
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function isString({ kind }: ColumnProfile): boolean {
  return kind === "categorical" || kind === "text";
}

function unfit(target: string, rule: string, got: string, remedy?: string): KaaykoError {
  const rest = remedy === undefined ? {} : { remedy };
  return new KaaykoError({ action: `predict ${JSON.stringify(target)}`, rule, got, kind: "input", ...rest });
}
