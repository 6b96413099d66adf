import { type Batch, isStringColumn, type OpenOptions, type TableSource } from "../core/index.ts";
import { piecesIn } from "../data/index.ts";

/** Names of the columns that a recipe learns from, the likeliest first, in small letters. */
export interface ColumnNames {
  readonly texts: readonly string[];
  readonly labels: readonly string[];
}

/** Words that a text has on average at least, where no name says that it is one. */
const LEAST_WORDS = 3;
const UNNAMED = /^c\d+$/;

/** How tables call their columns of texts. */
export const TEXT_NAMES = [
  "text",
  "sentence",
  "utterance",
  "query",
  "question",
  "comment",
  "comment_text",
  "tweet",
  "content",
  "message",
  "tokens",
  "words",
];

/**
 * Which columns of a table hold texts and their labels: by name, whatever its capitals; else the column of the longest texts; and in a
 * file without a header the first other column of strings or numbers. Undefined where there is none.
 */
export async function findTextColumns(
  source: TableSource,
  { texts, labels }: ColumnNames,
): Promise<{ readonly text: string | undefined; readonly label: string | undefined }> {
  const names = (await source.describe()).columns.map(({ name }) => name);
  const label = called(names, labels);
  const text = called(names, texts) ?? (await wordiest(source, label));
  if (label !== undefined || text === undefined || !names.every((name) => UNNAMED.test(name))) return { text, label };
  return { text, label: names.find((name) => name !== text) };
}

function called(names: readonly string[], wanted: readonly string[]): string | undefined {
  for (const one of wanted) {
    const found = names.find((name) => name === one) ?? names.find((name) => name.trim().toLowerCase() === one);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function wordiest(source: TableSource, label: string | undefined): Promise<string | undefined> {
  const batch = await firstBatch(source);
  const found = (batch?.columns ?? []).flatMap((column) => {
    if (!isStringColumn(column) || column.name === label || column.dictionary.length === 0) return [];
    const words = column.dictionary.reduce((sum, cell) => sum + piecesIn(cell), 0) / column.dictionary.length;
    return words < LEAST_WORDS ? [] : [{ name: column.name, words }];
  });
  return found.toSorted((a, b) => b.words - a.words)[0]?.name;
}

/** The first rows of a table, of all columns or some, read as certain kinds; null where it has none. */
export async function firstBatch(
  source: TableSource,
  columns?: readonly string[],
  kinds: NonNullable<OpenOptions["kinds"]> = {},
): Promise<Batch | null> {
  const reader = await source.open({ kinds, ...(columns === undefined ? {} : { columns }) });
  try {
    return await reader.next();
  } finally {
    await reader.close();
  }
}
