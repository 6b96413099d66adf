import { type Column, isStringColumn, KaaykoError, type TargetSummary, type Task, targetWidth } from "../core/index.ts";
import { labelOf } from "./infer-task.ts";
import { DEFAULT_SEPARATOR, labelsOf } from "./label-sets.ts";
import { NumberTally } from "./profile/number-tally.ts";
import { type ColumnProfile, profileOf, type TableProfile } from "./profile/profile.ts";
import { ROLE } from "./rows/roles.ts";
import { createTagEncoder } from "./tagging/truth.ts";

/**
 * Turns a target column into numbers, `targetWidth(task)` a row: the value for regression, the class's code from 0, or 1 and 0
 * for each label; NaN where missing.
 */
export type TargetEncoder = (column: Column) => Float64Array;

/**
 * Makes the encoder of a task's target. It remembers the dictionary of the last column.
 *
 * @throws KaaykoError (input), when it encodes, for a class that the task does not know, or an infinite value
 */
export function createTargetEncoder(task: Task): TargetEncoder {
  if (task.kind === "multilabel") return createLabelEncoder(task);
  if (task.kind === "anomaly") return createFlagEncoder(task);
  const codes = task.classes === undefined ? null : new Map(task.classes.map((label, code) => [label, code]));
  let dictionary: readonly string[] | undefined;
  let mapped: number[] = [];
  return (column) => {
    if (!isStringColumn(column)) return encodeNumbers(column.kind, column.values, codes, task.target);
    if (codes === null) throw wrongTarget(task.target, "a number", "a string");
    if (dictionary !== column.dictionary) {
      dictionary = column.dictionary;
      mapped = [Number.NaN];
    }
    const target = new Float64Array(column.codes.length);
    for (let i = 0; i < target.length; i++) {
      const code = column.codes[i]!;
      target[i] = mapped[code] ??= codeOf(codes, column.dictionary[code - 1]!, task.target);
    }
    return target;
  };
}

/** Rows without a label are not known to be anomalies. */
function createFlagEncoder(task: Task): TargetEncoder {
  const encode = createTargetEncoder({ ...task, kind: "binary" });
  return (column) => encode(column).map((code) => (Number.isNaN(code) ? 0 : code));
}

/** Numbers of queries, by the texts of their cells. */
export type QueryNumbers = Map<string, number>;

/**
 * Makes the encoder of all that a task's target says about a row, from the table's columns by name: for a ranking the number of the
 * row's query as well, for tagging from the text and its tags.
 *
 * @param queries numbers that queries have already; new ones are added. Default none
 */
export function createTruthEncoder(
  task: Task,
  queries: QueryNumbers = new Map(),
): (columnOf: (name: string) => Column) => Float64Array {
  if (task.kind === "tagging") {
    const encodeTags = createTagEncoder(task);
    return (columnOf) => encodeTags(columnOf(task.text!), columnOf(task.target));
  }
  const encode = createTargetEncoder(task);
  if (task.kind !== "ranking") return (columnOf) => encode(columnOf(task.target));
  return (columnOf) => {
    const relevance = encode(columnOf(task.target));
    const numbers = numberQueries(columnOf(task.group!), queries);
    const truth = new Float64Array(2 * relevance.length);
    relevance.forEach((value, row) => {
      truth[2 * row] = value;
      truth[2 * row + 1] = numbers[row]!;
    });
    return truth;
  };
}

/** The number of each row's query: those that have none are numbered as they come. */
export function numberQueries(column: Column, queries: QueryNumbers): Float64Array {
  const rows = isStringColumn(column) ? column.codes.length : column.values.length;
  return Float64Array.from({ length: rows }, (_, row) => {
    const name = cellOf(column, row) ?? "";
    const number = queries.get(name) ?? queries.size;
    queries.set(name, number);
    return number;
  });
}

/** Columns beside the features that the truth about a row is read from. */
export function truthColumns({ kind, target, group, text }: Task): readonly string[] {
  if (kind === "tagging") return [text!, target];
  return kind === "ranking" ? [target, group!] : [target];
}

/** Cells that say the same are taken apart once. */
function createLabelEncoder(task: Task): TargetEncoder {
  const codes = new Map(task.classes!.map((label, code) => [label, code]));
  const width = codes.size;
  const known = new Map<string, Float64Array>();
  const rowOf = (cell: string): Float64Array => {
    let row = known.get(cell);
    if (row === undefined) {
      row = new Float64Array(width);
      for (const label of labelsOf(cell, task.separator ?? DEFAULT_SEPARATOR))
        row[codeOf(codes, label, task.target)] = 1;
      known.set(cell, row);
    }
    return row;
  };
  return (column) => {
    const rows = isStringColumn(column) ? column.codes.length : column.values.length;
    const target = new Float64Array(rows * width).fill(Number.NaN);
    for (let i = 0; i < rows; i++) {
      const cell = cellOf(column, i);
      if (cell !== null) target.set(rowOf(cell), i * width);
    }
    return target;
  };
}

