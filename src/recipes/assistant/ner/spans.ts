import {
  type Column,
  isStringColumn,
  type JsonObject,
  type JsonValue,
  type StringColumn,
  type TableSource,
  tagsOfEntities,
} from "../../../core/index.ts";
import { type ComputedColumn, computedSource, mappedSource, quotedItems } from "../../../data/index.ts";
import { stringColumn } from "../../drawing.ts";
import { firstBatch } from "../../text-columns.ts";
import { oneWord, spaced } from "../../word-lists.ts";
import { TARGET, TEXT } from "./generate.ts";

/** A run of characters that names something; `end` is exclusive. Places count UTF-16 units. */
interface Span {
  readonly start: number;
  readonly end: number;
  readonly type: string;
}

/** How programs for annotation call what a span says. */
const STARTS = ["start", "start_offset", "begin", "startPos"];
const ENDS = ["end", "end_offset", "stop", "endPos"];
const TYPES = ["type", "label", "entity", "entity_type", "entity_group", "tag", "slot", "name"];
const SAID = ["text", "value", "word", "surface"];

/**
 * A table of texts and lists of the entities in them, each with its place (`[0, 4, "PER"]`, or an object with a start, an end and a type),
 * as one of texts and tags. Where an entity ends within a word, the words on both sides stand apart in the text that is learnt from;
 * predictions see the text as it is.
 *
 * Places count UTF-16 units where an entity says its own text there, else code points, as Python does; the words where texts are lists
 * of them, the last one included where any entity begins and ends at the same word.
 */
export async function spannedSource(source: TableSource, text: string, spans: string): Promise<TableSource> {
  const counted = await placesOf(source, text, spans);
  const plain = mappedSource(source, [{ from: text, to: TEXT, cell: spaced }]);
  const column = (name: string, cell: (found: Tagged) => string): ComputedColumn => ({
    schema: { name, kind: "categorical", physical: "entities by place" },
    from: [text, spans],
    kinds: { [spans]: "categorical" },
    compute: ([texts, lists], rows) =>
      stringColumn(
        name,
        Array.from({ length: rows }, (_, row) => {
          const found = taggedText(cellOf(texts!, row), cellOf(lists!, row), counted);
          return found === null ? null : cell(found);
        }),
      ),
  });
  const tagged = mappedSource(
    computedSource(source, [column(`${TEXT} `, ({ text: own }) => own), column(TARGET, ({ tags }) => tags.join(" "))]),
    [
      { from: `${TEXT} `, to: TEXT },
      { from: TARGET, to: TARGET },
    ],
  );
  return {
    ...tagged,
    open: (options) =>
      options?.columns === undefined || options.columns.includes(TARGET) ? tagged.open(options) : plain.open(options),
  };
}

interface Tagged {
  readonly text: string;
  readonly tags: readonly string[];
}

/** What the places of entities count: characters, or words, with or without the last one. */
type Places = "characters" | "words" | "words with the last";

async function placesOf(source: TableSource, text: string, spans: string): Promise<Places> {
  const batch = await firstBatch(source, [text, spans], { [spans]: "categorical" });
  if (batch === null) return "characters";
  const [texts, lists] = batch.columns;
  const rows = Array.from({ length: batch.rows }, (_, row) => row);
  if (!rows.some((row) => isWordList(cellOf(texts!, row)))) return "characters";
  const fields = rows.flatMap((row) => itemsOf(cellOf(lists!, row)).map(fieldsOf));
  const included = fields.some((own) => own !== null && own.start === own.end);
  return included ? "words with the last" : "words";
}

function isWordList(cell: string | null): boolean {
  return cell !== null && quotedItems(cell) !== null;
}

/** The words of a list and the tag of each. */
function taggedWords(words: readonly string[], list: string | null, included: boolean): Tagged {
  const spans = itemsOf(list).flatMap((item) => {
    const found = fieldsOf(item);
    if (found === null) return [];
    const end = found.end + (included ? 1 : 0);
    return found.start >= 0 && found.start < end && end <= words.length ? [{ ...found, end }] : [];
  });
  const entities = apart(spans).map(({ type, start, end }) => ({ type, first: start, last: end - 1 }));
  return { text: words.map(oneWord).join(" "), tags: tagsOfEntities(entities, words.length) };
}

