import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { histGradient } from "../../../../src/algorithms/trees/hist-gradient.ts";
import { weightedQuantile } from "../../../../src/algorithms/trees/losses/quantiles.ts";
import { xgboost } from "../../../../src/algorithms/trees/xgboost.ts";
import { type Dataset, type FeatureColumn, randomStream, type Task } from "../../../../src/core/index.ts";
import { lossTwin, type TwinLoss } from "../../../../src/kernels/trees/loss-twins.ts";
import { expectResumable } from "../../../conformance/resumable.ts";
import { makeKernel } from "../../../kernels/trees/make-kernel.ts";
import { datasetOf, modelHash, predict, train, trainerOf } from "../tables.ts";

interface Objective {
  readonly loss: TwinLoss;
  readonly settings: Record<string, unknown>;
  readonly parameter: number;
}

const OBJECTIVES: readonly Objective[] = [
  { loss: "absolute", settings: {}, parameter: 0 },
  { loss: "huber", settings: { huberDelta: 0.5 }, parameter: 0.5 },
  { loss: "quantile", settings: { quantile: 0.1 }, parameter: 0.1 },
  { loss: "quantile", settings: { quantile: 0.9 }, parameter: 0.9 },
  { loss: "poisson", settings: {}, parameter: 0 },
  { loss: "gamma", settings: {}, parameter: 0 },
  { loss: "tweedie", settings: { tweediePower: 1.3 }, parameter: 1.3 },
];
const LOG_LINKS: readonly TwinLoss[] = ["poisson", "gamma", "tweedie"];
const REGRESSION = { kind: "regression", target: "y" } as const;

/** A table whose targets suit a loss: skewed noise, counts, or amounts. */
function tableFor(loss: TwinLoss, rows: number, options: { validation?: boolean; weights?: boolean } = {}) {
  const random = randomStream(7, loss);
  const columns: FeatureColumn[] = Array.from({ length: 4 }, (_, f) => ({
    kind: "numeric",
    name: `x${f}`,
    values: Float64Array.from({ length: rows }, () => random.normal()),
  }));
  const at = (f: number, i: number): number => (columns[f] as { values: Float64Array }).values[i]!;
  const target = Float64Array.from({ length: rows }, (_, i) => {
    const score = 0.8 * at(0, i) + 0.5 * Math.abs(at(1, i));
    if (!LOG_LINKS.includes(loss)) return score + Math.exp(random.normal()) - 1;
    const amount = Math.exp(score + 0.4 * random.normal());
    return loss === "gamma" ? amount : loss === "poisson" ? Math.floor(amount) : random.float() < 0.3 ? 0 : amount;
  });
  const weight = options.weights === true ? Float32Array.from(target, () => random.integer(4) / 2) : null;
  const dataset = datasetOf(columns, target, REGRESSION, { weight, validation: options.validation === true });
  return { dataset, columns, target };
}

function meanLoss({ loss, parameter }: Objective, predictions: ArrayLike<number>, target: Float64Array): number {
  const link = LOG_LINKS.includes(loss) ? Math.log : (x: number): number => x;
  return target.reduce(
    (sum, y, i) => sum + lossTwin(loss, { scores: [link(predictions[i]!)], target: y, parameter }),
    0,
  );
}

async function fitAndPredict(objective: Objective, dataset: Dataset, columns: FeatureColumn[], settings = {}) {
  const given = { objective: objective.loss, ...objective.settings, ...settings };
  const { model, metrics } = await train(xgboost, dataset, given);
  return { model, metrics, predictions: await predict(xgboost, model, dataset, columns) };
}

