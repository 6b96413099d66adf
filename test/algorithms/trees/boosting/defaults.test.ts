import { describe, expect, it } from "vitest";
import {
  boostingOptions,
  leastRows,
  leastWeight,
} from "../../../../src/algorithms/trees/boosting/boosting-parameters.ts";
import { histGradient } from "../../../../src/algorithms/trees/hist-gradient.ts";
import { xgboost } from "../../../../src/algorithms/trees/xgboost.ts";
import { type Algorithm, type ParameterValues, resolveParameters } from "../../../../src/core/index.ts";

const POLICIES = { xgboost: "depth", "hist-gradient": "leaf" } as const;

function optionsOf(algorithm: Algorithm, kind: "regression" | "binary" | "multiclass", train: number, given = {}) {
  const classes = kind === "multiclass" ? [..."abcdefgh"] : ["a", "b"];
  const task = { kind, target: "y", ...(kind === "regression" ? {} : { classes }) };
  const rows = { train, validation: train / 4, test: 0 };
  const values = resolveParameters(algorithm.parameters, given, "setting");
  return boostingOptions(values, POLICIES[algorithm.name as keyof typeof POLICIES], { task, rows, features: [] });
}

describe("the least rows of a child, where nobody says", () => {
  it("fall with the rows of a regression, from 20 to 5", () => {
    expect([100, 1000, 2000, 4000, 2_000_000].map(leastRows)).toEqual([20, 20, 10, 5, 5]);
    for (const algorithm of [xgboost, histGradient]) {
      expect(optionsOf(algorithm, "regression", 800).minChildRows).toBe(20);
      expect(optionsOf(algorithm, "regression", 40_000).minChildRows).toBe(5);
    }
  });

  it("are the algorithm's own for classes, and what is asked wins", () => {
    expect(optionsOf(xgboost, "binary", 800).minChildRows).toBe(1);
    expect(optionsOf(histGradient, "multiclass", 40_000).minChildRows).toBe(20);
    expect(optionsOf(xgboost, "regression", 800, { minChildRows: 3 }).minChildRows).toBe(3);
  });
});

describe("the least weight of a child, where nobody says", () => {
  it("is that of as many rows for any number of classes", () => {
    const rowsOfTwo = 1 / 0.25;
    for (const count of [3, 8, 26]) {
      const classes = Array.from({ length: count }, (_, i) => `${i}`);
      const hessian = (count - 1) / count ** 2;
      expect(leastWeight({ kind: "multiclass", target: "y", classes }) / hessian).toBeCloseTo(rowsOfTwo, 12);
    }
    expect(leastWeight({ kind: "binary", target: "y", classes: ["a", "b"] })).toBe(1);
    expect(leastWeight({ kind: "regression", target: "y" })).toBe(1);
  });

  it("holds for xgboost; hist-gradient's is next to nothing, and what is asked wins", () => {
    expect(optionsOf(xgboost, "multiclass", 800).minChildWeight).toBeCloseTo(4 * (7 / 64), 12);
    expect(optionsOf(histGradient, "multiclass", 800).minChildWeight).toBe(1e-3);
    expect(optionsOf(xgboost, "multiclass", 800, { minChildWeight: 2 }).minChildWeight).toBe(2);
  });
});

describe("the share of rows that a tree sees, where nobody says", () => {
  it("is four fifths for xgboost and classes in small tables, all of them elsewhere", () => {
    const shares = (kind: "regression" | "binary" | "multiclass", rows: number, given = {}) =>
      [xgboost, histGradient].map((algorithm) => optionsOf(algorithm, kind, rows, given).subsample);
    expect(shares("binary", 800)).toEqual([0.8, 1]);
    expect(shares("multiclass", 40_000)).toEqual([0.8, 1]);
    expect(shares("multiclass", 40_001)).toEqual([1, 1]);
    expect(shares("regression", 800)).toEqual([1, 1]);
    expect(shares("binary", 800, { sampling: "goss" })).toEqual([1, 1]);
    expect(shares("binary", 800, { subsample: 0.5 })).toEqual([0.5, 0.5]);
  });
});

describe("what a split over many categories must gain, where nobody says", () => {
  it("is half of what chance gains for classes, and nothing for numbers", () => {
    for (const algorithm of [xgboost, histGradient]) {
      expect(optionsOf(algorithm, "binary", 800).categoryGain).toBeCloseTo(1 / Math.PI, 2);
      expect(optionsOf(algorithm, "multiclass", 800).categoryGain).toBeCloseTo(1 / Math.PI, 2);
      expect(optionsOf(algorithm, "regression", 800).categoryGain).toBe(0);
      expect(optionsOf(algorithm, "binary", 800, { categoryGain: 2 }).categoryGain).toBe(2);
    }
  });
});

describe("what folds of few rows choose among", () => {
  it("are smaller trees than the default ones", () => {
    for (const algorithm of [xgboost, histGradient])
      for (const kind of ["regression", "binary", "multiclass"] as const) {
        const alternatives = algorithm.alternatives!(kind, {});
        expect(alternatives).toHaveLength(kind === "regression" && algorithm === xgboost ? 2 : 1);
        const leaves = (given: ParameterValues) => optionsOf(algorithm, kind, 800, given).maxLeaves;
        for (const settings of alternatives) expect(leaves(settings)).toBeLessThanOrEqual(leaves({}) / 3);
      }
  });

  it("is nothing for a loss that squared error does not judge", () => {
    for (const algorithm of [xgboost, histGradient]) {
      expect(algorithm.alternatives!("regression", { objective: "quantile" })).toEqual([]);
      expect(algorithm.alternatives!("regression", { objective: "squared" }).length).toBeGreaterThan(0);
    }
  });
});