/** The text with spaces at the borders of its entities, and the tag of each word; null where there is no text. */
export function taggedText(text: string | null, list: string | null, places: Places = "characters"): Tagged | null {
  if (text === null) return null;
  const listed = places === "characters" ? null : quotedItems(text);
  if (listed !== null) return taggedWords(listed, list, places === "words with the last");
  const spans = apart(spansOf(text, list));
  const borders = new Set(spans.flatMap(({ start, end }) => [start, end]));
  const words = [...text.matchAll(/[^ \t\n\r\f\v]+/g)].flatMap(({ 0: word, index }) => cutAt(word, index, borders));
  const entities = spans.flatMap(({ start, end, type }) => {
    const first = words.findIndex((word) => word.at >= start);
    const last = words.findLastIndex((word) => word.at < end);
    return first < 0 || last < first ? [] : [{ type, first, last }];
  });
  return { text: words.map(({ word }) => word).join(" "), tags: tagsOfEntities(entities, words.length) };
}

function cutAt(word: string, at: number, borders: ReadonlySet<number>): { word: string; at: number }[] {
  const cuts = Array.from({ length: word.length - 1 }, (_, i) => i + 1).filter((i) => borders.has(at + i));
  return [0, ...cuts].map((from, k) => ({ word: word.slice(from, cuts[k] ?? word.length), at: at + from }));
}

/** Spans in their order; of two that overlap the longer one. */
function apart(spans: readonly Span[]): Span[] {
  const kept: Span[] = [];
  for (const span of spans.toSorted((a, b) => b.end - b.start - (a.end - a.start) || a.start - b.start))
    if (kept.every(({ start, end }) => span.end <= start || span.start >= end)) kept.push(span);
  return kept.sort((a, b) => a.start - b.start);
}

function spansOf(text: string, list: string | null): Span[] {
  return itemsOf(list).flatMap((item) => spanOf(text, item) ?? []);
}

function itemsOf(list: string | null): readonly JsonValue[] {
  if (list === null) return [];
  try {
    const parsed = JSON.parse(list) as JsonValue;
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}

function spanOf(text: string, item: JsonValue): Span | null {
  const found = fieldsOf(item);
  if (found === null) return null;
  const { start, end, type, said } = found;
  const units = said !== null && text.slice(start, end) === said;
  const place = (at: number) => (units ? at : [...text].slice(0, at).join("").length);
  const span = { start: place(start), end: place(end), type };
  return span.start < span.end && span.end <= text.length ? span : null;
}

/** A span as it is written, with its own text where it says that. */
function fieldsOf(item: JsonValue): (Span & { readonly said: string | null }) | null {
  const fields = Array.isArray(item) ? { start: item[0]!, end: item[1]!, type: item[2]! } : item;
  if (typeof fields !== "object" || fields === null || Array.isArray(fields)) return null;
  const start = firstOf(fields, STARTS);
  const end = firstOf(fields, ENDS);
  const type = firstOf(fields, TYPES);
  if (typeof start !== "number" || typeof end !== "number" || typeof type !== "string" || type.trim() === "")
    return null;
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end)) return null;
  const said = firstOf(fields, SAID);
  return { start, end, type: type.trim().replace(/\s+/g, "_"), said: typeof said === "string" ? said : null };
}

function firstOf(fields: JsonObject, names: readonly string[]): JsonValue | undefined {
  const name = names.find((own) => Object.hasOwn(fields, own));
  return name === undefined ? undefined : fields[name];
}

function cellOf(column: Column, row: number): string | null {
  const { codes, dictionary } = column as StringColumn;
  return isStringColumn(column) && codes[row] !== 0 ? dictionary[codes[row]! - 1]! : null;
}
