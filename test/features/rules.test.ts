import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FeatureSpec, FeatureTable, Rules } from "../../src/core/index.ts";
import {
  applyRules,
  compileRules,
  firedCaps,
  lowestCaps,
  ruledPrediction,
  rulesFromJson,
  rulesToJson,
} from "../../src/features/index.ts";

const RULES: Rules = {
  range: { low: 1, high: 5 },
  caps: [
    {
      name: "gale",
      cap: 2,
      reason: "Too much wind.",
      all: [{ column: "wind", is: "above", value: 10, otherwise: [{ column: "gust", times: 0.5 }] }],
    },
    { name: "no wind", cap: 3, reason: "No reading.", all: [{ column: "wind", is: "missing", value: 0 }] },
    {
      name: "cold wind",
      cap: 1.5,
      reason: "Cold.",
      all: [
        { column: "wind", is: "above", value: 5 },
        { column: "water", is: "below", value: 8 },
      ],
    },
  ],
  unknown: { name: "little known", missingAtMost: 2, cap: 1.1, reason: "Little is known." },
  monotone: { wind: -1 },
  inputs: [{ column: "wind", low: 0, high: 75, unit: "m/s" }],
  places: null,
  bands: [],
};

const FEATURES = ["wind", "gust", "water", "other"].map(
  (name): FeatureSpec => ({ name, kind: "numeric", cardinality: 0, mean: 0, std: 1, min: 0, max: 9, missing: 0 }),
);
const NONE = Number.NaN;

function tableOf(rows: number[][]): FeatureTable {
  const columns = FEATURES.map(({ name }, f) => ({
    kind: "numeric" as const,
    name,
    values: Float64Array.from(rows, (row) => row[f]!),
  }));
  return { rows: rows.length, columns };
}

function ruled(rows: number[][], predictions: number[]): number[] {
  const result = Float64Array.from(predictions);
  applyRules(compileRules(RULES, FEATURES), tableOf(rows), result);
  return [...result];
}

describe("rules over predictions", () => {
  it("are the same over a table as row by row", () => {
    const cell = fc.oneof(fc.constant(NONE), fc.constantFrom(0, 5, 7.9, 8, 10, 10.5, 20, 22));
    const row = fc.array(cell, { minLength: 4, maxLength: 4 });
    const prediction = fc.oneof(fc.double({ min: -1, max: 7 }), fc.constant(NONE));
    const rows = fc.array(fc.tuple(row, prediction), { minLength: 8, maxLength: 40 });
    const compiled = compileRules(RULES, FEATURES);
    fc.assert(
      fc.property(rows, (drawn) => {
        const cells = drawn.map(([values]) => values);
        const predictions = drawn.map(([, value]) => value);
        expect(ruled(cells, predictions)).toEqual(
          drawn.map(([values, value]) => ruledPrediction(compiled, Float64Array.from(values), value)),
        );
        const names = [...RULES.caps.map(({ name }) => name), RULES.unknown!.name];
        const fired = cells.map((values) => firedCaps(compiled, Float64Array.from(values))[0]?.name);
        expect([...lowestCaps(compiled, tableOf(cells)).number].map((i) => names[i - 1])).toEqual(fired);
      }),
      { numRuns: 100 },
    );
  });

  it("cap what a danger caps, exactly, and leave the rest", () => {
    expect(ruled([[4, 5, 20, 0]], [4.2])).toEqual([4.2]);
    expect(ruled([[10, 5, 20, 0]], [4.2])).toEqual([4.2]);
    expect(ruled([[10.5, 5, 20, 0]], [4.2])).toEqual([2]);
    expect(ruled([[10.5, 5, 7.9, 0]], [4.2])).toEqual([1.5]);
    expect(ruled([[10.5, 5, 20, 0]], [1.3])).toEqual([1.3]);
  });

  it("look at what stands in for a missing value, and cap where too much is missing", () => {
    expect(ruled([[NONE, 22, 20, 0]], [4.2])).toEqual([2]);
    expect(ruled([[NONE, 5, 20, 0]], [4.2])).toEqual([3]);
    expect(ruled([[NONE, NONE, NONE, 0]], [4.2])).toEqual([1.1]);
  });

  it("keep predictions in range, also those that are no number", () => {
    expect(
      ruled(
        [
          [0, 0, 20, 0],
          [0, 0, 20, 0],
          [0, 0, 20, 0],
        ],
        [0.3, 7, NONE],
      ),
    ).toEqual([1, 5, 1]);
  });

  it("say which caps hold, the lowest first", () => {
    const fired = firedCaps(compileRules(RULES, FEATURES), Float64Array.of(12, 3, 4, 0));
    expect(fired.map(({ name }) => name)).toEqual(["cold wind", "gale"]);
  });

  it("refuse a table without a column that a danger is seen by", () => {
    expect(() => compileRules(RULES, FEATURES.slice(1))).toThrow(
      'the rule gale: column "wind" must be a numeric feature',
    );
  });
});

describe("stored rules", () => {
  it("come back as they were", () => {
    expect(rulesFromJson(rulesToJson(RULES))).toEqual(RULES);
  });

  it.each([
    ["range", { low: 5, high: 1 }],
    ["caps", [{ name: "x", cap: "high", reason: "", all: [] }]],
    ["caps", [{ name: "x", cap: 1, reason: "", all: [{ column: "wind", is: "near", value: 1 }] }]],
    ["monotone", { wind: 2 }],
    ["inputs", [{ column: "wind", low: 0 }]],
    ["places", { latitude: "a", longitude: "b", degrees: 2, rows: [], marks: "" }],
    ["bands", [{ name: 3, from: 1 }]],
    ["unknown", 7],
  ])("are refused where %s is %j", (name, value) => {
    expect(() => rulesFromJson({ ...rulesToJson(RULES), [name]: value })).toThrow("Cannot read the rules of a model");
  });
});
