/** All-capital words are counted by this token beside the word itself, so that shouting is not lost to lower case. */
export const SHOUTED = "\u{1f4e2}";

const EMOJI = "\\p{Extended_Pictographic}(?:\\u{fe0f}|\\p{Emoji_Modifier}|\\u{200d}\\p{Extended_Pictographic})*";
const WORD = "[\\p{L}\\p{N}_]+(?:['’][\\p{L}]+)*";
const TOKEN = new RegExp(`${EMOJI}|${WORD}|[^\\s]`, "gu");
const LETTERS = /^\p{Lu}{2,}$/u;

/** Compatibility forms and apostrophes made one; case, emoji and marks are kept. */
export function normaliseText(text: string): string {
  return text.normalize("NFKC").replaceAll("’", "'");
}

/** Words in lower case, emoji whole (skin tones and joined ones too), every other mark by itself, in the order of the text. */
export function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  for (const [token] of normaliseText(text).matchAll(TOKEN)) {
    tokens.push(token.toLowerCase());
    if (LETTERS.test(token)) tokens.push(SHOUTED);
  }
  return tokens;
}
