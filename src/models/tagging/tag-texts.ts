import { entitiesOf, type StringColumn, tagsOfEntities } from "../../core/index.ts";
import { pieceTags, type TextTokens, tokensIn } from "../../data/index.ts";
import type { ModelPredictor } from "../predictor.ts";

/** An entity in a text. */
export interface TextEntity {
  readonly type: string;
  /** UTF-16 units of the text, as JavaScript counts: `text.slice(start, end)`. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface TaggedText {
  /** IOB2 tags of what stands between white space. */
  readonly tags: readonly string[];
  readonly entities: readonly TextEntity[];
}

/** Rows that are tagged at once. */
const ROWS = 256;
const SENTENCE_END = /^[.!?…]+$/u;

/** Some tokens of a text that are tagged together. */
interface Passage {
  readonly text: number;
  /** Tokens of the text, the last exclusive. */
  readonly first: number;
  readonly end: number;
}

/**
 * Tags texts. One with more tokens than the model has room for is tagged passage by passage, cut behind a sentence where there is an end of
 * one. A missing text has no entities.
 */
export async function tagTexts(predictor: ModelPredictor, texts: readonly (string | null)[]): Promise<TaggedText[]> {
  const { classes, length } = predictor.model.task;
  const tokens = texts.map((text) => tokensIn(text ?? ""));
  const passages = tokens.flatMap((own, text) => passagesOf(texts[text] ?? "", own, text, length!));
  const tags = tokens.map((own) => new Array<string>(own.starts.length).fill("O"));
  for (let from = 0; from < passages.length; from += ROWS) {
    const some = passages.slice(from, from + ROWS);
    const found = await predictor.predict({
      firstRow: 0,
      rows: some.length,
      columns: [columnOf(predictor, some, texts, tokens)],
    });
    some.forEach(({ text, first, end }, row) => {
      for (let token = first; token < end; token++)
        tags[text]![token] = classes![found[row * length! + token - first]!]!;
    });
  }
  return texts.map((text, i) => taggedText(text ?? "", tokens[i]!, tags[i]!));
}

function columnOf(
  predictor: ModelPredictor,
  passages: readonly Passage[],
  texts: readonly (string | null)[],
  tokens: readonly TextTokens[],
): StringColumn {
  const { name, kind } = predictor.inputs[0]!;
  const dictionary = passages.map(({ text, first, end }) =>
    texts[text]!.slice(tokens[text]!.starts[first]!, tokens[text]!.ends[end - 1]!),
  );
  const codes = Uint32Array.from(dictionary, (_, row) => row + 1);
  return { kind: kind as StringColumn["kind"], name, codes, dictionary };
}

function passagesOf(text: string, { starts, ends, pieces }: TextTokens, place: number, length: number): Passage[] {
  const passages: Passage[] = [];
  let first = 0;
  while (first < starts.length) {
    let end = Math.min(starts.length, first + length);
    if (end < starts.length)
      end = cutBehind(end, first, length, (token) => text.slice(starts[token]!, ends[token]!), pieces);
    passages.push({ text: place, first, end });
    first = end;
  }
  return passages;
}

/** The last end of a sentence in the second half of what fits, else of what stands between white space. */
function cutBehind(
  most: number,
  first: number,
  length: number,
  wordAt: (token: number) => string,
  pieces: readonly number[],
): number {
  const isBorder = (token: number) => pieces[token - 1] !== pieces[token];
  for (let end = most; end > first + length / 2; end--)
    if (isBorder(end) && SENTENCE_END.test(wordAt(end - 1))) return end;
  for (let end = most; end > first; end--) if (isBorder(end)) return end;
  return most;
}

function taggedText(text: string, { starts, ends, pieces }: TextTokens, tags: readonly string[]): TaggedText {
  const found = entitiesOf(tags);
  const entities = found.map(({ type, first, last }): TextEntity => {
    const [start, end] = [starts[first]!, ends[last]!];
    return { type, start, end, text: text.slice(start, end) };
  });
  return { tags: pieceTags(pieces, tagsOfEntities(found, tags.length)), entities };
}
