import { type Column, type ColumnSchema, isStringColumn, KaaykoError, type TableWriter } from "../../../core/index.ts";
import { createPublishedFile, dateText, float32Text, float64Text, requireColumns } from "../text/index.ts";

const CHUNK_CHARACTERS = 2 ** 16;

/**
 * Writes JSON Lines: one object a row, keys in the order of the columns, `null` where missing, numbers as the shortest text that reads
 * back, dates as ISO 8601 strings in UTC, booleans as `true` and `false`.
 *
 * @throws KaaykoError from `write` for infinite numbers, which JSON cannot say
 */
export async function createJsonLinesWriter(path: string, columns: readonly ColumnSchema[]): Promise<TableWriter> {
  const file = await createPublishedFile(path);
  const keys = columns.map(({ name }, index) => `${index === 0 ? "" : ","}${JSON.stringify(name)}:`);
  let rows = 0;
  return {
    async write(batch) {
      requireColumns(path, columns, batch);
      const values = batch.columns.map((column) => valueWriter(path, column));
      let text = "";
      for (let row = 0; row < batch.rows; row++) {
        text += "{";
        for (let index = 0; index < keys.length; index++) text += keys[index]! + values[index]!(row);
        text += "}\n";
        if (text.length < CHUNK_CHARACTERS) continue;
        await file.append(text);
        text = "";
      }
      await file.append(text);
      rows += batch.rows;
    },
    finish: async () => ({ rows, bytes: await file.publish() }),
    abort: () => file.abort(),
  };
}

function valueWriter(path: string, column: Column): (row: number) => string {
  if (isStringColumn(column)) {
    const { codes, dictionary } = column;
    return (row) => (codes[row] === 0 ? "null" : JSON.stringify(dictionary[codes[row]! - 1]));
  }
  const { values, kind, name } = column;
  if (kind === "date") return (row) => (Number.isNaN(values[row]!) ? "null" : `"${dateText(values[row]!)}"`);
  if (kind === "boolean") return (row) => (Number.isNaN(values[row]!) ? "null" : String(values[row] !== 0));
  const textOf = values instanceof Float32Array ? float32Text : float64Text;
  return (row) => {
    const value = values[row]!;
    if (Number.isNaN(value)) return "null";
    if (Number.isFinite(value)) return textOf(value);
    throw new KaaykoError({
      action: `write ${path}`,
      rule: "JSON numbers must be finite",
      got: `${value} in column ${name}`,
      remedy: "Write CSV or Parquet instead.",
    });
  };
}
