import { type Column, type ColumnSchema, isStringColumn, KaaykoError, type TableWriter } from "../../../core/index.ts";
import { MISSING_WORDS } from "../../../kernels/csv/index.ts";
import { createPublishedFile, dateText, float32Text, float64Text, requireColumns } from "../text/index.ts";

const CHUNK_CHARACTERS = 2 ** 16;
const TAB = "\t";

export interface CsvWriterOptions {
  /** One ASCII character. Default: tab for .tsv, else comma. */
  readonly delimiter?: string;
}

/**
 * Writes a CSV file that `openCsv` reads back: names in the first row, missing as empty, numbers as the shortest text that reads
 * back to the same value, infinities as `inf` and `-inf`, booleans as `true` and `false`, dates as ISO 8601 in UTC. Strings are quoted where the
 * delimiter, a quote, a line end, a blank at an end, or a word for "missing" makes it needed. An empty string reads back as missing.
 *
 * @param columns what every batch will hold, in order
 * @throws KaaykoError (input), when it is made or writes, for a name or a cell that a tab-separated file cannot hold: it would read back as
 *   rows of their own
 */
export async function createCsvWriter(
  path: string,
  columns: readonly ColumnSchema[],
  options: CsvWriterOptions = {},
): Promise<TableWriter> {
  const delimiter = options.delimiter ?? (path.toLowerCase().endsWith(".tsv") ? "\t" : ",");
  const quote = quoter(delimiter);
  if (delimiter === TAB) for (const { name } of columns) checkTabbed(path, name, /["\t]/);
  const check = delimiter === TAB ? (cell: string) => checkTabbed(path, cell, /\t/) : () => {};
  const file = await createPublishedFile(path);
  const alone = columns.length === 1;
  let rows = 0;
  await file.append(`${columns.map(({ name }) => quote(name)).join(delimiter)}\n`);
  const dictionaries = columns.map(() => ({ of: undefined as readonly string[] | undefined, quoted: [""] }));
  return {
    async write(batch) {
      requireColumns(path, columns, batch);
      const cells = batch.columns.map((column, index) => cellWriter(column, quote, check, dictionaries[index]!));
      let text = "";
      for (let row = 0; row < batch.rows; row++) {
        let line = cells[0]?.(row) ?? "";
        for (let index = 1; index < cells.length; index++) line += delimiter + cells[index]!(row);
        // A blank line would be skipped by the reader.
        text += alone && line === "" ? '""\n' : `${line}\n`;
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

function quoter(delimiter: string): (text: string) => string {
  const special = new RegExp(`["\r\n${delimiter.replace(/[\\^\]-]/g, "\\$&")}]|^[ \t\uFEFF]|[ \t]$`);
  return (text) => (special.test(text) || MISSING_WORDS.has(text) ? `"${text.replaceAll('"', '""')}"` : text);
}

interface QuotedDictionary {
  of: readonly string[] | undefined;
  /** The cell of each code, from 0, missing, on. */
  quoted: string[];
}

/** Readers take the quotes of tab-separated files as text where each line is a row by itself. */
function checkTabbed(path: string, text: string, parting: RegExp): void {
  if (!/[\r\n]/.test(text) || !parting.test(text)) return;
  throw new KaaykoError({
    action: `write ${path}`,
    rule: "text in a tab-separated file may have no line end beside a tab, and a column's name none beside a tab or a quote",
    got: JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text),
    remedy: "Write .csv or .parquet, or rename the column.",
    kind: "input",
  });
}

function cellWriter(
  column: Column,
  quote: (text: string) => string,
  check: (text: string) => void,
  known: QuotedDictionary,
): (row: number) => string {
  if (isStringColumn(column)) {
    const { codes, dictionary } = column;
    if (known.of !== dictionary) known.quoted = [""];
    known.of = dictionary;
    for (let code = known.quoted.length; code <= dictionary.length; code++) {
      check(dictionary[code - 1]!);
      known.quoted.push(quote(dictionary[code - 1]!));
    }
    return (row) => known.quoted[codes[row]!]!;
  }
  const { values } = column;
  if (column.kind === "date") return (row) => dateText(values[row]!);
  if (column.kind === "boolean") return (row) => (values[row] === 1 ? "true" : values[row] === 0 ? "false" : "");
  return values instanceof Float32Array ? (row) => float32Text(values[row]!) : (row) => float64Text(values[row]!);
}