/** A cell as text; null where it is missing. */
function cellOf(column: Column, row: number): string | null {
  if (isStringColumn(column)) return column.codes[row] === 0 ? null : column.dictionary[column.codes[row]! - 1]!;
  const value = column.values[row]!;
  return Number.isNaN(value) ? null : labelOf(column.kind, value);
}

function encodeNumbers(
  kind: string,
  values: Float32Array | Float64Array,
  codes: ReadonlyMap<string, number> | null,
  name: string,
): Float64Array {
  const known = new Map<number, number>();
  const target = new Float64Array(values.length);
  for (let i = 0; i < target.length; i++) {
    const value = values[i]!;
    if (value === Infinity || value === -Infinity) throw wrongTarget(name, "finite", String(value));
    if (codes === null || Number.isNaN(value)) {
      target[i] = value;
      continue;
    }
    let code = known.get(value);
    if (code === undefined) {
      code = codeOf(codes, labelOf(kind, value), name);
      known.set(value, code);
    }
    target[i] = code;
  }
  return target;
}

function codeOf(codes: ReadonlyMap<string, number>, label: string, name: string): number {
  const code = codes.get(label);
  if (code === undefined)
    throw wrongTarget(name, `one of the ${codes.size} classes seen in training`, JSON.stringify(label));
  return code;
}

function wrongTarget(name: string, rule: string, got: string): KaaykoError {
  return new KaaykoError({
    action: `use the target ${JSON.stringify(name)}`,
    rule: `it must be ${rule}`,
    got,
    kind: "input",
  });
}

/** Summary of the target over the training rows. */
export function summarizeTarget(target: Float64Array, roles: Uint8Array, task: Task): TargetSummary {
  const tally = new TargetTally(task);
  tally.add(target, roles);
  return tally.summary();
}

/** Forms the target's summary from batches. */
export class TargetTally {
  readonly #numbers = new NumberTally(0);
  readonly #width: number;
  /** Numbers of queries are no values of the target. */
  readonly #ranks: boolean;
  /** Every number is a class's code. */
  readonly #coded: boolean;
  #counts: Float64Array;

  constructor(task: Task) {
    this.#width = targetWidth(task);
    this.#ranks = task.kind === "ranking";
    this.#coded = this.#width === 1 || task.kind === "tagging";
    this.#counts = new Float64Array(task.classes?.length ?? 0);
  }

  /** @param roles `ROLE` of the same rows; only training rows count, and of them only what is not missing */
  add(target: Float64Array, roles: Uint8Array): void {
    const trained = new Float64Array(target.length);
    let count = 0;
    for (let i = 0; i < target.length; i++) {
      const value = target[i]!;
      if (roles[this.#width === 1 ? i : Math.floor(i / this.#width)] !== ROLE.train || Number.isNaN(value)) continue;
      if (this.#ranks && i % 2 === 1) continue;
      trained[count++] = value;
      if (this.#counts.length > 0) this.#count(i, value);
    }
    this.#numbers.add(trained, count);
  }

  /** Codes of classes; else numbers that say of each label whether the row has it. */
  #count(place: number, value: number): void {
    if (this.#coded) this.#counts[value]!++;
    else this.#counts[place % this.#width]! += value;
  }

  summary(): TargetSummary {
    const { mean, std, min, max } = this.#numbers.summary();
    return { mean, std, min, max, classCounts: [...this.#counts] };
  }

  getState(): { readonly numbers: Float64Array; readonly counts: Float64Array } {
    return { numbers: this.#numbers.getState().numbers, counts: this.#counts.slice() };
  }

  setState({ numbers, counts }: { readonly numbers: Float64Array; readonly counts: Float64Array }): void {
    if (counts.length !== this.#counts.length)
      throw new KaaykoError({ action: "restore the target's summary", rule: "the classes must fit", kind: "damaged" });
    this.#numbers.setState({ numbers, values: new Float64Array(0), counts: new Float64Array(0) });
    this.#counts = counts.slice();
  }
}

/**
 * Checks a column of weights: numbers, none missing, none negative or infinite, not all 0. A missing weight is an error and
 * not a silent 1; 0 leaves a row out of the training.
 */
export function checkWeight(profile: TableProfile, name: string): void {
  const column = profileOf(profile, name);
  const broken = column === undefined ? "no such column" : weightFault(column);
  if (broken !== null)
    throw new KaaykoError({
      action: `weight rows by ${JSON.stringify(name)}`,
      rule: "it must be a column of finite numbers at or over 0, not all 0, none missing",
      got: broken,
      remedy: "Fill or correct the column, or leave --weight out.",
      kind: "input",
    });
}

function weightFault(column: ColumnProfile): string | null {
  if (column.kind === "categorical" || column.kind === "text") return "strings";
  if (column.missing > 0) return `${column.missing} missing values`;
  if (column.infinite > 0) return `${column.infinite} infinite values`;
  if (column.min < 0) return String(column.min);
  return column.max === 0 ? "0 everywhere" : null;
}

/** A column of checked weights as float32. */
export function weightsOf(column: Column): Float32Array {
  if (isStringColumn(column))
    throw new KaaykoError({ action: "weight rows", rule: "weights must be numbers", kind: "input" });
  return column.values instanceof Float32Array ? column.values : Float32Array.from(column.values);
}
