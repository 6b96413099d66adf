import { describe, expect, it } from "vitest";
import { histGradient } from "../../../../src/algorithms/trees/hist-gradient.ts";
import { xgboost } from "../../../../src/algorithms/trees/xgboost.ts";
import { type FeatureColumn, randomStream } from "../../../../src/core/index.ts";
import { datasetOf, train } from "../tables.ts";

const BINARY = { kind: "binary", target: "y", classes: ["no", "yes"] } as const;
const CATEGORIES = 50;

/** Rows whose class follows a number and, where asked, one of fifty categories. */
function table(rows: number, seed: number, matters: boolean): { columns: FeatureColumn[]; target: Float64Array } {
  const random = randomStream(seed, "categories");
  const values = Float64Array.from({ length: rows }, () => random.normal());
  const codes = Uint32Array.from({ length: rows }, () => 1 + random.integer(CATEGORIES));
  const effect = (code: number): number => (matters && code % 2 === 0 ? 1.5 : 0);
  const chance = (i: number): number => 1 / (1 + Math.exp(-values[i]! - effect(codes[i]!)));
  const target = Float64Array.from({ length: rows }, (_, i) => Number(random.float() < chance(i)));
  const columns: FeatureColumn[] = [
    { kind: "numeric", name: "number", values },
    { kind: "categorical", name: "category", codes, cardinality: CATEGORIES },
  ];
  return { columns, target };
}

async function splitsByCategory(matters: boolean, categoryGain: number | undefined, algorithm = xgboost) {
  const { columns, target } = table(2000, 5, matters);
  const settings = { rounds: 20, colsample: 1, ...(categoryGain !== undefined && { categoryGain }) };
  const { model } = await train(algorithm, datasetOf(columns, target, BINARY), settings);
  const splits = Array.from(model.arrays.feature as Int32Array).filter((feature) => feature === 1);
  return splits.length;
}

describe("a feature of many categories", () => {
  it("that tells nothing is split on less than half as often, though the best of its sets gains by chance", async () => {
    for (const algorithm of [xgboost, histGradient]) {
      const free = await splitsByCategory(false, 0, algorithm);
      expect(free).toBeGreaterThan(40);
      expect(await splitsByCategory(false, undefined, algorithm)).toBeLessThan(free / 2);
    }
  });

  it("that matters is split on in nearly every tree", async () => {
    for (const algorithm of [xgboost, histGradient])
      expect(await splitsByCategory(true, undefined, algorithm)).toBeGreaterThanOrEqual(15);
  });
});
