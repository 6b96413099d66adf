import { describe, expect, it } from "vitest";
import { learningRateOf } from "../../../../src/algorithms/trees/boosting/learning-rate.ts";
import { histGradient } from "../../../../src/algorithms/trees/hist-gradient.ts";
import { xgboost } from "../../../../src/algorithms/trees/xgboost.ts";
import type { FeatureColumn } from "../../../../src/core/index.ts";
import { expectResumable } from "../../../conformance/resumable.ts";
import { datasetOf, madeTable, modelHash, predict, train, trainerOf } from "../tables.ts";

const REGRESSION = { kind: "regression", target: "y" } as const;
const BINARY = { kind: "binary", target: "y", classes: ["no", "yes"] } as const;

describe("class weights", () => {
  it("are rows' weights: balanced ones, given ones, and those of rows beside them", async () => {
    const { columns, target } = madeTable({ rows: 600, task: "binary" });
    const own = Float32Array.from(target, (_, i) => 1 + (i % 2));
    for (const weight of [null, own]) {
      const dataset = datasetOf(columns, target, BINARY, { weight });
      const weightOf = (i: number): number => weight?.[i] ?? 1;
      const sums = [0, 0];
      target.forEach((code, i) => {
        sums[code]! += weightOf(i);
      });
      const half = (sums[0]! + sums[1]!) / 2;
      const expected = Float32Array.from(target, (code, i) => (half / sums[code]!) * weightOf(i));
      const weighed = await train(xgboost, datasetOf(columns, target, BINARY, { weight: expected }), { rounds: 5 });
      const balanced = await train(xgboost, dataset, { rounds: 5, classWeight: "balanced" });
      expect(modelHash(balanced.model)).toBe(modelHash(weighed.model));
      const given = await train(xgboost, dataset, {
        rounds: 5,
        classWeight: [`no:${half / sums[0]!}`, `yes:${half / sums[1]!}`],
      });
      expect(modelHash(given.model)).toBe(modelHash(weighed.model));
    }
  });

  it("must name classes of the task, and numbers", async () => {
    const { dataset } = madeTable({ rows: 50, task: "binary" });
    await expect(trainerOf(xgboost, dataset, { classWeight: "maybe:2" })).rejects.toThrow(/of no, yes, got maybe:2/);
    await expect(trainerOf(xgboost, dataset, { classWeight: "yes:-1" })).rejects.toThrow(/got yes:-1/);
    await expect(trainerOf(xgboost, dataset, { classWeight: "yes:" })).rejects.toThrow(/got yes:/);
    const { dataset: numbers } = madeTable({ rows: 50, task: "regression" });
    await expect(trainerOf(xgboost, numbers, { classWeight: "balanced" })).rejects.toThrow(/must have classes/);
  });
});

describe("a falling learning rate", () => {
  it("is multiplied round by round, down to a hundredth, and goes on after a resume", async () => {
    const options = { learningRate: 0.5, learningRateDecay: 0.9 } as Parameters<typeof learningRateOf>[0];
    expect(learningRateOf(options, 0)).toBe(0.5);
    expect(learningRateOf(options, 2)).toBeCloseTo(0.405, 12);
    expect(learningRateOf(options, 1000)).toBe(0.005);
    const { dataset } = madeTable({ rows: 300, task: "regression" });
    const settings = { rounds: 6, learningRate: 0.5, learningRateDecay: 0.8 };
    await expectResumable({
      make: () => trainerOf(xgboost, dataset, settings),
      outcome: async (trainer) => modelHash(await trainer.model()),
      dispose: (trainer) => trainer.dispose(),
      points: 3,
    });
    // A tree of one leaf moves the mean's error by its rate alone.
    const target = Float64Array.of(0, 0, 0, 8);
    const columns: FeatureColumn[] = [{ kind: "numeric", name: "x", values: Float64Array.of(1, 1, 2, 2) }];
    const { model } = await train(xgboost, datasetOf(columns, target, REGRESSION), {
      ...settings,
      rounds: 2,
      lambda: 0,
      minChildRows: 1,
    });
    const predictions = await predict(xgboost, model, datasetOf(columns, target, REGRESSION), columns);
    // Mean 2; leaf at 4 for x = 2: 2 + 0.5 * 2 + 0.4 * 1.
    expect(predictions[3]).toBeCloseTo(3.4, 6);
  });
});

