/** What a word is, as far as how it is written and whether it is known say. */
const CATEGORIES = [
  "bound",
  "lower",
  "rareLower",
  "capitalisedWord",
  "capitalised",
  "rareCapitalised",
  "shouted",
  "rareShouted",
  "mixed",
  "number",
  "mark",
  "address",
] as const;
type Category = (typeof CATEGORIES)[number];

const SIZE = CATEGORIES.length;
const SHARES = 4;
/** A word's own category, with its neighbours', at a text's beginning, and by how much of the text is written in capitals. */
export const CATEGORY_ATTRIBUTES = SIZE + 2 * SIZE ** 2 + SIZE ** 3 + SIZE + SHARES * SIZE;

/**
 * The category of a word as its number. Whether a word is known, and whether it is known in lower case, tells names that were never seen
 * from words that begin a sentence.
 */
export function wordCategory(word: string, isKnown: (word: string) => boolean): number {
  return CATEGORIES.indexOf(categoryOf(word, isKnown));
}

function categoryOf(word: string, isKnown: (word: string) => boolean): Category {
  if (/^(?:@\S|https?:|www\.)/i.test(word)) return "address";
  if (/\p{N}/u.test(word) && !/\p{L}/u.test(word)) return "number";
  if (!/\p{L}/u.test(word)) return "mark";
  const lower = word.toLowerCase();
  if (word === lower) return isKnown(word) ? "lower" : "rareLower";
  if (/^\p{Lu}[^\p{Lu}]*$/u.test(word) && word.length > 1) {
    if (isKnown(lower)) return "capitalisedWord";
    return isKnown(word) ? "capitalised" : "rareCapitalised";
  }
  if (word === word.toUpperCase()) return isKnown(lower) || isKnown(word) ? "shouted" : "rareShouted";
  return "mixed";
}

/**
 * Calls `visit` with the attributes, numbers below `CATEGORY_ATTRIBUTES`, of each token of a text.
 *
 * @param categories of its tokens
 */
export function visitCategories(
  categories: readonly number[],
  visit: (token: number, attribute: number) => void,
): void {
  const at = (token: number) => categories[token] ?? 0;
  const raised = categories.filter((category) => RAISED.has(CATEGORIES[category]!)).length;
  const share = Math.min(SHARES - 1, Math.floor((SHARES * raised) / Math.max(1, categories.length)));
  for (let token = 0; token < categories.length; token++) {
    const [left, own, right] = [at(token - 1), at(token), at(token + 1)];
    let base = 0;
    visit(token, base + own);
    base += SIZE;
    visit(token, base + left * SIZE + own);
    base += SIZE ** 2;
    visit(token, base + own * SIZE + right);
    base += SIZE ** 2;
    visit(token, base + (left * SIZE + own) * SIZE + right);
    base += SIZE ** 3;
    if (token === 0) visit(token, base + own);
    base += SIZE;
    visit(token, base + share * SIZE + own);
  }
}

const RAISED: ReadonlySet<Category> = new Set([
  "capitalisedWord",
  "capitalised",
  "rareCapitalised",
  "shouted",
  "rareShouted",
  "mixed",
]);
