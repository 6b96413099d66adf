import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CountedPair, PairQueue } from "../../../src/features/text/pair-queue.ts";
import { PieceSplitter } from "../../../src/features/text/piece-splitter.ts";
import { INSIDE, learnPieces } from "../../../src/features/text/pieces.ts";
import { TokenFit } from "../../../src/features/text/token-fit.ts";
import { createTokenEncoder } from "../../../src/features/text/token-part.ts";
import { copyState } from "../../conformance/resumable.ts";

/** The example of Sennrich, Haddow and Birch (2016), without marks of a word's end. */
const WORDS = new Map([
  ["low", 5],
  ["lower", 2],
  ["newest", 6],
  ["widest", 3],
]);

/** Naive twin of `learnPieces`: counts all pairs anew before each join. */
function naivePieces(counts: ReadonlyMap<string, number>, joins: number): string[] {
  const words = [...counts].map(([word, count]) => ({
    pieces: [...word].map((point, i) => (i === 0 ? point : INSIDE + point)),
    count,
  }));
  const made: string[] = [];
  for (let join = 0; join < joins; join++) {
    const pairs = new Map<string, number>();
    for (const { pieces, count } of words)
      for (let i = 0; i + 1 < pieces.length; i++)
        pairs.set(`${pieces[i]} ${pieces[i + 1]}`, (pairs.get(`${pieces[i]} ${pieces[i + 1]}`) ?? 0) + count);
    const most = Math.max(...pairs.values());
    const best = [...pairs].filter(([, count]) => count === most).map(([pair]) => pair);
    // Ties are broken elsewhere: only clear winners are compared.
    if (best.length !== 1) return made;
    const [first, second] = best[0]!.split(" ") as [string, string];
    made.push(first + second.slice(INSIDE.length));
    for (const word of words)
      for (let i = 0; i + 1 < word.pieces.length; i++)
        if (word.pieces[i] === first && word.pieces[i + 1] === second) word.pieces.splice(i, 2, made.at(-1)!);
  }
  return made;
}

describe("pieces of words", () => {
  it("begin with all characters and join the most frequent neighbours first", () => {
    const pieces = learnPieces(WORDS);
    const characters = new Set([...WORDS.keys()].flatMap((word) => [...word].map((c, i) => (i === 0 ? c : `##${c}`))));
    const first = pieces.slice(0, pieces.indexOf("##es"));
    expect(first.every((piece) => characters.has(piece))).toBe(true);
    // "es" and "est" of newest and widest, 9 times each, before "lo", 7 times.
    const joins = pieces.slice(first.length);
    expect(joins.slice(0, 2)).toEqual(["##es", "##est"]);
    expect(joins).toContain("low");
    expect(joins).toContain("newest");
  });

  it("are those of counting anew before each join, as long as there is a clear winner", () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b", "c", "d"), minLength: 1, maxLength: 6 });
    const counts = fc.array(fc.tuple(word, fc.integer({ min: 3, max: 1000 })), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(counts, (entries) => {
        const words = new Map(entries);
        const wanted = naivePieces(words, 8).filter((piece, i, all) => all.indexOf(piece) === i);
        const pieces = learnPieces(words);
        const joins = pieces.filter((piece) => piece.replace(INSIDE, "").length > 1);
        expect(joins.slice(0, wanted.length)).toEqual(wanted);
      }),
    );
  });

  it("do not depend on the order in which words were met", () => {
    expect(learnPieces(new Map([...WORDS].reverse()))).toEqual(learnPieces(WORDS));
    expect(learnPieces(WORDS, 12)).toEqual(learnPieces(WORDS).slice(0, 12));
  });

  it("are at most as many as asked for, and none that is rare", () => {
    expect(learnPieces(WORDS, 5).length).toBe(5);
    expect(learnPieces(new Map([["once", 1]]))).toEqual([]);
  });
});

describe("the queue of pairs", () => {
  it("gives the most frequent first, of equal ones that with the smallest number", () => {
    const pairs = fc.array(fc.record({ key: fc.integer({ min: 0, max: 50 }), count: fc.integer({ min: 0, max: 9 }) }));
    fc.assert(
      fc.property(pairs, (given) => {
        const queue = new PairQueue();
        for (const pair of given) queue.push(pair);
        const order = [...given].sort((a, b) => b.count - a.count || a.key - b.key);
        const taken: CountedPair[] = [];
        for (let pair = queue.pop(); pair !== undefined; pair = queue.pop()) taken.push(pair);
        expect(taken).toEqual(order);
      }),
    );
  });
});

describe("splitting into pieces", () => {
  const splitter = new PieceSplitter(["un", "##believ", "##able", "##a", "##ble", "!", "😀", "un", "unb"]);
  const names = (text: string) => splitter.split(text);

  it("takes the longest piece that fits, from the left", () => {
    expect(names("unbelievable!")).toEqual([0, 6]);
    expect(new PieceSplitter(["un", "##believ", "##able", "##a", "##ble"]).split("UNbelievable")).toEqual([1, 2, 3]);
  });

  it("makes a word that has no pieces one unknown token, and keeps emoji", () => {
    expect(names("xyz 😀 unb")).toEqual([0, 7, 9]);
    expect(names("")).toEqual([]);
    expect(names("a".repeat(5000))).toEqual([0]);
  });
});

describe("tokens of a column", () => {
  const texts = ["so good so good 😀", "so bad 😀", "GOOD, bad 😀 so"];
  const batch = (rows: readonly number[]) => ({
    rows: rows.length,
    columns: [{ kind: "text" as const, name: "t", codes: Uint8Array.from(rows), dictionary: texts }],
  });

  it("are fitted alike where fitting was stopped and continued", () => {
    const whole = new TokenFit("t");
    whole.add(batch([1, 2, 0, 3]));
    const first = new TokenFit("t");
    first.add(batch([1, 2]));
    const second = new TokenFit("t");
    second.setState(copyState(first.getState()));
    second.add(batch([0, 3]));
    expect(second.finish()).toEqual(whole.finish());
    expect(() => second.setState({ json: { words: ["a"] }, arrays: {} })).toThrow();
  });

  it("are rows of numbers below the vocabulary, empty where the text is missing", () => {
    const fit = new TokenFit("t");
    fit.add(batch([1, 2, 3]));
    const { encoder } = fit.finish();
    if (encoder?.form !== "tokens") throw new Error("no tokens");
    const part = createTokenEncoder("t", encoder.pieces)(batch([3, 0, 1]).columns[0]!, 3, false);
    expect(part.vocabulary).toBe(encoder.pieces.length + 1);
    expect(part.offsets[1]).toBe(part.offsets[2]);
    expect([...part.ids].every((id) => id < part.vocabulary)).toBe(true);
    expect(part.ids.at(-1)).toBe(encoder.pieces.indexOf("😀") + 1);
  });
});
