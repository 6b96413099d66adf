import { type Batch, bandOf, type Column, type FeatureTable, type JsonObject, type Rules } from "../core/index.ts";
import { type CompiledRules, type FiredCap, firedCaps, lowestCaps } from "../features/index.ts";

/** What the rules say of each row, as columns: the band's name, and the lowest cap that holds (missing where none does). */
export function ruledColumns(compiled: CompiledRules, table: FeatureTable, predictions: Float64Array): Column[] {
  const { bands } = compiled.rules;
  const { number } = lowestCaps(compiled, table);
  const capColumn: Column = { kind: "categorical", name: "rule", codes: number, dictionary: capNames(compiled.rules) };
  if (bands.length === 0) return [capColumn];
  const codes = new Uint16Array(table.rows);
  for (let row = 0; row < table.rows; row++) codes[row] = 1 + bandOf(bands, predictions[row]!);
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
  const missing: string[] = [];
  for (const column of batch.columns) if (isMissing(column, row)) missing.push(column.name);
  return {
    ...(bands.length === 0 ? {} : { class: bands[bandOf(bands, prediction)]!.name }),
    rules: firedCaps(compiled, features).map(({ name, cap, reason }: FiredCap) => {
      return { name, cap, decides: prediction === cap, reason };
    }),
    warnings: missing.length === 0 ? [] : [`Missing: ${missing.join(", ")}.`],
  };
}

function isMissing(column: Column, row: number): boolean {
  return "codes" in column ? column.codes[row] === 0 : Number.isNaN(column.values[row]);
}

function capNames({ caps, unknown }: Rules): string[] {
  return [...caps.map(({ name }) => name), ...(unknown === null ? [] : [unknown.name])];
}
