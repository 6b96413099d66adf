/** Letters at either end of a word that are looked at. */
const AFFIX = 4;
const URL = /^(?:https?:|www\.)/i;

/** What a word says by itself, and what it says as the neighbour of another. */
export interface WordAttributes {
  readonly own: readonly string[];
  readonly neighbour: readonly string[];
  readonly lower: string;
  readonly shape: string;
}

/**
 * Attributes of a word: itself, its ends, and how it is written (Ratinov and Roth, "Design challenges and misconceptions in named entity
 * recognition", CoNLL 2009).
 */
export function wordAttributes(word: string): WordAttributes {
  const lower = plainForm(word);
  const shape = shapeOf(word);
  const brief = shape.replace(/(.)\1+/gu, "$1+");
  const letters = [...lower];
  const own = [`w=${lower}`, exactWord(word), `s=${shape}`, `b=${brief}`, `n=${Math.min(letters.length, 10)}`];
  for (let length = 1; length <= Math.min(AFFIX, letters.length - 1); length++) {
    own.push(`p=${letters.slice(0, length).join("")}`, `e=${letters.slice(-length).join("")}`);
  }
  const neighbour = [`w=${lower}`, `b=${brief}`, `e=${letters.slice(-3).join("")}`];
  return { own, neighbour, lower, shape: brief };
}

/** The attribute of a word as it is written: whether a vocabulary has it says whether the word is known. */
export function exactWord(word: string): string {
  return `x=${word}`;
}

/** Lower case with every digit 0; addresses and handles by their kind alone. */
function plainForm(word: string): string {
  if (URL.test(word)) return "<url>";
  if (/^@\S/.test(word)) return "<handle>";
  return word.toLowerCase().replace(/\p{N}/gu, "0");
}

/** "McGee-3" as "XxXxx-d": capitals, letters, digits; every other mark as itself. */
function shapeOf(word: string): string {
  if (URL.test(word)) return "<url>";
  const shape = word
    .replace(/\p{Lu}/gu, "X")
    .replace(/[\p{Ll}\p{Lo}\p{Lm}]/gu, "x")
    .replace(/\p{N}/gu, "d");
  return shape.length > 12 ? `${shape.slice(0, 12)}+` : shape;
}
