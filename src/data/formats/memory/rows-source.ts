import { type Column, type ColumnKind, type JsonValue, KaaykoError, type TableSource } from "../../../core/index.ts";
import { memorySource } from "./index.ts";

/** A cell of a row as a program holds it: null and undefined are missing. */
export type Cell = JsonValue | Date | undefined;
/** A row by column name. */
export type Row = Readonly<Record<string, Cell>>;

/**
 * Rows that a program already has as a source, to train on or to predict. Columns are the keys of the rows, in order of first
 * appearance; a key that a row lacks, `null`, `undefined` and NaN are missing. A column of numbers is numeric, of booleans boolean,
 * of `Date`s a date; everything else is categorical, by its text.
 *
 * @param rows copied, so that they may change afterwards
 * @param name what errors and the model's default name call it
 * @throws KaaykoError (input) where there are no rows, or a cell is an object or an array
 */
export function rowsSource(rows: readonly Row[], name = "rows"): TableSource {
  if (rows.length === 0)
    throw new KaaykoError({ action: `read ${name}`, rule: "there must be rows", got: "none", kind: "input" });
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  const columns = [...names].map((column) => columnOf(column, rows));
  return memorySource({ rows: rows.length, columns }, name);
}

function columnOf(name: string, rows: readonly Row[]): Column {
  const cells = rows.map((row) => (Object.hasOwn(row, name) ? row[name] : undefined)).map((cell) => cell ?? null);
  const kind = kindOf(cells);
  if (kind !== "categorical") return { kind, name, values: Float64Array.from(cells, numberOf) };
  const known = new Map<string, number>();
  const codes = Uint32Array.from(cells, (cell, row) => {
    if (cell === null || Number.isNaN(cell)) return 0;
    const text = textOf(cell, name, row);
    if (!known.has(text)) known.set(text, known.size + 1);
    return known.get(text)!;
  });
  return { kind, name, codes, dictionary: [...known.keys()] };
}

function kindOf(cells: readonly (JsonValue | Date)[]): Exclude<ColumnKind, "text"> {
  const present = cells.filter((cell) => cell !== null);
  if (present.every((cell) => typeof cell === "number")) return "numeric";
  if (present.every((cell) => typeof cell === "boolean")) return "boolean";
  return present.every((cell) => cell instanceof Date) ? "date" : "categorical";
}

function numberOf(cell: JsonValue | Date): number {
  return cell === null ? Number.NaN : Number(cell);
}

function textOf(cell: Exclude<Cell, null | undefined>, name: string, row: number): string {
  if (cell instanceof Date) return cell.toISOString();
  if (typeof cell !== "object") return String(cell);
  throw new KaaykoError({
    action: `read row ${row + 1}`,
    rule: `${JSON.stringify(name)} must be a number, a text, a boolean or a date`,
    got: Array.isArray(cell) ? "an array" : "an object",
    kind: "input",
  });
}
