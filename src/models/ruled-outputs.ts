import { type Batch, bandOf, type Column, isStringColumn, type JsonObject, type Rules } from "../core/index.ts";
import { type CompiledRules, type FiredCap, firedCaps, type LowestCaps } from "../features/index.ts";

/**
 * What the rules say of each row, as columns: the band's name, and the lowest cap that holds (missing where none does).
 *
 * @param caps `lowestCaps` of the rows
 */
export function ruledColumns(compiled: CompiledRules, { number }: LowestCaps, predictions: Float64Array): Column[] {
  const { bands } = compiled.rules;
  const capColumn: Column = { kind: "categorical", name: "rule", codes: number, dictionary: capNames(compiled.rules) };
  if (bands.length === 0) return [capColumn];
  const codes = new Uint16Array(number.length);
  for (let row = 0; row < codes.length; row++) codes[row] = 1 + bandOf(bands, predictions[row]!);
  const dictionary = bands.map(({ name }) => name);
  return [{ kind: "categorical", name: "class", codes, dictionary }, capColumn];
}

/** Names of the columns that `ruledColumns` makes. */
export function ruledColumnNames({ bands }: Rules): string[] {
  return bands.length === 0 ? ["rule"] : ["class", "rule"];
}

/**
 * What the rules say of one row, for JSON: `class`, `rules` (the caps that hold, the lowest first, with reasons; `decides` where one
 * is the prediction) and `warnings` (which inputs are missing).
 */
export function ruledRow(
  compiled: CompiledRules,
  batch: Batch,
  features: Float64Array,
  row: number,
  prediction: number,
): JsonObject {
  const { bands } = compiled.rules;
  const rules = firedCaps(compiled, features).map(({ name, cap, reason }: FiredCap) => {
    return { name, cap, decides: prediction === cap, reason };
  });
  const warnings = warningsOf(batch.columns, row);
  return bands.length === 0 ? { rules, warnings } : { class: bands[bandOf(bands, prediction)]!.name, rules, warnings };
}

function warningsOf(columns: readonly Column[], row: number): string[] {
  let missing = "";
  for (let i = 0; i < columns.length; i++)
    if (isMissing(columns[i]!, row)) missing += missing === "" ? columns[i]!.name : `, ${columns[i]!.name}`;
  return missing === "" ? [] : [`Missing: ${missing}.`];
}

function isMissing(column: Column, row: number): boolean {
  return isStringColumn(column) ? column.codes[row] === 0 : Number.isNaN(column.values[row]);
}

function capNames({ caps, unknown }: Rules): string[] {
  return [...caps.map(({ name }) => name), ...(unknown === null ? [] : [unknown.name])];
}
