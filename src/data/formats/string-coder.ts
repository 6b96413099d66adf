import { KaaykoError } from "../../core/errors.ts";

/** Most strings that a dictionary can hold: what a Map of this engine can. */
const MAX_STRINGS = 2 ** 24 - 1;

/** Gives strings their codes, in the order in which they first appear: 1, 2, 3, … (0 is missing). */
export interface StringCoder {
  readonly dictionary: string[];
  readonly codes: Map<string, number>;
}

export function createStringCoder(): StringCoder {
  return { dictionary: [], codes: new Map() };
}

/**
 * The code of a string, a new one where it is new.
 *
 * @throws KaaykoError where there are more than 16,777,215 different strings
 */
export function codeOf(coder: StringCoder, text: string): number {
  const known = coder.codes.get(text);
  if (known !== undefined) return known;
  if (coder.dictionary.length >= MAX_STRINGS) {
    throw new KaaykoError({
      action: "build the dictionary of a column",
      rule: `it may hold ${MAX_STRINGS} different strings`,
      got: "more",
      kind: "input",
      remedy: "Leave the column out, or take a sample of the rows.",
    });
  }
  const code = coder.dictionary.push(text);
  coder.codes.set(text, code);
  return code;
}
