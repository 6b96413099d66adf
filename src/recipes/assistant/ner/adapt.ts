import type { TableSource } from "../../../core/index.ts";
import { mappedSource } from "../../../data/index.ts";
import { TARGET, TEXT } from "./generate.ts";

/** How columns of texts and of their tags are called elsewhere. */
const TEXTS = ["text", "tokens", "words", "sentence", "query", "utterance"];
const TAGS = ["tags", "ner_tags", "ner", "labels", "slots", "slot_labels", "iob"];
/** A list as data sets spell it: `['book', 'a', 'table']`. */
const LIST = /^\s*\[(.*)\]\s*$/s;

/** Reads tables whose columns of texts and tags have other names, or hold lists; any other table stays as it is. */
export async function adaptTagged(source: TableSource): Promise<TableSource> {
  const names = (await source.describe()).columns.map(({ name }) => name);
  const text = TEXTS.find((name) => names.includes(name));
  const tags = TAGS.find((name) => names.includes(name));
  if (source.format === "conll" || text === undefined || tags === undefined) return source;
  return mappedSource(source, [
    { from: text, to: TEXT, cell: spaced },
    { from: tags, to: TARGET },
  ]);
}

/** A list of words as the words with spaces between them. */
function spaced(cell: string): string {
  const list = LIST.exec(cell)?.[1];
  if (list === undefined || !/^\s*["']/.test(list)) return cell;
  return [...list.matchAll(/"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'/g)]
    .map(([, double, single]) => (double ?? single ?? "").replace(/\\(.)/g, "$1").replace(/\s+/g, "\u00a0"))
    .join(" ");
}