describe.each(OBJECTIVES)("the objective $loss $settings", (objective) => {
  const { loss, settings } = objective;

  it("gives a tree of one leaf the constant that no other beats", async () => {
    const { dataset, columns, target } = tableFor(loss, 301, { weights: false });
    const { predictions } = await fitAndPredict(objective, dataset, columns, {
      rounds: 1,
      maxLeaves: 1,
      learningRate: 1,
      lambda: 0,
    });
    const best = meanLoss(objective, predictions, target);
    // Huber's estimate is approached in steps.
    const tolerance = (loss === "huber" ? 1e-5 : 1e-9) * Math.abs(best);
    for (const factor of [0.97, 0.999, 1.001, 1.03]) {
      const other = predictions.map((p) => p * factor);
      expect(meanLoss(objective, other, target)).toBeGreaterThanOrEqual(best - tolerance);
    }
  });

  it("is lower after training on it than after training on squared error", async () => {
    const { dataset, columns, target } = tableFor(loss, 2000);
    const own = await fitAndPredict(objective, dataset, columns, { rounds: 60, learningRate: 0.1 });
    const squared = await train(xgboost, dataset, { rounds: 60, learningRate: 0.1 });
    const others = await predict(xgboost, squared.model, dataset, columns);
    // What squared error finds may be under 0, where a logarithm has no place.
    const floor = LOG_LINKS.includes(loss) ? others.map((p) => Math.max(p, 0.01)) : others;
    expect(meanLoss(objective, own.predictions, target)).toBeLessThan(meanLoss(objective, floor, target));
  });

  it("watches its own metric on validation rows, and stops by it", async () => {
    const { dataset } = tableFor(loss, 700, { validation: true });
    const { metrics, model } = await train(xgboost, dataset, { objective: loss, ...settings, learningRate: 0.3 });
    const name = Object.keys(metrics[0]!).find((key) => key.startsWith("validation."))!;
    const values = metrics.map((entry) => entry[name]!);
    expect(values.indexOf(Math.min(...values)) + 1).toBe(model.json.bestRound);
    expect(Math.min(...values)).toBeLessThan(values[0]!);
    expect({ lossParameter: null, ...model.json }).toMatchObject({
      loss,
      lossParameter: objective.parameter === 0 ? null : objective.parameter,
    });
  });

  it("gives the same bytes for any threads, and after a resume, with weights and samples of rows", async () => {
    const { dataset } = tableFor(loss, 900, { validation: true, weights: true });
    const given = { objective: loss, ...settings, rounds: 8, subsample: 0.7 };
    const one = await train(xgboost, dataset, given, 1);
    expect(modelHash((await train(xgboost, dataset, given, 3)).model)).toBe(modelHash(one.model));
    await expectResumable({
      make: () => trainerOf(xgboost, dataset, given),
      outcome: async (trainer) => modelHash(await trainer.model()),
      dispose: (trainer) => trainer.dispose(),
      points: 3,
    });
  });
});

