import { describe, expect, it } from "vitest";
import { createNgramEncoder } from "../../../src/features/text/ngram-part.ts";
import { NGRAMS, NgramWalker } from "../../../src/features/text/ngrams.ts";
import { SHOUTED, tokensOf } from "../../../src/features/text/tokens.ts";
import { TermCounter, type Vocabulary } from "../../../src/features/text/vocabulary.ts";

function termsOf(text: string, options = NGRAMS): string[] {
  const known: string[] = [];
  const walker = new NgramWalker(options, (term) =>
    known.includes(term) ? known.indexOf(term) : known.push(term) - 1,
  );
  const terms = () => {
    const found: string[] = [];
    walker.visit(text, (place) => found.push(known[place]!));
    return found;
  };
  const first = terms();
  // What is remembered of a word is what was found in it at first.
  expect(terms()).toEqual(first);
  return first;
}

describe("tokens", () => {
  it("keep emoji whole, marks apart, apostrophes inside words, and say what was shouted", () => {
    expect(tokensOf("I LOVE it👍🏽!! Don’t… 👩‍🚀")).toEqual([
      "i",
      "love",
      SHOUTED,
      "it",
      "👍🏽",
      "!",
      "!",
      "don't",
      ".",
      ".",
      ".",
      "👩‍🚀",
    ]);
  });

  it("make full-width and other compatible forms one", () => {
    expect(tokensOf("Ｈｅｌｌｏ ﬁne")).toEqual(["hello", "fine"]);
  });
});

describe("n-grams", () => {
  it("are words, pairs of words, and characters inside padded words", () => {
    const terms = termsOf("to be", { words: [1, 2], characters: [2, 3] });
    expect(terms.filter((term) => term.startsWith("w"))).toEqual(["wto", "wto be", "wbe"]);
    expect(terms.filter((term) => term.startsWith("c"))).toEqual([
      "c t",
      "cto",
      "co ",
      "c to",
      "cto ",
      "c b",
      "cbe",
      "ce ",
      "c be",
      "cbe ",
    ]);
  });

  it("never cut an emoji in two", () => {
    for (const term of termsOf("a😀b", { words: [0, 0], characters: [2, 2] }))
      expect(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(term)).toBe(false);
  });
});

/** scikit-learn 1.9: TfidfVectorizer(sublinear_tf=True, min_df=1, token_pattern=r"\w+") over the same three texts. */
const SKLEARN_IDF = { cat: 1.6931471805599454, dog: 1.2876820724517808, sat: 1.2876820724517808, the: 1.0 };
const SKLEARN_ROW = { dog: 0.6266194803451298, sat: 0.37009155939881067, the: 0.6858427403667374 };
const TEXTS = ["the cat sat", "the dog", "the dog sat the dog the the"];

describe("weights", () => {
  const options = { words: [1, 1], characters: [0, 0] } as const;
  const counter = new TermCounter(options);
  for (const text of TEXTS) counter.add(text);
  const vocabulary: Vocabulary = counter.vocabulary();

  it("are scikit-learn's inverse document frequencies", () => {
    const weights = Object.fromEntries(vocabulary.terms.map((term, i) => [term.slice(1), vocabulary.weights[i]]));
    for (const [term, idf] of Object.entries(SKLEARN_IDF)) expect(weights[term]).toBeCloseTo(idf, 12);
  });

  it("make rows that are scikit-learn's", () => {
    const codes = Uint8Array.of(3, 0, 4);
    const column = { kind: "text", name: "t", codes, dictionary: [...TEXTS, "nothing known"] } as const;
    const part = createNgramEncoder("t", vocabulary)(column, 3, false);
    expect([...part.offsets]).toEqual([0, 3, 3, 3]);
    const row = Object.fromEntries(
      [...part.indices].map((column, k) => [vocabulary.terms[column]!.slice(1), part.values[k]]),
    );
    for (const [term, value] of Object.entries(SKLEARN_ROW)) expect(row[term]).toBeCloseTo(value, 6);
  });

  it("are the same where counting was stopped and continued", () => {
    const first = new TermCounter(options);
    first.add(TEXTS[0]!);
    const second = new TermCounter(options);
    second.setState(first.getState());
    for (const text of TEXTS.slice(1)) second.add(text);
    expect(second.vocabulary()).toEqual(vocabulary);
  });
});
