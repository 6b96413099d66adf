import { quotedItems } from "../data/index.ts";

/** A list of words as the words with spaces between them; any other cell as it is. */
export function spaced(cell: string): string {
  const words = quotedItems(cell);
  return words === null ? cell : words.map(oneWord).join(" ");
}

/** A word of a list that stays one between white space, whatever it holds. */
export function oneWord(word: string): string {
  return word.trim().replace(/\s+/g, "\u00a0") || "\u00a0";
}
