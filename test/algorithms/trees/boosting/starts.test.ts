import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { histGradient } from "../../../../src/algorithms/trees/hist-gradient.ts";
import { modelForest } from "../../../../src/algorithms/trees/interchange/index.ts";
import { xgboost } from "../../../../src/algorithms/trees/xgboost.ts";
import type { Algorithm, Dataset, FeatureColumn, ModelContent, Task } from "../../../../src/core/index.ts";
import { expectResumable } from "../../../conformance/resumable.ts";
import { bothWays, datasetOf, madeTable, modelHash, predict, train, trainerOf } from "../tables.ts";

interface Peers {
  readonly rows: readonly (readonly number[])[];
  readonly starts: Peers["rows"];
  readonly targets: Readonly<Record<string, readonly number[]>>;
  readonly cases: readonly { readonly what: string; readonly task: string; readonly predictions: readonly number[] }[];
}

const peers = JSON.parse(
  readFileSync(new URL("../../../fixtures/algorithms/starts.json", import.meta.url), "utf8"),
) as Peers;

const XGBOOST = {
  learningRate: 0.3,
  maxDepth: 3,
  lambda: 1,
  minChildWeight: 1,
  minChildRows: 1,
  colsample: 1,
  subsample: 1,
};
const LIGHTGBM = {
  learningRate: 0.1,
  lambda: 1,
  colsample: 1,
  subsample: 1,
  maxLeaves: 4,
  minChildRows: 1,
  minChildWeight: 4,
};

function columnsOf(rows: Peers["rows"], name: string): FeatureColumn[] {
  return rows[0]!.map((_, f) => ({
    kind: "numeric",
    name: `${name}${f}`,
    values: Float64Array.from(rows, (row) => row[f]!),
  }));
}

function taskOf(kind: string): Task {
  const classes = kind === "binary" ? ["0", "1"] : ["0", "1", "2"];
  return { kind: kind as "regression", target: "y", ...(kind === "regression" ? {} : { classes }) };
}

function expectClose(ours: Float64Array, theirs: readonly number[]): void {
  const worst = ours.reduce((most, value, i) => Math.max(most, Math.abs(value - theirs[i]!)), 0);
  expect(worst).toBeLessThan(2e-5);
}

async function trainFrom(
  algorithm: Algorithm,
  dataset: Dataset,
  warmStart: ModelContent,
  settings: Record<string, unknown>,
): Promise<ModelContent> {
  return (await train(algorithm, dataset, settings, 1, warmStart)).model;
}

describe("the same as XGBoost and LightGBM", () => {
  for (const { what, task, predictions } of peers.cases) {
    it(`${what}, ${task}`, async () => {
      const columns = columnsOf(peers.rows, "x");
      const starts = columnsOf(peers.starts, "s").slice(0, task === "multiclass" ? 3 : 1);
      const all = what === "initial scores" ? [...columns, ...starts] : columns;
      const target = Float64Array.from(peers.targets[task]!);
      const dataset = datasetOf(all, target, taskOf(task));
      if (what === "warm start") {
        const first = await train(xgboost, dataset, { rounds: 4, ...XGBOOST });
        const later = datasetOf(all, Float64Array.from(peers.targets.later!), taskOf(task));
        const model = await trainFrom(xgboost, later, first.model, { rounds: 4, ...XGBOOST });
        expect(model.json).toMatchObject({ rounds: 8, warmRounds: 4 });
        return expectClose(await predict(xgboost, model, later, all), predictions);
      }
      const [algorithm, settings] = task === "multiclass" ? [histGradient, LIGHTGBM] : [xgboost, XGBOOST];
      const { model } = await train(algorithm, dataset, {
        rounds: 6,
        ...settings,
        ...(what === "largest value" ? { maxDeltaStep: 0.35 } : { initScore: starts.map(({ name }) => name) }),
      });
      expectClose(await predict(algorithm, model, dataset, all), predictions);
    });
  }
});

describe("a largest leaf value", () => {
  it("holds for leaves that are renewed from residuals, too", async () => {
    const { dataset } = madeTable({ rows: 500, task: "regression" });
    const settings = { rounds: 3, objective: "absolute", learningRate: 0.5, maxDeltaStep: 0.2 };
    const { model } = await train(xgboost, dataset, settings);
    const sizes = (model.arrays.value as Float64Array).map(Math.abs);
    expect(Math.max(...sizes)).toBe(0.1);
  });
});

