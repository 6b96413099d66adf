export const DESCRIPTION_FEATURES = [
  "description_length",
  "description_words",
  "mean_word_length",
  "capital_share",
  "digit_share",
  "symbol_share",
  "vowel_share",
  "distinct_characters",
  "longest_number",
  "has_reference",
  "has_web_address",
] as const;

/** Words that banks and payment services put around a merchant's name. */
const NOISE = new Set(
  (
    "purchase payment pmt card pos debit credit visa mastercard ach transfer ref reference id no nr num auth " +
    "www com net org inc ltd llc gmbh co sq tst pp paypal sumup zettle the a of to from via on at"
  ).split(" "),
);
/** Letters from which on a first word is a name by itself; shorter ones need a second. */
const NAME_LETTERS = 6;

/** What a description is made of. */
export interface DescriptionFacts {
  /** In the order of `DESCRIPTION_FEATURES`. */
  readonly measures: readonly number[];
  /** The first words that are no noise, in small letters: the same for all ways in which a merchant is written; "" for none. */
  readonly merchant: string;
}

/** Measures a description. Of an empty one only its length is known. */
export function describeText(text: string): DescriptionFacts {
  if (text.trim() === "")
    return { measures: DESCRIPTION_FEATURES.map((_, i) => (i < 2 ? 0 : Number.NaN)), merchant: "" };
  const words = text.trim().split(/\s+/);
  const share = (pattern: RegExp) => (text.match(pattern)?.length ?? 0) / text.length;
  const numbers = text.match(/\d+/g) ?? [];
  const measures = [
    text.length,
    words.length,
    words.reduce((sum, word) => sum + word.length, 0) / words.length,
    share(/\p{Lu}/gu),
    share(/\d/g),
    share(/[^\p{L}\p{N}\s]/gu),
    share(/[aeiouy]/gi),
    new Set(text.toLowerCase()).size,
    numbers.reduce((longest, number) => Math.max(longest, number.length), 0),
    /#|\*|\bref\b|\bid\b/i.test(text) ? 1 : 0,
    /www\.|\.[a-z]{2,3}(?:\/|\s|$)/i.test(text) ? 1 : 0,
  ];
  return { measures, merchant: merchantOf(text) };
}

function merchantOf(text: string): string {
  const tokens = text
    .toLowerCase()
    .split(/[^\p{L}\p{N}']+/u)
    .filter((token) => token !== "" && !/\d/.test(token) && !NOISE.has(token));
  return tokens.slice(0, (tokens[0]?.length ?? 0) >= NAME_LETTERS ? 1 : 2).join(" ");
}
