import { tableFromArrays } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { GradientBoosting, RandomForest } from "../../src/library/index.ts";

const ROWS = 300;
const area = Float64Array.from({ length: ROWS }, (_, i) => ((i * 37) % 170) + (i % 11 === 0 ? Number.NaN : 0));
const city = Array.from({ length: ROWS }, (_, i) => (i % 7 === 0 ? null : ["Oslo", "Lyon", "Bari"][i % 3]!));
const columns = { area, city };
const price = Float64Array.from(
  city,
  (name, i) => (Number.isNaN(area[i]!) ? 90 : area[i]!) * 2 + (name === "Oslo" ? 80 : 0),
);
const size = Array.from(price, (value) => (value > 250 ? "large" : value > 120 ? "middle" : "small"));

describe("boosted trees over columns", () => {
  it("learn numbers from numbers and categories, and do so again from their JSON and an Arrow table", async () => {
    const estimator = await new GradientBoosting({ rounds: 60 }).fit({ columns, target: price });
    const predictions = await estimator.predict(columns);
    const error = predictions.reduce((sum, value, i) => sum + (value - price[i]!) ** 2, 0) / ROWS;
    const mean = price.reduce((a, b) => a + b, 0) / ROWS;
    expect(error).toBeLessThan(0.02 * (price.reduce((sum, value) => sum + (value - mean) ** 2, 0) / ROWS));
    const restored = GradientBoosting.fromJSON(JSON.parse(JSON.stringify(estimator)));
    expect(await restored.predict(columns)).toEqual(predictions);
    const arrow = tableFromArrays({ city, area });
    expect(await restored.predict(arrow)).toEqual(predictions);
    expect((await estimator.importances()).map(({ measure }) => measure)).toEqual(["gain", "cover", "splits"]);
    await estimator.dispose();
    await restored.dispose();
  });

  it("give probabilities of classes, whatever threads there are", async () => {
    const one = await new GradientBoosting({ rounds: 20, growth: "depth" }).fit({ columns, target: size });
    expect(one.classes).toEqual(["large", "middle", "small"]);
    const codes = await one.predict(columns);
    const right = size.filter((label, i) => one.classes[codes[i]!] === label).length;
    expect(right).toBeGreaterThan(0.95 * ROWS);
    const two = await new GradientBoosting({ rounds: 20, growth: "depth", threads: 2 }).fit({ columns, target: size });
    const probabilities = await one.predictProba(columns);
    expect(await two.predictProba(columns)).toEqual(probabilities);
    expect(probabilities.length).toBe(3 * ROWS);
    expect(probabilities.slice(0, 3).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    await one.dispose();
    await two.dispose();
  });

  it("weights count: rows of weight 0 are not learnt from", async () => {
    const target = price.map((value, i) => (i % 2 === 0 ? value : -1e6));
    const weight = Float32Array.from(target, (_, i) => (i % 2 === 0 ? 1 : 0));
    const estimator = await new GradientBoosting({ rounds: 20 }).fit({ columns, target, weight });
    expect(Math.min(...(await estimator.predict(columns)))).toBeGreaterThan(-100);
    await estimator.dispose();
  });

  it("validation rows are measured each round and say when to stop", async () => {
    const estimator = new GradientBoosting({ rounds: 200, earlyStoppingRounds: 3 });
    const noise = Float64Array.from({ length: ROWS }, (_, i) => (i * 7919) % 101);
    const seen: number[] = [];
    for await (const { metrics } of estimator.rounds({
      columns,
      target: noise,
      validation: { columns, target: noise.map((_, i) => (i * 104_729) % 101) },
    }))
      seen.push(metrics["validation.rmse"]!);
    expect(seen.length).toBeLessThan(200);
    expect(seen.every(Number.isFinite)).toBe(true);
    await estimator.dispose();
  });

  it("a loop that is left keeps its rounds; an aborted fit keeps what was there", async () => {
    const estimator = new GradientBoosting({ rounds: 50 });
    for await (const { round } of estimator.rounds({ columns, target: price })) if (round === 5) break;
    expect(estimator.model.content.arrays.ends).toHaveLength(5);
    const reason = new Error("enough");
    await expect(estimator.fit({ columns, target: price }, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(estimator.model.content.arrays.ends).toHaveLength(5);
  });

  it("take a loss of one's own", async () => {
    const objective = {
      derivatives: (scores: Float64Array, target: Float64Array, gradient: Float64Array, hessian: Float64Array) => {
        for (let i = 0; i < scores.length; i++) gradient[i] = scores[i]! - target[i]!;
        hessian.fill(1);
      },
    };
    const estimator = await new GradientBoosting({ rounds: 100, objective }).fit({ columns, target: price });
    const [first] = await estimator.predict({ area: [100], city: ["Oslo"] });
    expect(first).toBeGreaterThan(200);
    await estimator.dispose();
  });
});

it("a random forest of two classes", async () => {
  const target = Array.from(price, (value) => value > 200);
  const forest = await new RandomForest({ trees: 30 }).fit({ columns, target });
  expect(forest.classes).toEqual(["false", "true"]);
  const codes = await forest.predict(columns);
  expect(target.filter((label, i) => (codes[i] === 1) === label).length).toBeGreaterThan(0.95 * ROWS);
  await expect(forest.explain(columns)).rejects.toThrow("boosted trees");
  await forest.dispose();
});

describe("refuses", () => {
  const boosting = new GradientBoosting({ rounds: 5 });
  it.each([
    ["columns of different lengths", () => boosting.fit({ columns: { a: [1, 2], b: [1] }, target: [1, 2] })],
    ["no rows", () => boosting.fit({ columns: {}, target: [] })],
    ["a target that is not finite", () => boosting.fit({ columns: { a: [1, 2] }, target: [1, Number.NaN] })],
    ["one class", () => boosting.fit({ columns: { a: [1, 2] }, target: ["x", "x"] })],
    ["negative weights", () => boosting.fit({ columns: { a: [1, 2] }, target: [1, 2], weight: [1, -1] })],
    ["an unknown setting", () => new GradientBoosting({ set: { depth: 3 } }).fit({ columns, target: price })],
    ["predicting before training", () => new GradientBoosting().predict(columns)],
  ])("%s", async (_what, run) => {
    await expect(run()).rejects.toThrow(/^Cannot /);
  });

  it("JSON of something else", () => {
    expect(() => GradientBoosting.fromJSON({ kaayko: "trees", model: "e30=", arrays: "" })).toThrow(/^Cannot /);
    expect(() => RandomForest.fromJSON(null)).toThrow(/^Cannot /);
  });
});

describe("going on from an estimator", () => {
  it("keeps its trees, and reads columns and classes as it does", async () => {
    const settings = { growth: "depth", learningRate: 0.3, subsample: 1 } as const;
    const first = await new GradientBoosting({ ...settings, rounds: 4 }).fit({ columns, target: size });
    const more = await new GradientBoosting({ ...settings, rounds: 3 }).fit({ columns, target: size }, { init: first });
    const whole = await new GradientBoosting({ ...settings, rounds: 7 }).fit({ columns, target: size });
    const [ours, expected] = [await more.predictProba(columns), await whole.predictProba(columns)];
    ours.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 9);
    });
    // Rows of one class and with a city that the first never saw.
    const later = {
      columns: { area: area.slice(0, 50), city: Array(50).fill("Rome") },
      target: Array(50).fill("small"),
    };
    const moved = await new GradientBoosting({ ...settings, rounds: 5 }).fit(later, { init: first.model });
    expect(moved.classes).toEqual(first.classes);
    const [before, after] = [await first.predictProba(later.columns), await moved.predictProba(later.columns)];
    expect(after[2]!).toBeGreaterThan(before[2]!);
    await expect(new RandomForest().fit({ columns, target: size }, { init: first })).rejects.toThrow(/boosted trees/);
    await expect(new GradientBoosting().fit({ columns, target: size }, { init: first })).rejects.toThrow(/same way/);
    for (const estimator of [first, more, whole, moved]) await estimator.dispose();
  });
});

it("evaluation sets are measured round by round", async () => {
  const half = { columns: { area: area.slice(0, 150), city: city.slice(0, 150) }, target: price.slice(0, 150) };
  const rounds = [];
  const estimator = new GradientBoosting({ rounds: 2 });
  for await (const { metrics } of estimator.rounds({ columns, target: price, evaluations: { half } }))
    rounds.push(metrics);
  const predictions = await estimator.predict(half.columns);
  const error = predictions.reduce((sum, value, i) => sum + (value - price[i]!) ** 2, 0) / 150;
  expect(rounds[1]!["half.rmse"]).toBeCloseTo(Math.sqrt(error), 6);
  await estimator.dispose();
});
