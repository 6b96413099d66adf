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

/**
 * Refuses raw rows that cannot be: a number out of its range, an unknown category, a place where nobody paddles. Missing values
 * are allowed; the caps say what follows from them.
 *
 * @param firstRow number of the first row in the source, from 0, for the message
 * @throws KaaykoError (input) naming row, column, range and value
 */
export function checkInputs(rules: Rules, rows: EncodableRows, firstRow = 0): void {
  for (const rule of rules.inputs) {
    const column = columnNamed(rows.columns, rule.column);
    if (column === undefined) continue;
    if ("values" in rule) checkCategories(rule, column, rows.rows, firstRow);
    else checkRange(rule, column, rows.rows, firstRow);
  }
  if (rules.places !== null) checkPlaces(rules.places, rows, firstRow);
}

function checkRange(
  { column: name, low, high, unit }: Extract<InputRule, { low: number }>,
  column: Column,
  rows: number,
  firstRow: number,
): void {
  if (isStringColumn(column)) return;
  const { values } = column;
  // Written so that NaN, which is missing, passes.
  for (let row = 0; row < rows; row++)
    if (values[row]! < low || values[row]! > high) {
      const rule = `${name} must be from ${low} to ${high}${unit === "" ? "" : ` ${unit}`}`;
      throw refused(firstRow + row, rule, `${values[row]}`);
    }
}

function checkCategories(
  { column: name, values }: Extract<InputRule, { values: readonly string[] }>,
  column: Column,
  rows: number,
  firstRow: number,
): void {
  if (!isStringColumn(column)) return;
  const unknown = column.dictionary.findIndex((text) => !values.includes(text));
  if (unknown < 0) return;
  // A dictionary may name what no row of this batch has.
  for (let row = 0; row < rows; row++) {
    const text = column.dictionary[column.codes[row]! - 1];
    if (text !== undefined && !values.includes(text))
      throw refused(firstRow + row, `${name} must be one of ${values.join(", ")}`, JSON.stringify(text));
  }
}

function checkPlaces(rule: PlaceRule, rows: EncodableRows, firstRow: number): void {
  const latitudes = columnNamed(rows.columns, rule.latitude);
  const longitudes = columnNamed(rows.columns, rule.longitude);
  if (latitudes === undefined || longitudes === undefined) return;
  if (isStringColumn(latitudes) || isStringColumn(longitudes)) return;
  for (let row = 0; row < rows.rows; row++) {
    const [latitude, longitude] = [latitudes.values[row]!, longitudes.values[row]!];
    if (Number.isNaN(latitude) || Number.isNaN(longitude) || isMarked(rule, latitude, longitude)) continue;
    throw refused(
      firstRow + row,
      `the place (${rule.latitude}, ${rule.longitude}) must be ${rule.marks}`,
      `${latitude}, ${longitude}`,
    );
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