describe("objectives and what does not fit them", () => {
  const labels = async (objective: string, target: number[], validation = false): Promise<unknown> => {
    const columns: FeatureColumn[] = [{ kind: "numeric", name: "x", values: Float64Array.from(target, (_, i) => i) }];
    const dataset = datasetOf(columns, Float64Array.from(target), REGRESSION, { validation });
    const trainer = await trainerOf(xgboost, dataset, { objective, rounds: 1 });
    return trainer.dispose();
  };

  it("refuses labels outside the loss's range, in validation rows as well", async () => {
    await expect(labels("poisson", [1, 2, -1])).rejects.toThrow(/at or over 0, got -1/);
    await expect(labels("tweedie", [1, 2, -0.5])).rejects.toThrow(/at or over 0, got -0.5/);
    await expect(labels("gamma", [1, 2, 0])).rejects.toThrow(/over 0, got 0/);
    await expect(labels("gamma", [1, 2, 1, -3, 1], true)).rejects.toThrow(/over 0, got -3/);
    await labels("poisson", [0, 0, 3]);
  });

  it.each(["squared", "absolute", "huber", "quantile", "poisson", "gamma", "tweedie"])(
    "refuses labels that are no finite numbers: %s",
    async (objective) => {
      for (const label of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
        await expect(labels(objective, [1, 2, label, 3])).rejects.toThrow(new RegExp(`got ${label}`));
      await expect(labels(objective, [1, 2, 3, Number.NaN, 1], true)).rejects.toThrow(/got NaN/);
      await labels(objective, [1, 2, 3, 4]);
    },
  );

  it.each([2, 3])("refuses labels that are no class of %d", async (count) => {
    const task: Task =
      count === 2
        ? { kind: "binary", target: "y", classes: ["a", "b"] }
        : { kind: "multiclass", target: "y", classes: ["a", "b", "c"] };
    const columns: FeatureColumn[] = [{ kind: "numeric", name: "x", values: Float64Array.of(1, 2, 3, 4, 5) }];
    for (const label of [count, -1, 0.5, Number.NaN, 4e9]) {
      const dataset = datasetOf(columns, Float64Array.of(0, 1, 0, 1, label), task);
      for (const algorithm of [xgboost, histGradient])
        await expect(trainerOf(algorithm, dataset, { rounds: 1 })).rejects.toThrow(new RegExp(`got ${label}`));
    }
  });

  it("refuses a loss of another task", async () => {
    await expect(labels("logistic", [0, 1])).rejects.toThrow(/for regression it must be one of squared, absolute/);
    await expect(labels("nonsense", [0, 1])).rejects.toThrow(/unknown/);
  });

  it("takes counts of which almost all are 0, without a value running away", async () => {
    const target = Float64Array.from({ length: 500 }, (_, i) => (i === 250 ? 1e6 : 0));
    const columns: FeatureColumn[] = [{ kind: "numeric", name: "x", values: Float64Array.from(target, (_, i) => i) }];
    const dataset = datasetOf(columns, target, REGRESSION);
    for (const objective of ["poisson", "tweedie"]) {
      const { model } = await train(xgboost, dataset, { objective, rounds: 100, minChildRows: 1, lambda: 0 });
      const predictions = await predict(xgboost, model, dataset, columns);
      expect(predictions.every((p) => p >= 0 && p <= 1e6 + 1)).toBe(true);
      expect(predictions[250]!).toBeGreaterThan(2e4);
    }
  });
});

describe("weighted quantiles", () => {
  it("select in the kernel what sorting finds", () => {
    const { kernel, reals, longs } = makeKernel();
    const at = 70_016;
    const value = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: -3, max: 3 }));
    const row = fc.tuple(value, fc.integer({ min: 1, max: 4 }));
    const share = fc.constantFrom(0.01, 0.1, 0.25, 0.5, 0.9, 0.99);
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 80 }), share, (rows, part) => {
        rows.forEach(([x, weight], i) => {
          longs[(at >> 3) + 2 * i] = imageOf(x + 0);
          reals[(at >> 3) + 2 * i + 1] = weight;
        });
        const total = rows.reduce((sum, [, weight]) => sum + weight, 0);
        const sorted = rows.map(([x, weight]) => ({ x: x + 0, weight })).sort((a, b) => a.x - b.x);
        const upTo = (limit: number): number =>
          sorted.reduce((sum, { x, weight }) => sum + (x <= limit ? weight : 0), 0);
        const found = sorted.find(({ x }) => upTo(x) >= total * part)!.x;
        const next = upTo(found) === total * part ? sorted.find(({ x }) => x > found)?.x : undefined;
        const expected = next === undefined ? found : found * 0.5 + next * 0.5;
        expect(kernel.weightedQuantile!(at, at + rows.length * 16, total, part)).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });

  it("of targets are NumPy's where weights are 1, and count a row of weight 2 twice at the median", () => {
    const target = Float64Array.of(3, 1, 4, 1, 5, 9, 2, 6);
    const of = (share: number): number => weightedQuantile({ rows: 8, target, weight: null }, share);
    // numpy.quantile([3, 1, 4, 1, 5, 9, 2, 6], [0, 0.1, 0.5, 0.9, 1])
    expect([0, 0.1, 0.5, 0.9, 1].map(of)).toEqual([1, 1, 3.5, 6.9, 9].map((x) => expect.closeTo(x, 12)));
    const weighted = { rows: 3, target: Float64Array.of(1, 2, 9), weight: Float32Array.of(1, 1, 2) };
    expect(weightedQuantile(weighted, 0.5)).toBeGreaterThan(2);
  });
});

const view = new DataView(new ArrayBuffer(8));

/** The order-preserving integer image of a float64. */
function imageOf(x: number): bigint {
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  return BigInt.asIntN(64, bits >> 63n === 1n ? ~bits : bits ^ (1n << 63n));
}