describe("initial scores", () => {
  const withOffset = (rows: number, task: "regression" | "binary") => {
    const { dataset, columns, target } = madeTable({ rows, task, validation: true, missing: true });
    const offset: FeatureColumn = { kind: "numeric", name: "offset", values: target.map((y) => y * 0.7 + 1) };
    const all = [...columns, offset];
    return { all, dataset: datasetOf(all, target, dataset.task, { validation: true }) };
  };

  it("are no feature of trees, and are the feature's share of an explanation", async () => {
    const { all, dataset } = withOffset(300, "binary");
    const { model } = await train(histGradient, dataset, { rounds: 5, initScore: "offset" });
    expect(model.arrays.feature as Int32Array).not.toContain(all.length - 1);
    const context = { task: dataset.task, features: dataset.features, threads: 1, backend: "auto" } as const;
    const predictor = await histGradient.createPredictor(model, context);
    const table = { rows: 300, columns: all };
    const { base, values } = await predictor.explain!(table);
    const predictions = await predictor.predict(table);
    for (let row = 0; row < 300; row++) {
      const shares = values.subarray(row * all.length, (row + 1) * all.length);
      expect(shares.at(-1)).toBe((all.at(-1) as { values: Float64Array }).values[row]);
      const score = shares.reduce((sum, share) => sum + share, base[0]!);
      expect(1 / (1 + Math.exp(-score))).toBeCloseTo(predictions[row]!, 10);
    }
    await predictor.dispose();
  });

  it("give the same model from a stream, and after a resume", async () => {
    const { dataset } = withOffset(40_000, "regression");
    const { memory, streamed } = await bothWays(dataset);
    const settings = { rounds: 3, initScore: "offset" };
    const expected = modelHash((await train(xgboost, memory, settings)).model);
    expect(modelHash((await train(xgboost, streamed, settings, 2)).model)).toBe(expected);
    await expectResumable({
      make: () => trainerOf(xgboost, withOffset(300, "regression").dataset, settings),
      outcome: async (trainer) => modelHash(await trainer.model()),
      dispose: (trainer) => trainer.dispose(),
      points: 2,
    });
  });

  it("must be numbers in every row, one a class, and stay with the model", async () => {
    const { all, dataset } = withOffset(200, "regression");
    await expect(trainerOf(xgboost, dataset, { initScore: "none" })).rejects.toThrow(/numeric feature, got none/);
    await expect(trainerOf(xgboost, dataset, { initScore: ["offset", "n0"] })).rejects.toThrow(/one column, got 2/);
    await expect(trainerOf(xgboost, dataset, { initScore: "n0" })).rejects.toThrow(
      /n0 must be a number in every training row/,
    );
    const { model } = await train(xgboost, dataset, { rounds: 1, initScore: "offset" });
    const { task, features } = dataset;
    expect(() => modelForest({ content: model, task, features })).toThrow(/begin with a constant.*offset/s);
    const damaged = { ...model, json: { ...model.json, initialScore: [17] } };
    await expect(predict(xgboost, damaged, dataset, all)).rejects.toThrow(/initial scores must be numeric features/);
  });
});

describe("a warm start", () => {
  const TABLE = { rows: 600, task: "multiclass", categories: 400, missing: true } as const;

  it("on the same rows goes on as the rounds would have, whatever categories are frequent now", async () => {
    const { dataset, columns } = madeTable(TABLE);
    const settings = { rounds: 3, learningRate: 0.3, colsample: 1, subsample: 1 };
    for (const algorithm of [xgboost, histGradient]) {
      const first = await train(algorithm, dataset, settings);
      const both = await trainFrom(algorithm, dataset, first.model, settings);
      const whole = await train(algorithm, dataset, { ...settings, rounds: 6 });
      const ours = await predict(algorithm, both, dataset, columns);
      const expected = await predict(algorithm, whole.model, dataset, columns);
      ours.forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i]!, 9);
      });
      expect(both.arrays.ends).toHaveLength(18);
    }
    const other = madeTable({ ...TABLE, seed: 9 });
    const first = await train(xgboost, dataset, settings);
    const more = await trainFrom(xgboost, other.dataset, first.model, settings);
    expect(more.arrays.binOfCode).toEqual(first.model.arrays.binOfCode);
  });

  it("counts its own rounds where they end early or are resumed, and the same for any threads", async () => {
    const { dataset } = madeTable({ rows: 900, task: "regression", validation: true });
    const first = await train(xgboost, dataset, { rounds: 4 });
    const settings = { rounds: 30, learningRate: 0.5, earlyStoppingRounds: 2 };
    const more = await trainFrom(xgboost, dataset, first.model, settings);
    const own = Number(more.json.bestRound) - 4;
    expect(xgboost.refitParameters!([more.json])).toMatchObject({ rounds: own });
    await expectResumable({
      make: () => trainerOf(xgboost, dataset, { rounds: 4 }, 2, first.model),
      outcome: async (trainer) => modelHash(await trainer.model()),
      dispose: (trainer) => trainer.dispose(),
      points: 2,
    });
  });

  it("refuses a model of another loss, of other categories, and none of trees", async () => {
    const { dataset } = madeTable({ rows: 200, task: "regression", categories: 5 });
    const { model } = await train(xgboost, dataset, { rounds: 1, objective: "absolute" });
    await expect(trainerOf(xgboost, dataset, {}, 1, model)).rejects.toThrow(/objective must be the model's, absolute/);
    const other = madeTable({ rows: 200, task: "regression", categories: 6 }).dataset;
    await expect(trainerOf(xgboost, other, { objective: "absolute" }, 1, model)).rejects.toThrow(/model's categories/);
    const none = { ...model, arrays: {} };
    await expect(trainerOf(xgboost, dataset, {}, 1, none)).rejects.toThrow(/one of boosted trees/);
  });
});
