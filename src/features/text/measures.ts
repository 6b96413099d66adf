import { numberLook, wordsIn } from "../../data/index.ts";

/** Numbers that a text gives. */
export type TextMeasure = "length" | "words" | "upperShare" | "digitShare" | "markShare" | NumberMeasure;

/** The number that a text says, NaN where it says none; with a decimal point, or with a decimal comma. */
type NumberMeasure = "number" | "commaNumber";

/**
 * `length` in UTF-16 units, `words` between white space, and the shares of capital letters A to Z, digits, and marks (what is
 * neither letter, digit nor space in ASCII). Simple on purpose: they say how a text is written, not what it is about.
 */
export const TEXT_MEASURES: readonly TextMeasure[] = ["length", "words", "upperShare", "digitShare", "markShare"];

/** Measures of a text, in the order asked for; shares of an empty text are 0. */
export function measureText(text: string, measures: readonly TextMeasure[]): number[] {
  if (measures[0] === "number" || measures[0] === "commaNumber") return [saidNumber(text, measures[0])];
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
  const all: Record<Exclude<TextMeasure, NumberMeasure>, number> = {
    length: text.length,
    words: wordsIn(text),
    upperShare: upper / length,
    digitShare: digits / length,
    markShare: marks / length,
  };
  return measures.map((measure) => all[measure as Exclude<TextMeasure, NumberMeasure>]);
}

function saidNumber(text: string, measure: NumberMeasure): number {
  const look = numberLook(text);
  if (look === "whole" || (look === "point" && measure === "number")) return Number(text);
  if (measure === "commaNumber" && (look === "comma" || look === "grouped"))
    return Number(text.replaceAll(".", "").replace(",", "."));
  return Number.NaN;
}
