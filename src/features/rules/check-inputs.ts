import {
  columnFinder,
  type InputRule,
  isStringColumn,
  KaaykoError,
  type PlaceRule,
  type Rules,
} from "../../core/index.ts";
import type { EncodableRows } from "../encode.ts";

/** What is wrong with a row: which rule, and what it has instead. */
type OnFault = (row: number, rule: string, got: string) => void;

/** Looks for faults in a table's rows. */
export type InputCheck = (rows: EncodableRows, onFault: OnFault) => void;

/** The checks that rules ask for, for one table after the other. Missing values are allowed; the caps say what follows from them. */
export function compileInputChecks({ inputs, places }: Rules): InputCheck[] {
  const checks = inputs.map((rule) => ("values" in rule ? categoryCheck(rule) : rangeCheck(rule)));
  return places === null ? checks : [...checks, placeCheck(places)];
}

/**
 * Refuses raw rows that cannot be: a number out of its range, an unknown category, a place where nobody paddles.
 *
 * @param firstRow number of the first row in the source, from 0, for the message
 * @throws KaaykoError (input) naming row, column, range and value
 */
export function checkInputs(checks: readonly InputCheck[], rows: EncodableRows, firstRow = 0): void {
  const refuse: OnFault = (row, rule, got) => {
    throw refused(firstRow + row, rule, got);
  };
  for (let i = 0; i < checks.length; i++) checks[i]!(rows, refuse);
}

/** The rows that `checkInputs` would refuse, by number in the batch, each with the first reason. */
export function impossibleRows(checks: readonly InputCheck[], rows: EncodableRows): Map<number, string> {
  const reasons = new Map<number, string>();
  for (const check of checks)
    check(rows, (row, rule, got) => {
      if (!reasons.has(row)) reasons.set(row, `${rule}, got ${got}`);
    });
  return reasons;
}

function rangeCheck({ column: name, low, high, unit }: Extract<InputRule, { low: number }>): InputCheck {
  const find = columnFinder(name);
  return ({ columns, rows }, onFault) => {
    const column = find(columns);
    if (column === undefined || isStringColumn(column)) return;
    const { values } = column;
    // Written so that NaN, which is missing, passes.
    for (let row = 0; row < rows; row++)
      if (values[row]! < low || values[row]! > high)
        onFault(row, `${name} must be from ${low} to ${high}${unit === "" ? "" : ` ${unit}`}`, `${values[row]}`);
  };
}

function categoryCheck({ column: name, values }: Extract<InputRule, { values: readonly string[] }>): InputCheck {
  const find = columnFinder(name);
  // Readers hand out one dictionary again and again, which only grows.
  let dictionary: readonly string[] = [];
  let known = 0;
  const allKnown = (texts: readonly string[]): boolean => {
    if (texts !== dictionary) known = 0;
    dictionary = texts;
    while (known < texts.length && values.includes(texts[known]!)) known++;
    return known === texts.length;
  };
  return ({ columns, rows }, onFault) => {
    const column = find(columns);
    if (column === undefined || !isStringColumn(column) || allKnown(column.dictionary)) return;
    // A dictionary may name what no row of this batch has.
    for (let row = 0; row < rows; row++) {
      const text = column.dictionary[column.codes[row]! - 1];
      if (text !== undefined && !values.includes(text))
        onFault(row, `${name} must be one of ${values.join(", ")}`, JSON.stringify(text));
    }
  };
}

function placeCheck(rule: PlaceRule): InputCheck {
  const findLatitude = columnFinder(rule.latitude);
  const findLongitude = columnFinder(rule.longitude);
  return ({ columns, rows }, onFault) => {
    const latitudes = findLatitude(columns);
    const longitudes = findLongitude(columns);
    if (latitudes === undefined || longitudes === undefined) return;
    if (isStringColumn(latitudes) || isStringColumn(longitudes)) return;
    for (let row = 0; row < rows; row++) {
      const latitude = latitudes.values[row]!;
      const longitude = longitudes.values[row]!;
      if (Number.isNaN(latitude) || Number.isNaN(longitude) || isMarked(rule, latitude, longitude)) continue;
      onFault(
        row,
        `the place (${rule.latitude}, ${rule.longitude}) must be ${rule.marks}`,
        `${latitude}, ${longitude}`,
      );
    }
  };
}

/** Whether a place lies in a marked cell. @param latitude degrees north @param longitude degrees east, -180 to 180 */
export function isMarked({ degrees, rows }: PlaceRule, latitude: number, longitude: number): boolean {
  const line = rows[Math.min(rows.length - 1, Math.max(0, Math.floor((90 - latitude) / degrees)))]!;
  return line[Math.min(line.length - 1, Math.max(0, Math.floor((longitude + 180) / degrees)))] === "#";
}

function refused(row: number, rule: string, got: string): KaaykoError {
  return new KaaykoError({
    action: `predict row ${row + 1}`,
    rule,
    got,
    remedy: "Correct the value, or leave it out (null) where it is not known.",
    kind: "input",
  });
}
