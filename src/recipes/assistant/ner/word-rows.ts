import { type ColumnSchema, columnNamed, isStringColumn, type Table, type TableSource } from "../../../core/index.ts";
import { cellsOf, memorySource, piecesIn } from "../../../data/index.ts";
import { stringColumn } from "../../drawing.ts";
import { firstBatch } from "../../text-columns.ts";
import { TARGET, TEXT } from "./generate.ts";

/** Columns of a table with a row for each word. */
export interface WordColumns {
  readonly sentence: string;
  readonly word: string;
  readonly tag: string;
}

const SENTENCE = /^(?:sentence|sent)(?:[ _-]?(?:#|id|idx|index|number|no))?$|^(?:doc|document|seq)(?:[ _-]?id)?$/i;
const WORD = /^(?:word|token)s?$/i;
const TAG = /^(?:(?:ner[ _-]?)?tag|label|slot|ner|iob)s?$/i;

/** The columns of sentences, words and tags; null where a table has not all of them. */
export function wordColumns(columns: readonly ColumnSchema[]): WordColumns | null {
  const named = (pattern: RegExp) => columns.find(({ name }) => pattern.test(name.trim()))?.name;
  const [sentence, word, tag] = [named(SENTENCE), named(WORD), named(TAG)];
  return sentence === undefined || word === undefined || tag === undefined ? null : { sentence, word, tag };
}

/** Whether each of the first rows is one word with one tag, not a sentence of them. */
export async function isWordRows(source: TableSource, { word, tag }: WordColumns): Promise<boolean> {
  const batch = await firstBatch(source, [word, tag]);
  if (batch === null || !batch.columns.every(isStringColumn)) return false;
  return cellsOf(columnNamed(batch.columns, tag)!).every((cell) => cell === null || piecesIn(cell) === 1);
}

/**
 * A table with a row for each word as one with a row for each sentence. Another value in the column of sentences begins one; a missing
 * value goes on with the one before. It is read as a whole when it is opened.
 */
export function wordRowsSource(source: TableSource, columns: WordColumns): TableSource {
  const schema = [TEXT, TARGET].map((name) => ({ name, kind: "categorical", physical: "a row a word" }) as const);
  return {
    format: source.format,
    path: source.path,
    describe: async () => ({ ...(await source.describe()), rows: undefined, columns: schema, unreadable: [] }),
    open: async (options) => memorySource(await sentences(source, columns), source.path).open(options),
  };
}

async function sentences(source: TableSource, { sentence, word, tag }: WordColumns): Promise<Table> {
  const kinds = Object.fromEntries([sentence, word, tag].map((name) => [name, "categorical" as const]));
  const reader = await source.open({ columns: [sentence, word, tag], kinds });
  const texts: string[][] = [];
  const tags: string[][] = [];
  let current: string | null = null;
  try {
    for (let batch = await reader.next(); batch !== null; batch = await reader.next()) {
      const [ids, words, marks] = [sentence, word, tag].map((name) => cellsOf(columnNamed(batch!.columns, name)!));
      for (let row = 0; row < batch.rows; row++) {
        const id = ids![row]!;
        if (texts.length === 0 || (id !== null && id !== current)) {
          texts.push([]);
          tags.push([]);
        }
        current = id ?? current;
        texts.at(-1)!.push((words![row] ?? "NA").replace(/\s+/g, "\u00a0"));
        tags.at(-1)!.push(marks![row] ?? "O");
      }
    }
  } finally {
    await reader.close();
  }
  const joined = (lists: readonly string[][]) => lists.map((list) => list.join(" "));
  return { rows: texts.length, columns: [stringColumn(TEXT, joined(texts)), stringColumn(TARGET, joined(tags))] };
}
