import type { Batch, GeneratedTable, GenerateOptions, StringColumn } from "../core/index.ts";
import { stringColumn } from "./drawing.ts";
import { writeTable } from "./write-table.ts";

/** A text of a synthetic table, and what is to be learnt of it. */
export interface LabelledText {
  readonly text: string;
  readonly label: string;
}

/** Names of a table's two columns. */
export interface TextColumns {
  readonly text: string;
  readonly target: string;
}

/** A table of nothing but strings. */
export interface TextTable extends Batch {
  readonly columns: readonly StringColumn[];
}

/** Texts and labels as a table of two columns. */
export function textTable(names: TextColumns, drawn: readonly LabelledText[]): TextTable {
  const texts = drawn.map(({ text }) => text);
  const labels = drawn.map(({ label }) => label);
  const columns = [stringColumn(names.text, texts), stringColumn(names.target, labels)];
  return { firstRow: 0, rows: drawn.length, columns };
}

/**
 * Writes a synthetic table of texts and labels; a file of as many rows that is there is kept.
 *
 * @throws KaaykoError (usage) where the file is there and holds another table
 */
export function writeTexts(
  options: GenerateOptions,
  names: TextColumns,
  rows: number,
  draw: () => TextTable,
): Promise<GeneratedTable> {
  const schema = [names.text, names.target].map((name) => ({ name, kind: "categorical", physical: "string" }) as const);
  return writeTable(options, { schema, rows, draw });
}
