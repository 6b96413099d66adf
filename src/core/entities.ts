/** A run of tokens that names something. */
export interface Entity {
  /** "person"; "_" where the tag names none. */
  readonly type: string;
  /** First token and last token, from 0. */
  readonly first: number;
  readonly last: number;
}

/** The tag of a token that belongs to no entity. */
export const OUTSIDE = "O";
/** Codes of tags, in the truth about a text, of a type that the model does not know: it can only miss them. */
export const UNKNOWN_BEGIN = -1;
export const UNKNOWN_INSIDE = -2;

/**
 * The entities of a sequence of tags ("B-person", "I-person", "E-", "S-", "O"), read as forgivingly as CoNLL's own scorer reads them
 * (Tjong Kim Sang and De Meulder, "Introduction to the CoNLL-2003 shared task", 2003): an "I-" that continues nothing begins an
 * entity, so that IOB1, IOB2 and IOBES are all understood. BILOU's marks are other marks here, as they are to seqeval.
 */
export function entitiesOf(tags: readonly string[]): Entity[] {
  const found: Entity[] = [];
  let previous = { mark: OUTSIDE, type: "" };
  let first = 0;
  for (let token = 0; token <= tags.length; token++) {
    const { mark, type } = token < tags.length ? splitTag(tags[token]!) : { mark: OUTSIDE, type: "_" };
    if (ends(previous.mark, mark, previous.type, type)) found.push({ type: previous.type, first, last: token - 1 });
    if (begins(previous.mark, mark, previous.type, type)) first = token;
    previous = { mark, type };
  }
  return found;
}

/** Entities of tags under IOB2 to the letter: "B-" begins, "I-" of the same type continues, an "I-" anywhere else counts for nothing. */
export function strictEntitiesOf(tags: readonly string[]): Entity[] {
  const found: Entity[] = [];
  for (let token = 0; token < tags.length; token++) {
    const { mark, type } = splitTag(tags[token]!);
    if (mark !== "B") continue;
    let last = token;
    while (last + 1 < tags.length && isInside(tags[last + 1]!, type)) last++;
    found.push({ type, first: token, last });
  }
  return found;
}

/** Writes entities as IOB2 tags; they must not overlap. */
export function tagsOfEntities(entities: readonly Entity[], tokens: number): string[] {
  const tags = new Array<string>(tokens).fill(OUTSIDE);
  for (const { type, first, last } of entities)
    for (let token = first; token <= last; token++) tags[token] = `${token === first ? "B" : "I"}-${type}`;
  return tags;
}

function isInside(tag: string, type: string): boolean {
  const other = splitTag(tag);
  return other.mark === "I" && other.type === type;
}

/** The mark before the first hyphen and the type behind it, which may hold hyphens itself. */
function splitTag(tag: string): { readonly mark: string; readonly type: string } {
  const rest = tag.slice(1);
  const hyphen = rest.indexOf("-");
  return { mark: tag.slice(0, 1), type: (hyphen < 0 ? rest : rest.slice(hyphen + 1)) || "_" };
}

function ends(previous: string, mark: string, previousType: string, type: string): boolean {
  if (previous === "E" || previous === "S") return true;
  if ((previous === "B" || previous === "I") && (mark === "B" || mark === "S" || mark === OUTSIDE)) return true;
  return isNamed(previous) && previousType !== type;
}

function begins(previous: string, mark: string, previousType: string, type: string): boolean {
  if (mark === "B" || mark === "S") return true;
  if ((previous === "E" || previous === "S" || previous === OUTSIDE) && (mark === "E" || mark === "I")) return true;
  return isNamed(mark) && previousType !== type;
}

function isNamed(mark: string): boolean {
  return mark !== OUTSIDE && mark !== ".";
}
