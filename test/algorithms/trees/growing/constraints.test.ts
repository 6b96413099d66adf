import { describe, expect, it } from "vitest";
import { arraysOf, type TreeArrays } from "../../../../src/algorithms/trees/ensemble.ts";
import { histGradient } from "../../../../src/algorithms/trees/hist-gradient.ts";
import { xgboost } from "../../../../src/algorithms/trees/xgboost.ts";
import {
  type Algorithm,
  type Dataset,
  type FeatureColumn,
  type ModelContent,
  randomStream,
} from "../../../../src/core/index.ts";
import { expectResumable } from "../../../conformance/resumable.ts";
import { datasetOf, modelHash, predict, train, trainerOf } from "../tables.ts";

const ROWS = 700;
const CASES: readonly (readonly [Algorithm, Record<string, unknown>])[] = [
  [xgboost, {}],
  [histGradient, { minChildRows: 5 }],
  [xgboost, { subsample: 0.6, colsample: 0.6, alpha: 0.5 }],
  [xgboost, { objective: "absolute" }],
  [histGradient, { objective: "quantile", quantile: 0.8, minChildRows: 5 }],
  [xgboost, { objective: "huber" }],
  [xgboost, { objective: "poisson" }],
  [xgboost, { objective: "gamma", lambda: 0 }],
];

/** Targets that rise with a, fall with b, wave with both, and differ by category. */
function wavyTable(task: "regression" | "binary", missing = 0): { dataset: Dataset; columns: FeatureColumn[] } {
  const random = randomStream(3, "wavy");
  const column = (): Float64Array =>
    Float64Array.from({ length: ROWS }, () => (random.float() < missing ? Number.NaN : 4 * random.float() - 2));
  const [a, b, c] = [column(), column(), column()] as const;
  const codes = Uint8Array.from({ length: ROWS }, () => random.integer(9));
  const known = (x: number): number => (Number.isNaN(x) ? 0.5 : x);
  const target = Float64Array.from({ length: ROWS }, (_, i) => {
    const wave = Math.sin(4 * known(a[i]!)) + Math.cos(5 * known(b[i]!)) * known(c[i]!);
    const score = known(a[i]!) - known(b[i]!) + 1.5 * wave + codes[i]! / 4 + random.normal() / 2;
    return task === "binary" ? (score > 1 ? 1 : 0) : Math.ceil(Math.exp(score / 3));
  });
  const columns: FeatureColumn[] = [
    { kind: "numeric", name: "a", values: a },
    { kind: "numeric", name: "b", values: b },
    { kind: "numeric", name: "c", values: c },
    { kind: "categorical", name: "d", codes, cardinality: 9 },
  ];
  const classes = task === "binary" ? { classes: ["no", "yes"] } : {};
  return { dataset: datasetOf(columns, target, { kind: task, target: "y", ...classes }), columns };
}

/** By how much predictions go against `direction` where one feature rises and the others stay, at worst over random rows. */
async function worstBreach(
  algorithm: Algorithm,
  model: ModelContent,
  dataset: Dataset,
  columns: readonly FeatureColumn[],
  feature: number,
  direction: number,
): Promise<number> {
  const random = randomStream(11, "pairs", feature);
  const PAIRS = 3000;
  const low = new Float64Array(PAIRS);
  const high = new Float64Array(PAIRS);
  for (let i = 0; i < PAIRS; i++) {
    const [x, y] = [5 * random.float() - 2.5, 5 * random.float() - 2.5];
    low[i] = Math.min(x, y);
    high[i] = Math.max(x, y);
  }
  const rows = Uint32Array.from(low, () => random.integer(ROWS));
  const tableWith = (values: Float64Array): FeatureColumn[] =>
    columns.map((column, f) => {
      if (column.kind === "categorical")
        return { ...column, codes: Uint8Array.from(rows, (row) => column.codes[row]!) };
      return { ...column, values: f === feature ? values : Float64Array.from(rows, (row) => column.values[row]!) };
    });
  const before = await predict(algorithm, model, dataset, tableWith(low));
  const after = await predict(algorithm, model, dataset, tableWith(high));
  return before.reduce((worst, p, i) => Math.max(worst, direction * (p - after[i]!)), 0);
}

