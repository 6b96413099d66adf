import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, hashJson, parseJson } from "../../src/core/index.ts";

describe("canonical JSON", () => {
  it("does not depend on the order of keys", () => {
    expect(canonicalJson({ b: [1, { d: null, c: "é" }], a: -0 })).toBe('{"a":0,"b":[1,{"c":"é","d":null}]}');
    expect(hashJson({ a: 1, b: 2 })).toBe(hashJson({ b: 2, a: 1 }));
  });

  it("reads back what it wrote", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });

  it("refuses what JSON cannot say", () => {
    expect(() => canonicalJson({ a: Number.NaN })).toThrow("numbers must be finite, got NaN");
    expect(() => canonicalJson([undefined])).toThrow("JSON values");
  });
});

describe("parseJson", () => {
  it("refuses keys that reach a prototype, deep nesting and broken text", () => {
    expect(() => parseJson('{"a":[{"__proto__":{}}]}', "model.json")).toThrow(
      'Cannot read model.json: a key may not name a prototype, got "__proto__"',
    );
    expect(() => parseJson("[".repeat(100) + "]".repeat(100), "x")).toThrow("64 levels");
    expect(() => parseJson("{", "x")).toThrow("Cannot read x: it must be valid JSON");
  });
});
