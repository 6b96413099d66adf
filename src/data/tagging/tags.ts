import { entitiesOf, KaaykoError, OUTSIDE, tagsOfEntities } from "../../core/index.ts";
import { tokensIn } from "./tokens.ts";

const TAG = /^(?:O|[BIESLU]-\S+)$/;
const LIST = /^\s*\[(.*)\]\s*$/s;

/** BILOU's marks of the last token of an entity and of one that is alone, as IOBES calls them. */
const IOBES_MARK: Readonly<Record<string, string>> = { "L-": "E-", "U-": "S-" };

/** The tags in a cell as they stand there: apart by white space, or a list in brackets. */
export function tagsIn(cell: string): string[] {
  const list = LIST.exec(cell);
  const tags = list === null ? cell.split(/\s+/) : list[1]!.split(/[,\s]+/).map(withoutQuotes);
  return tags.filter((tag) => tag !== "");
}

/** The tags in a cell, those of BILOU as IOBES writes them. */
export function readTags(cell: string): string[] {
  return tagsIn(cell).map((tag) => (IOBES_MARK[tag.slice(0, 2)] ?? tag.slice(0, 2)) + tag.slice(2));
}

const withoutQuotes = (tag: string): string => tag.replace(/^(["'])(.*)\1$/, "$2");

/**
 * The tags of a text's tokens under IOB2, from those of its pieces between white space, whichever of IOB1, IOB2, IOBES
 * and BILOU they follow.
 *
 * @throws KaaykoError (input) where there are not as many tags as pieces, or one is no tag
 */
export function tokenTags(text: string, cell: string): string[] {
  const tags = readTags(cell);
  const { pieces } = tokensIn(text);
  const count = (pieces.at(-1) ?? -1) + 1;
  if (tags.length !== count) throw refuse(text, `as many tags as words, ${count}`, String(tags.length));
  const wrong = tags.find((tag) => !TAG.test(tag));
  if (wrong !== undefined) throw refuse(text, `tags O, B-type or I-type`, JSON.stringify(wrong));
  const first = pieces.map((piece, token) => piece !== pieces[token - 1]);
  const entities = entitiesOf(tags).map((entity) => ({
    ...entity,
    first: first.findIndex((isFirst, token) => isFirst && pieces[token] === entity.first),
    last: pieces.lastIndexOf(entity.last),
  }));
  return tagsOfEntities(entities, pieces.length);
}

/** The tags of a text's pieces between white space, from those of its tokens: a piece is in what any of its tokens is in. */
export function pieceTags(pieces: readonly number[], tags: readonly string[]): string[] {
  const count = (pieces.at(-1) ?? -1) + 1;
  const entities = entitiesOf(tags).map(({ type, first, last }) => ({
    type,
    first: pieces[first]!,
    last: pieces[last]!,
  }));
  // Two entities in one piece: the first has it.
  const apart = entities.flatMap((entity, i) => {
    const from = Math.max(entity.first, i === 0 ? 0 : entities[i - 1]!.last + 1);
    return from > entity.last ? [] : [{ ...entity, first: from }];
  });
  return tagsOfEntities(apart, count);
}

/** "O", then "B-type" and "I-type" of each type that some cells name, sorted. */
export function tagClasses(cells: Iterable<string>): string[] {
  const types = new Set<string>();
  for (const cell of cells) for (const { type } of entitiesOf(readTags(cell))) types.add(type);
  return [OUTSIDE, ...[...types].sort().flatMap((type) => [`B-${type}`, `I-${type}`])];
}

function refuse(text: string, rule: string, got: string): KaaykoError {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return new KaaykoError({
    action: `read the tags of ${JSON.stringify(shown)}`,
    rule: `it must have ${rule}`,
    got,
    remedy: "Mend the row. Words are what stands between white space.",
    kind: "input",
  });
}