describe("monotone features", () => {
  for (const [algorithm, settings] of CASES) {
    it(`hold on random pairs: ${algorithm.name} ${JSON.stringify(settings)}`, async () => {
      const { dataset, columns } = wavyTable("regression", 0.05);
      const given = { rounds: 40, learningRate: 0.2, ...settings };
      const { model } = await train(algorithm, dataset, { ...given, monotone: ["a:1", "b:-1", "c:0"] });
      expect(await worstBreach(algorithm, model, dataset, columns, 0, 1)).toBe(0);
      expect(await worstBreach(algorithm, model, dataset, columns, 1, -1)).toBe(0);
      const free = await train(algorithm, dataset, given);
      expect(await worstBreach(algorithm, free.model, dataset, columns, 0, 1)).toBeGreaterThan(0.01);
      // What is free stays free, and all features are still used.
      expect(await worstBreach(algorithm, model, dataset, columns, 2, 1)).toBeGreaterThan(0.01);
      for (const feature of [0, 1, 2, 3]) expect(model.arrays.feature).toContain(feature);
    });
  }

  it("hold for probabilities, and cost little where the truth is monotone", async () => {
    const { dataset, columns } = wavyTable("binary");
    const { model } = await train(xgboost, dataset, { rounds: 40, monotone: "a:1,b:-1" });
    expect(await worstBreach(xgboost, model, dataset, columns, 0, 1)).toBe(0);
    const x = Float64Array.from({ length: ROWS }, (_, i) => i / ROWS);
    const straight: FeatureColumn[] = [{ kind: "numeric", name: "x", values: x }];
    const rising = datasetOf(
      straight,
      x.map((value) => value * value),
      { kind: "regression", target: "y" },
    );
    const { metrics } = await train(xgboost, rising, { rounds: 60, learningRate: 0.2, monotone: "x:1" });
    expect(metrics.at(-1)!["train.rmse"]!).toBeLessThan(0.02);
  });

  it("give the same bytes for any threads and after a resume", async () => {
    const { dataset } = wavyTable("regression", 0.05);
    const given = {
      rounds: 8,
      monotone: ["a:1", "b:-1"],
      colsampleLevel: 0.7,
      colsampleNode: 0.7,
      interactions: ["a|b|d"],
    };
    const one = await train(xgboost, dataset, given);
    expect(modelHash((await train(xgboost, dataset, given, 3)).model)).toBe(modelHash(one.model));
    await expectResumable({
      make: () => trainerOf(xgboost, dataset, given),
      outcome: async (trainer) => modelHash(await trainer.model()),
      dispose: (trainer) => trainer.dispose(),
      points: 3,
    });
  });

  it("must name numeric features and directions", async () => {
    const { dataset } = wavyTable("regression");
    const attempt = (settings: Record<string, unknown>) => trainerOf(xgboost, dataset, settings);
    await expect(attempt({ monotone: "d:1" })).rejects.toThrow(/must be numeric/);
    await expect(attempt({ monotone: "a:2" })).rejects.toThrow(/name:1, name:-1 or name:0/);
    await expect(attempt({ monotone: "a" })).rejects.toThrow(/name:1/);
    await expect(attempt({ monotone: "aa:1" })).rejects.toThrow(/Did you mean "a"|unknown/);
    await expect(attempt({ interactions: "a|x" })).rejects.toThrow(/unknown/);
  });
});

/** The sets of features on the paths to the leaves. */
function pathsOf({ arrays }: ModelContent): Set<number>[] {
  const { feature, left, right, ends } = arraysOf(arrays) as unknown as TreeArrays;
  const paths: Set<number>[] = [];
  const walk = (start: number, node: number, path: readonly number[]): void => {
    const own = feature[start + node]!;
    if (own < 0) {
      paths.push(new Set(path));
      return;
    }
    for (const child of [left[start + node]!, right[start + node]!]) walk(start, child, [...path, own]);
  };
  for (let tree = 0; tree < ends.length; tree++) walk(tree === 0 ? 0 : ends[tree - 1]!, 0, []);
  return paths;
}

describe("interactions", () => {
  it("stay inside the sets, and a feature in none stands alone", async () => {
    const { dataset } = wavyTable("regression");
    for (const algorithm of [xgboost, histGradient]) {
      const { model } = await train(algorithm, dataset, { rounds: 30, interactions: ["a|c", "b|c"], colsample: 1 });
      const paths = pathsOf(model);
      const allowed = [new Set([0, 2]), new Set([1, 2]), new Set([3])];
      for (const path of paths)
        expect(allowed.some((set) => [...path].every((feature) => set.has(feature)))).toBe(true);
      expect(paths.some((path) => path.size === 2)).toBe(true);
      const free = await train(algorithm, dataset, { rounds: 30, colsample: 1 });
      expect(pathsOf(free.model).some((path) => path.size > 2)).toBe(true);
    }
  });
});

describe("features drawn for levels and nodes", () => {
  it("are as many as asked for", async () => {
    const { dataset } = wavyTable("regression");
    const settings = { rounds: 10, colsample: 1, maxDepth: 4 };
    // A quarter of four features is one: each level then splits on one feature alone.
    const { model } = await train(xgboost, dataset, { ...settings, colsampleLevel: 0.25 });
    for (const levels of levelsOf(model)) for (const features of levels) expect(features.size).toBeLessThanOrEqual(1);
    const byNode = await train(xgboost, dataset, { ...settings, colsampleNode: 0.25 });
    expect(levelsOf(byNode.model).some((levels) => levels.some((features) => features.size > 1))).toBe(true);
    const roots = new Set(levelsOf(byNode.model).map((levels) => [...levels[0]!][0]));
    expect(roots.size).toBeGreaterThan(1);
  });
});

/** For each tree, for each level, the features that its nodes split on. */
function levelsOf({ arrays }: ModelContent): Set<number>[][] {
  const { feature, left, right, ends } = arraysOf(arrays) as unknown as TreeArrays;
  return Array.from(ends, (_, tree) => {
    const start = tree === 0 ? 0 : ends[tree - 1]!;
    const levels: Set<number>[] = [];
    for (let level = [0]; level.length > 0; ) {
      const inner = level.filter((node) => feature[start + node]! >= 0);
      if (inner.length > 0) levels.push(new Set(inner.map((node) => feature[start + node]!)));
      level = inner.flatMap((node) => [left[start + node]!, right[start + node]!]);
    }
    return levels;
  });
}
