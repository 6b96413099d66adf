import type { Column, TableSource } from "../core/index.ts";
import { isStringColumn } from "../core/index.ts";
import { computedSource } from "./computed-source.ts";

/** A column for each of several labels, 0 or 1 in each row, and what the one column is called that they become. */
export interface LabelColumns {
  readonly columns: readonly string[];
  readonly to: string;
}

/** Whether every value is 0 or 1, or missing, and some are there. */
export function isIndicator(column: Column): boolean {
  if (isStringColumn(column)) return false;
  const present = column.values.filter((value) => !Number.isNaN(value));
  return present.length > 0 && present.every((value) => value === 0 || value === 1);
}

/** A table with a column for each label as one with a column of lists of labels; a row that has none has an empty list. */
export function joinedLabels(source: TableSource, { columns, to }: LabelColumns): TableSource {
  const schema = { name: to, kind: "categorical", physical: `${columns.length} columns of labels` } as const;
  const compute = (found: readonly Column[], rows: number) => listsOf(to, columns, found, rows);
  return computedSource(source, [{ schema, from: columns, compute }], columns);
}

function listsOf(name: string, labels: readonly string[], columns: readonly Column[], rows: number): Column {
  const codeOf = new Map<string, number>();
  const codes = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) {
    const values = columns.map((column) => (isStringColumn(column) ? Number.NaN : column.values[row]!));
    // Nothing is known of a row without any value.
    if (values.every(Number.isNaN)) continue;
    const list = JSON.stringify(labels.filter((_, k) => values[k]! > 0));
    const code = codeOf.get(list) ?? codeOf.size + 1;
    codeOf.set(list, code);
    codes[row] = code;
  }
  return { kind: "categorical", name, codes, dictionary: [...codeOf.keys()] };
}
