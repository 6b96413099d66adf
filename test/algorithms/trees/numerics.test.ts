import { describe, expect, it } from "vitest";
import { layoutColumns } from "../../../src/algorithms/trees/binning/column-layout.ts";
import { poisson } from "../../../src/algorithms/trees/losses/log-link.ts";
import { logistic } from "../../../src/algorithms/trees/losses/logistic.ts";
import { TreeMachine } from "../../../src/algorithms/trees/machine/machine.ts";
import { chooseQuantisation } from "../../../src/algorithms/trees/machine/quantisation.ts";
import { xgboost } from "../../../src/algorithms/trees/xgboost.ts";
import {
  type Examples,
  type FeatureColumn,
  KaaykoError,
  log,
  randomStream,
  type Task,
} from "../../../src/core/index.ts";
import type { TwinLoss } from "../../../src/kernels/trees/loss-twins.ts";
import { boostInFloat64 } from "./float64-boosting.ts";
import { datasetOf, predict, train } from "./tables.ts";

const ROWS = 400;
type Draw = ReturnType<typeof randomStream>;

interface Case {
  readonly what: string;
  readonly loss: TwinLoss;
  readonly target: (score: number, i: number, random: Draw) => number;
  readonly weight: (i: number, random: Draw) => number;
}

const one = (): number => 1;
const CASES: readonly Case[] = [
  {
    what: "targets a billion times the others",
    loss: "squared",
    target: (s, i) => (i % 97 === 5 ? 1e9 * s : s),
    weight: one,
  },
  { what: "targets of 1e150", loss: "squared", target: (s) => 1e150 * s, weight: one },
  { what: "targets of 1e-150", loss: "squared", target: (s) => 1e-150 * s, weight: one },
  {
    what: "weights from a millionth to a million",
    loss: "squared",
    target: (s) => s,
    weight: (_, r) => 10 ** (12 * r.float() - 6),
  },
  {
    what: "classes of one in two hundred",
    loss: "logistic",
    target: (s, i) => (i % 199 === 3 || s > 9 ? 1 : 0),
    weight: one,
  },
  {
    what: "classes weighed a thousand to one",
    loss: "logistic",
    target: (s) => (s > 0 ? 1 : 0),
    weight: (i) => (i % 10 === 0 ? 1e3 : 1),
  },
  { what: "counts up to a million", loss: "poisson", target: (s) => Math.floor(Math.exp(4 * s)), weight: one },
];

describe("against boosting in float64", () => {
  for (const { what, loss, target: targetOf, weight: weightOf } of CASES) {
    it(`${loss}: ${what}`, async () => {
      const random = randomStream(17, what);
      const columns = Array.from({ length: 3 }, () => Float64Array.from({ length: ROWS }, () => random.integer(40)));
      const target = Float64Array.from({ length: ROWS }, (_, i) => {
        const score = columns[0]![i]! / 10 - 2 + Math.sin(columns[1]![i]!) + random.normal() / 2;
        return targetOf(score, i, random);
      });
      const weight = Float32Array.from(target, (_, i) => weightOf(i, random));
      const task: Task =
        loss === "logistic"
          ? { kind: "binary", target: "y", classes: ["no", "yes"] }
          : { kind: "regression", target: "y" };
      const features: FeatureColumn[] = columns.map((values, f) => ({ kind: "numeric", name: `x${f}`, values }));
      const isWeighted = weight.some((w) => w !== 1);
      const dataset = datasetOf(features, target, task, { weight: isWeighted ? weight : null });
      const settings = { rounds: 6, maxDepth: 3, learningRate: 0.5, lambda: 1, minChildWeight: 1e-3 };
      const { model } = await train(xgboost, dataset, {
        ...settings,
        objective: loss,
        minChildRows: 1,
        colsample: 1,
        subsample: 1,
      });
      const predictions = await predict(xgboost, model, dataset, features);
      const base = (model.arrays.base as Float64Array)[0]!;
      // Poisson's leaves are exact constants and not Newton steps: what is compared is the first tree's shape, by its leaves' rows.
      if (loss === "poisson") {
        const mean = target.reduce((a, b) => a + b, 0) / ROWS;
        expect(base).toBeCloseTo(log(mean), 9);
        const total = predictions.reduce((a, b) => a + b, 0);
        expect(total / (mean * ROWS)).toBeGreaterThan(0.9);
        expect(total / (mean * ROWS)).toBeLessThan(1.1);
        return;
      }
      const scores = boostInFloat64(
        { columns, target, weight: Float64Array.from(weight) },
        { ...settings, loss, base },
      );
      const expected = loss === "logistic" ? scores.map((s) => 1 / (1 + Math.exp(-s))) : scores;
      const size = expected.reduce((most, p) => Math.max(most, Math.abs(p)), 0);
      predictions.forEach((p, i) => {
        expect(Math.abs(p - expected[i]!) / size).toBeLessThan(1e-6);
      });
    });
  }

  it("says so where sums leave the range of float64", async () => {
    const target = Float64Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? 1.7e308 : -1.7e308));
    const features: FeatureColumn[] = [{ kind: "numeric", name: "x", values: Float64Array.from(target, (_, i) => i) }];
    const dataset = datasetOf(features, target, { kind: "regression", target: "y" });
    await expect(train(xgboost, dataset, { rounds: 2 })).rejects.toThrow(/sum of all gradients must be finite/);
  });
});

describe("integer sums", () => {
  it("cannot leave 64 bits, whatever the rows, up to the 268 million that are taken", () => {
    const random = randomStream(3, "sums");
    for (let i = 0; i < 2000; i++) {
      const countBits = 1 + random.integer(28);
      const rows = 2 ** countBits - 1;
      const mean = 10 ** (200 * random.float() - 100);
      const largest = mean * (1 + random.float() * (rows - 1));
      const statistics = { largest, sizes: mean * rows, largestHessian: largest, hessians: mean * rows };
      for (const facts of [
        { loss: poisson, statistics, totalWeight: rows, largestWeight: 1 },
        { loss: logistic, statistics: null, totalWeight: mean * rows, largestWeight: largest },
      ]) {
        const { gradientScale, hessianScale } = chooseQuantisation({ ...facts, countBits, amplification: 1 });
        const [sizes, hessians] =
          facts.statistics === null ? [mean * rows, (mean * rows) / 4] : [statistics.sizes, statistics.hessians];
        // Each row's rounding adds at most 1.
        expect(sizes * gradientScale + rows).toBeLessThan(2 ** 63);
        expect((hessians * hessianScale + rows) * 2 ** countBits + rows).toBeLessThan(2 ** 63);
        expect(gradientScale).toBeGreaterThan(0);
      }
    }
  });

  it("are refused for more rows than their counts have bits for", () => {
    const makeMachine = (trainRows: number) =>
      new TreeMachine({
        ...{ layout: layoutColumns([], false), trainRows, validationRows: 0, validation: null, threads: 1 },
        ...{ train: { weight: null } as Examples, classes: 1, maxLeaves: 2, residual: false },
      });
    expect(() => makeMachine(2 ** 28)).toThrow(KaaykoError);
    expect(() => makeMachine(2 ** 28)).toThrow(/rows/);
  });
});
