import { type Column, isStringColumn } from "../../core/index.ts";

/** Rows by the equal values of a column: a number from 0 for every distinct value, in order of first appearance. */
export interface KeyedRows {
  readonly codes: Uint32Array;
  readonly count: number;
}

/** Numbers a column's distinct values. Missing values are equal to each other. */
export function keyRows(column: Column, rows: number): KeyedRows {
  const codes = new Uint32Array(rows);
  const known = new Map<number, number>();
  // A dictionary may say the same string twice.
  const canonical = isStringColumn(column) ? canonicalCodes(column.dictionary) : null;
  for (let i = 0; i < rows; i++) {
    const value = isStringColumn(column) ? canonical![column.codes[i]!]! : column.values[i]!;
    let code = known.get(value);
    if (code === undefined) {
      code = known.size;
      known.set(value, code);
    }
    codes[i] = code;
  }
  return { codes, count: known.size };
}

function canonicalCodes(dictionary: readonly string[]): number[] {
  const first = new Map<string, number>();
  return [
    0,
    ...dictionary.map((text, i) => {
      const known = first.get(text) ?? i + 1;
      first.set(text, known);
      return known;
    }),
  ];
}
