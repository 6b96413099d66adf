import {
  type ColumnSchema,
  columnNamed,
  isStringColumn,
  type StringColumn,
  type TableWriter,
} from "../../../core/index.ts";
import { createPublishedFile, requireColumns } from "../text/index.ts";
import { inputError } from "../text/problems.ts";
import { CONLL_COLUMNS } from "./conll-source.ts";

/** Columns of tags that are written behind the token, in this order, where they are there. */
const TAG_COLUMNS = [CONLL_COLUMNS.tags, "prediction"];

/**
 * Writes sentences in CoNLL's form: a token a line, then a tab and its tag from `tags`, from `prediction`, or both; an empty line behind
 * each sentence.
 *
 * @throws KaaykoError (input) where there is no `text`, or no tags
 */
export async function createConllWriter(path: string, columns: readonly ColumnSchema[]): Promise<TableWriter> {
  const names = columns.map(({ name }) => name);
  const written = TAG_COLUMNS.filter((name) => names.includes(name));
  if (!names.includes(CONLL_COLUMNS.text) || written.length === 0)
    throw inputError(path, "CoNLL files hold text and its tags", names.join(", "), "Write .csv or .jsonl instead.");
  const file = await createPublishedFile(path);
  let rows = 0;
  return {
    async write(batch) {
      requireColumns(path, columns, batch);
      const cells = [CONLL_COLUMNS.text, ...written].map((name) => columnNamed(batch.columns, name) as StringColumn);
      for (let row = 0; row < batch.rows; row++)
        await file.append(sentenceLines(cells.map((column) => words(column, row))));
      rows += batch.rows;
    },
    finish: async () => ({ rows, bytes: await file.publish() }),
    abort: () => file.abort(),
  };
}

function words(column: StringColumn, row: number): string[] {
  const text = isStringColumn(column) && column.codes[row] !== 0 ? column.dictionary[column.codes[row]! - 1]! : "";
  return text.split(/[ \t\n\r\f\v]+/).filter((word) => word !== "");
}

function sentenceLines([tokens = [], ...tags]: readonly string[][]): string {
  return `${tokens.map((token, i) => [token, ...tags.map((own) => own[i] ?? "O")].join("\t")).join("\n")}\n\n`;
}
