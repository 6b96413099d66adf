import type { SourceDescription, TableSource } from "../../../core/index.ts";
import { mappedSource } from "../../../data/index.ts";
import { spaced } from "../../word-lists.ts";
import { TARGET, TEXT } from "./generate.ts";
import { spannedSource } from "./spans.ts";
import { isWordRows, wordColumns, wordRowsSource } from "./word-rows.ts";

/** How columns of texts, of their tags and of entities with their places are called elsewhere. */
const TEXTS = ["text", "tokens", "words", "sentence", "query", "utterance"];
const TAGS = ["tags", "ner_tags", "ner", "labels", "slots", "slot_labels", "iob"];
const SPANS = ["entities", "spans", "ents", "ner", "annotations", "slots", "labels", "label"];

/**
 * Reads tables whose columns of texts and tags have other names, or hold lists, tables of entities by their places, and tables with a
 * row for each word; any other table stays as it is.
 */
export async function adaptTagged(source: TableSource): Promise<TableSource> {
  if (source.format === "conll") return source;
  const description = await source.describe();
  const words = wordColumns(description.columns);
  if (words !== null && (await isWordRows(source, words))) return wordRowsSource(source, words);
  const names = description.columns.map(({ name }) => name);
  const text = TEXTS.find((name) => names.includes(name));
  if (text === undefined) return source;
  const spans = spansColumn(description);
  if (spans !== undefined) return spannedSource(source, text, spans);
  const tags = TAGS.find((name) => names.includes(name));
  return mappedSource(source, [
    { from: text, to: TEXT, cell: spaced },
    ...(tags === undefined ? [] : [{ from: tags, to: TARGET }]),
  ]);
}

/** The column of entities by their places: values within values, which no other column of these names holds. */
function spansColumn({ unreadable }: SourceDescription): string | undefined {
  return SPANS.find((wanted) => unreadable.some(({ name }) => name === wanted));
}
