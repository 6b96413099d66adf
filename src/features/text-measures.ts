import { wordsIn } from "../data/index.ts";

/** Numbers that a text gives. */
export type TextMeasure = "length" | "words" | "upperShare" | "digitShare" | "markShare";

/**
 * `length` in UTF-16 units, `words` between white space, and the shares of capital letters A to Z, digits, and marks (what is
 * neither letter, digit nor space in ASCII). Simple on purpose: they say how a text is written, not what it is about.
 */
export const TEXT_MEASURES: readonly TextMeasure[] = ["length", "words", "upperShare", "digitShare", "markShare"];

/** Measures of a text, in the order asked for; shares of an empty text are 0. */
export function measureText(text: string, measures: readonly TextMeasure[]): number[] {
  let upper = 0;
  let digits = 0;
  let marks = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 65 && unit <= 90) upper++;
    else if (unit >= 48 && unit <= 57) digits++;
    else if (unit > 32 && unit < 127 && !(unit >= 97 && unit <= 122)) marks++;
  }
  const length = Math.max(1, text.length);
  const all: Record<TextMeasure, number> = {
    length: text.length,
    words: wordsIn(text),
    upperShare: upper / length,
    digitShare: digits / length,
    markShare: marks / length,
  };
  return measures.map((measure) => all[measure]);
}
