import type { AttributePart, StringColumn } from "../../core/index.ts";
import { GrowingNumbers } from "../../data/index.ts";
import { TokenAttributes, tokenWords } from "./token-attributes.ts";
import { exactWord } from "./word-attributes.ts";
import { CATEGORY_ATTRIBUTES, visitCategories, wordCategory } from "./word-categories.ts";

/** The name of the part that a column of texts becomes. */
export const attributePartName = (column: string): string => `${column}.attributes`;

/** How many attributes there are: a vocabulary's, and behind them those of categories. */
export function attributeCount(vocabulary: readonly string[]): number {
  return vocabulary.length + CATEGORY_ATTRIBUTES;
}

/**
 * Makes what turns texts into tokens with their attributes; attributes that the vocabulary does not know are left out, and a missing
 * text has no token.
 */
export function createAttributeEncoder(column: string, vocabulary: readonly string[]) {
  const attributes = new TokenAttributes();
  const places = new Map(vocabulary.map((attribute, place) => [attribute, place]));
  const isKnown = (word: string) => places.has(exactWord(word));
  const idsOf = (words: readonly string[]): number[][] => {
    const found = attributes.of(words).map((own) => own.flatMap((attribute) => places.get(attribute) ?? []));
    const categories = words.map((word) => wordCategory(word, isKnown));
    visitCategories(categories, (token, attribute) => found[token]!.push(vocabulary.length + attribute));
    return found;
  };
  return ({ codes, dictionary }: StringColumn, rows: number): AttributePart => {
    const [ids, starts] = [new GrowingNumbers(), new GrowingNumbers()];
    const offsets = new Uint32Array(rows + 1);
    starts.push(0);
    for (let row = 0; row < rows; row++) {
      const text = codes[row] === 0 ? "" : dictionary[codes[row]! - 1]!;
      for (const own of idsOf(tokenWords(text))) {
        for (const id of own) ids.push(id);
        starts.push(ids.length);
      }
      offsets[row + 1] = starts.length - 1;
    }
    const width = attributeCount(vocabulary);
    return {
      kind: "attributes",
      name: attributePartName(column),
      width,
      offsets,
      starts: starts.view(),
      ids: ids.view(),
    };
  };
}
