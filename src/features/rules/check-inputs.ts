import {
  type Column,
  columnNamed,
  type InputRule,
  isStringColumn,
  KaaykoError,
  type PlaceRule,
  type Rules,
} from "../../core/index.ts";
import type { EncodableRows } from "../encode.ts";

/** What is wrong with a row: which rule, and what it has instead. */
type OnFault = (row: number, rule: string, got: string) => void;

/**
 * Refuses raw rows that cannot be: a number out of its range, an unknown category, a place where nobody paddles. Missing values
 * are allowed; the caps say what follows from them.
 *
 * @param firstRow number of the first row in the source, from 0, for the message
 * @throws KaaykoError (input) naming row, column, range and value
 */
export function checkInputs(rules: Rules, rows: EncodableRows, firstRow = 0): void {
  visitFaults(rules, rows, (row, rule, got) => {
    throw refused(firstRow + row, rule, got);
  });
}

/** The rows that `checkInputs` would refuse, by number in the batch, each with the first reason. */
export function impossibleRows(rules: Rules, rows: EncodableRows): Map<number, string> {
  const reasons = new Map<number, string>();
  visitFaults(rules, rows, (row, rule, got) => {
    if (!reasons.has(row)) reasons.set(row, `${rule}, got ${got}`);
  });
  return reasons;
}

function visitFaults(rules: Rules, rows: EncodableRows, onFault: OnFault): void {
  for (const rule of rules.inputs) {
    const column = columnNamed(rows.columns, rule.column);
    if (column === undefined) continue;
    if ("values" in rule) visitCategories(rule, column, rows.rows, onFault);
    else visitRange(rule, column, rows.rows, onFault);
  }
  if (rules.places !== null) visitPlaces(rules.places, rows, onFault);
}

function visitRange(
  { column: name, low, high, unit }: Extract<InputRule, { low: number }>,
  column: Column,
  rows: number,
  onFault: OnFault,
): void {
  if (isStringColumn(column)) return;
  const { values } = column;
  // Written so that NaN, which is missing, passes.
  for (let row = 0; row < rows; row++)
    if (values[row]! < low || values[row]! > high)
      onFault(row, `${name} must be from ${low} to ${high}${unit === "" ? "" : ` ${unit}`}`, `${values[row]}`);
}

function visitCategories(
  { column: name, values }: Extract<InputRule, { values: readonly string[] }>,
  column: Column,
  rows: number,
  onFault: OnFault,
): void {
  if (!isStringColumn(column)) return;
  const unknown = column.dictionary.findIndex((text) => !values.includes(text));
  if (unknown < 0) return;
  // A dictionary may name what no row of this batch has.
  for (let row = 0; row < rows; row++) {
    const text = column.dictionary[column.codes[row]! - 1];
    if (text !== undefined && !values.includes(text))
      onFault(row, `${name} must be one of ${values.join(", ")}`, JSON.stringify(text));
  }
}

function visitPlaces(rule: PlaceRule, rows: EncodableRows, onFault: OnFault): void {
  const latitudes = columnNamed(rows.columns, rule.latitude);
  const longitudes = columnNamed(rows.columns, rule.longitude);
  if (latitudes === undefined || longitudes === undefined) return;
  if (isStringColumn(latitudes) || isStringColumn(longitudes)) return;
  for (let row = 0; row < rows.rows; row++) {
    const [latitude, longitude] = [latitudes.values[row]!, longitudes.values[row]!];
    if (Number.isNaN(latitude) || Number.isNaN(longitude) || isMarked(rule, latitude, longitude)) continue;
    onFault(row, `the place (${rule.latitude}, ${rule.longitude}) must be ${rule.marks}`, `${latitude}, ${longitude}`);
  }
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