describe("bad input", () => {
  const numeric = (name: string, values: ArrayLike<number>): FeatureColumn => ({
    kind: "numeric",
    name,
    values: Float64Array.from(values),
  });

  it("one row, one class, weights of 0, and features beyond all others' range", async () => {
    const cases = [
      { columns: [numeric("x", [1])], target: [3], task: REGRESSION },
      { columns: [numeric("x", [1, 2, 3])], target: [1, 1, 1], task: BINARY },
      {
        columns: [numeric("x", [1, 2, 3])],
        target: [0, 0, 0],
        task: { kind: "multiclass", target: "y", classes: ["a"] },
      },
      { columns: [numeric("x", [1, 2, 3])], target: [1, 2, 3], task: REGRESSION, weight: [0, 0, 0] },
      { columns: [numeric("x", [-1e308, 0, 1e308]), numeric("x", [5, 5, 5])], target: [1, 2, 3], task: REGRESSION },
      { columns: [numeric("x", [-Infinity, 0, Infinity, Number.NaN])], target: [1, 2, 3, 4], task: REGRESSION },
    ] as const;
    for (const { columns, target, task, ...rest } of cases)
      for (const algorithm of [xgboost, histGradient]) {
        const weight = "weight" in rest ? Float32Array.from(rest.weight) : null;
        const dataset = datasetOf(columns, Float64Array.from(target), task, { weight });
        const { model } = await train(algorithm, dataset, { rounds: 2, minChildRows: 1 });
        const predictions = await predict(algorithm, model, dataset, columns);
        expect(predictions.every(Number.isFinite)).toBe(true);
      }
  });

  it("more bins than values: every value is told apart, as with just as many", async () => {
    const values = Array.from({ length: 400 }, (_, i) => i % 4);
    const target = Float64Array.from(values, (x) => [3, -1, 7, 2][x]!);
    const columns = [numeric("x", values)];
    const dataset = datasetOf(columns, target, REGRESSION);
    const settings = { rounds: 1, learningRate: 1, lambda: 0, colsample: 1 };
    for (const algorithm of [xgboost, histGradient]) {
      const hashes = new Set<string>();
      for (const maxBins of [4, 5, 100, 255]) {
        const { model } = await train(algorithm, dataset, { ...settings, maxBins });
        hashes.add(modelHash(model));
        const predictions = await predict(algorithm, model, dataset, columns);
        predictions.forEach((prediction, i) => {
          expect(prediction).toBeCloseTo(target[i]!, 5);
        });
      }
      expect(hashes.size).toBe(1);
    }
  });

  it("more bins than a byte tells apart are refused, and 255 take columns of more values", async () => {
    const { dataset } = madeTable({ rows: 2000, task: "regression", missing: true });
    for (const maxBins of [256, 1000])
      await expect(async () => trainerOf(xgboost, dataset, { maxBins })).rejects.toThrow(
        new RegExp(`maxBins: it must be at most 255, got ${maxBins}`),
      );
    const { model } = await train(xgboost, dataset, { rounds: 3, maxBins: 255, colsample: 1 });
    expect(model.arrays.bin!.every((bin) => Number(bin) <= 255)).toBe(true);
  });

  it("sixty thousand columns", async () => {
    const rows = 12;
    const target = Float64Array.from({ length: rows }, (_, i) => i % 3);
    const columns = Array.from({ length: 60_000 }, (_, f) =>
      numeric(`x${f}`, f === 41_999 ? target : Array.from({ length: rows }, (_, i) => (i * (f + 7)) % 5)),
    );
    const settings = { rounds: 2, minChildRows: 1, colsample: 1, maxBins: 15 };
    const { model } = await train(xgboost, datasetOf(columns, target, REGRESSION), settings);
    expect(model.arrays.feature!.includes(41_999 as never)).toBe(true);
  });

  it("changes nothing where columns change places, but the features' numbers", async () => {
    const { columns, target } = madeTable({ rows: 600, task: "regression", missing: true, categories: 7 });
    const order = [3, 5, 0, 4, 1, 2];
    const moved = order.map((column) => columns[column]!);
    const settings = { rounds: 10, colsample: 1 };
    const before = datasetOf(columns, target, REGRESSION);
    const after = datasetOf(moved, target, REGRESSION);
    const { model } = await train(xgboost, before, settings);
    const other = await train(xgboost, after, settings);
    expect(other.model.arrays.value).toEqual(model.arrays.value);
    const named = Array.from(other.model.arrays.feature as Int32Array, (f) => (f < 0 ? f : order[f]!));
    expect(named).toEqual(Array.from(model.arrays.feature as Int32Array));
  });
});
