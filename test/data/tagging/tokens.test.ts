import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pieceTags, tokensIn } from "../../../src/data/index.ts";
import { tokenTags } from "../../../src/data/tagging/tags.ts";

function words(text: string): string[] {
  const { starts, ends } = tokensIn(text);
  return starts.map((start, i) => text.slice(start, ends[i]!));
}

describe("tokens of a text", () => {
  it("takes marks off words, and leaves addresses, handles, clitics and initials whole", () => {
    expect(words('He said: "Ada\'s in New York (U.S.)!!!"')).toEqual([
      ..."He said : \" Ada 's in New York ( U.S.".split(" "),
      ")",
      "!!!",
      '"',
    ]);
    expect(words("see https://a.b/c?d=1, @ada #fun ada@b.org don't Dr. Who")).toEqual(
      "see https://a.b/c?d=1 , @ada #fun ada@b.org do n't Dr. Who".split(" "),
    );
  });

  it("leaves words apart that stand apart already", () => {
    const text = "It 's the U.S. , is n't it ? ( :) )";
    expect(words(text)).toEqual(text.split(" "));
  });

  it("covers everything but white space, in order, a token a piece at least", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."aZé9 .,\"()'’-@#:/!😀\u00a0\n") }), (text) => {
        const { starts, ends, pieces } = tokensIn(text);
        expect(words(text).join("")).toBe(text.replace(/[ \t\n\r\f\v]+/g, ""));
        for (let token = 0; token < starts.length; token++) {
          expect(ends[token]!).toBeGreaterThan(starts[token]!);
          expect(starts[token]!).toBeGreaterThanOrEqual(ends[token - 1] ?? 0);
        }
        expect(new Set(pieces).size).toBe(text.split(/[ \t\n\r\f\v]+/).filter((piece) => piece !== "").length);
      }),
    );
  });

  it("gives tags of pieces back after they were those of tokens", () => {
    const text = "Ada (Lovelace) lives in Ockham's park, near U.S. 1.";
    const tags = "B-person I-person O O B-place I-place O B-road I-road";
    const inner = tokenTags(text, tags);
    expect(inner).toHaveLength(words(text).length);
    expect(pieceTags(tokensIn(text).pieces, inner).join(" ")).toBe(tags);
  });

  it("reads lists and IOB1, and refuses rows that do not fit", () => {
    expect(tokenTags("a b c", "['O', 'I-x', 'I-x']")).toEqual(["O", "B-x", "I-x"]);
    expect(() => tokenTags("a b c", "O O")).toThrow(/as many tags as words, 3, got 2/);
    expect(() => tokenTags("a b", "O NN")).toThrow(/B-type or I-type, got "NN"/);
  });
});
