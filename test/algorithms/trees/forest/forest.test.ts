import { describe, expect, it } from "vitest";
import { randomForest } from "../../../../src/algorithms/trees/forest/random-forest.ts";
import { type FeatureColumn, KaaykoError, type ModelContent } from "../../../../src/core/index.ts";
import { copyState, expectResumable } from "../../../conformance/resumable.ts";
import { datasetOf, madeTable, modelHash, predict, train, trainerOf } from "../tables.ts";

const FEW = { trees: 12 };
const TASKS = ["regression", "binary", "multiclass"] as const;
const mixed = (task: (typeof TASKS)[number], rows = 1500) =>
  madeTable({ rows, task, missing: true, categories: 400, weights: true });

function rmse(predictions: Float64Array, target: Float64Array): number {
  return Math.sqrt(predictions.reduce((sum, value, i) => sum + (value - target[i]!) ** 2, 0) / target.length);
}

describe.each(TASKS)("a forest for %s", (task) => {
  it("is the same bytes for any number of threads", async () => {
    const { dataset } = mixed(task, 4200);
    const one = await train(randomForest, dataset, FEW, 1);
    const many = await train(randomForest, dataset, FEW, 8);
    expect(modelHash(many.model)).toBe(modelHash(one.model));
    expect(many.metrics).toEqual(one.metrics);
  });

  it("goes on after any step as if it had never stopped", async () => {
    const { dataset } = mixed(task);
    const steps = await expectResumable({
      make: () => trainerOf(randomForest, dataset, { trees: 36 }),
      outcome: async (trainer) => modelHash(await trainer.model()),
      dispose: (trainer) => trainer.dispose(),
    });
    expect(steps).toBe(5);
  });

  it("predicts in batches over threads what it predicts row by row", async () => {
    const { dataset, columns } = mixed(task, 3000);
    const { model } = await train(randomForest, dataset, { trees: 100, maxDepth: 6 });
    const all = await predict(randomForest, model, dataset, columns, 4);
    const outputs = all.length / 3000;
    const few = columns.map(
      (column): FeatureColumn =>
        column.kind === "numeric"
          ? { ...column, values: column.values.slice(50, 60) }
          : { ...column, codes: column.codes.slice(50, 60) },
    );
    expect(await predict(randomForest, model, dataset, few)).toEqual(all.slice(50 * outputs, 60 * outputs));
  });
});

describe("a forest", () => {
  it("estimates out of bag what it misses on rows that it never saw", async () => {
    const { columns, target, dataset } = madeTable({ rows: 8000, task: "regression", validation: true });
    const { model, metrics } = await train(randomForest, dataset, { trees: 60 });
    const { rows } = await dataset.examples("validation");
    const part = columns.map((column): FeatureColumn => {
      if (column.kind === "categorical") return column;
      return { ...column, values: Float64Array.from(rows!, (row) => column.values[row]!) };
    });
    const truth = Float64Array.from(rows!, (row) => target[row]!);
    const unseen = rmse(await predict(randomForest, model, dataset, part), truth);
    expect(Math.abs(metrics.at(-1)!["oob.rmse"]! / unseen - 1)).toBeLessThan(0.06);
    expect(metrics.at(-1)!["oob.rmse"]!).toBeLessThan(metrics[0]!["oob.rmse"]!);
  });

  it("learns every row by heart where leaves may be single and nothing is left out", async () => {
    const values = Float64Array.from({ length: 200 }, (_, i) => (i * 37) % 200);
    const target = values.map((value) => Math.sin(value) * 1e200 + 1e199);
    const columns: FeatureColumn[] = [{ kind: "numeric", name: "x", values }];
    const dataset = datasetOf(columns, target, { kind: "regression", target: "y" });
    const { model, metrics } = await train(randomForest, dataset, {
      trees: 2,
      bootstrap: false,
      minLeafRows: 1,
      maxDepth: 200,
    });
    const found = await predict(randomForest, model, dataset, columns);
    found.forEach((value, i) => {
      expect(Math.abs(value - target[i]!)).toBeLessThan(1e194);
    });
    expect(metrics.at(-1)).toEqual({});
  });

  it("is not thrown off by one huge target", async () => {
    const { columns, target, dataset } = madeTable({ rows: 3000, task: "regression" });
    const clean = await train(randomForest, dataset, { trees: 40 });
    const wild = target.slice();
    wild[17] = 1e12;
    const spoilt = await train(randomForest, datasetOf(columns, wild, dataset.task), { trees: 40 });
    const error = async (model: ModelContent): Promise<number> => {
      const found = await predict(randomForest, model, dataset, columns);
      // Leaves that hold the row itself are far off, as they must be.
      const misses = found.map((value, i) => Math.abs(value - target[i]!)).sort();
      return misses[1500]!;
    };
    expect(await error(spoilt.model)).toBeLessThan(1.3 * (await error(clean.model)));
  });

  it("weighs rows as often as they would stand there", async () => {
    const { columns, dataset, target } = madeTable({ rows: 600, task: "binary" });
    const weight = Float32Array.from(target, (_, i) => (i % 3 === 0 ? 0 : 1));
    const settings = { trees: 20, bootstrap: false, maxFeatures: "all" };
    const weighted = await train(randomForest, datasetOf(columns, target, dataset.task, { weight }), settings);
    const flipped = target.map((value, i) => (i % 3 === 0 ? 1 - value : value));
    const other = await train(randomForest, datasetOf(columns, flipped, dataset.task, { weight }), settings);
    expect(modelHash(other.model)).toBe(modelHash(weighted.model));
  });

  it("gives a rare class its due where classes are balanced", async () => {
    const { columns, dataset, target } = madeTable({ rows: 4000, task: "binary" });
    const rare = target.map((value, i) => (value === 1 && i % 10 === 0 ? 1 : 0));
    const found = async (classWeight: string): Promise<number> => {
      const made = datasetOf(columns, rare, dataset.task);
      const { model } = await train(randomForest, made, { trees: 30, classWeight, minLeafRows: 20 });
      const predictions = await predict(randomForest, model, made, columns);
      return predictions.filter((value, i) => rare[i] === 1 && value >= 0.5).length;
    };
    expect(await found("balanced")).toBeGreaterThan(2 * (await found("none")) + 5);
  });

  it("parts categories by what they mean, far ones included", async () => {
    const rows = 7200;
    const codes = Uint16Array.from({ length: rows }, (_, i) => 1 + (i % 600));
    const target = Float64Array.from(codes, (code) => ((code * 7919) % 13 < 6 ? 1 : 0));
    const columns: FeatureColumn[] = [{ kind: "categorical", name: "c", codes, cardinality: 600 }];
    const dataset = datasetOf(columns, target, { kind: "binary", target: "y", classes: ["no", "yes"] });
    const { model } = await train(randomForest, dataset, { trees: 30, bootstrap: false });
    const found = await predict(randomForest, model, dataset, columns);
    expect(found.filter((value, i) => (value >= 0.5 ? 1 : 0) !== target[i]).length).toBeLessThan(rows / 20);
  });

  it("draws thresholds where that is asked for, and still learns", async () => {
    const { columns, target, dataset } = madeTable({ rows: 3000, task: "regression" });
    const { model } = await train(randomForest, dataset, { trees: 40, thresholds: "random" });
    const best = await train(randomForest, dataset, { trees: 40 });
    expect(modelHash(model)).not.toBe(modelHash(best.model));
    const spread = rmse(new Float64Array(3000), target);
    expect(rmse(await predict(randomForest, model, dataset, columns), target)).toBeLessThan(0.6 * spread);
  });

  it("copes with features that say nothing, one row, one class", async () => {
    const constant: FeatureColumn[] = [
      { kind: "numeric", name: "c", values: new Float64Array(50).fill(3) },
      { kind: "numeric", name: "m", values: new Float64Array(50).fill(Number.NaN) },
    ];
    const made = datasetOf(constant, new Float64Array(50).fill(7), { kind: "regression", target: "y" });
    const { model } = await train(randomForest, made, FEW);
    expect([...(await predict(randomForest, model, made, constant))]).toEqual(new Array(50).fill(7));
    const single = constant.map((column) => ({
      ...column,
      values: (column as { values: Float64Array }).values.slice(0, 1),
    }));
    const one = datasetOf(single as FeatureColumn[], Float64Array.of(2), {
      kind: "multiclass",
      target: "y",
      classes: ["a", "b", "c"],
    });
    const learnt = await train(randomForest, one, FEW);
    expect([...(await predict(randomForest, learnt.model, one, single as FeatureColumn[]))]).toEqual([0, 0, 1]);
  });

  it("refuses settings and data that it cannot use", async () => {
    const { columns, target, dataset } = madeTable({ rows: 60, task: "binary" });
    await expect(trainerOf(randomForest, dataset, { maxFeatures: "some" })).rejects.toThrow(/maxFeatures.*"some"/);
    const weight = new Float32Array(60);
    const none = datasetOf(columns, target, dataset.task, { weight });
    await expect(trainerOf(randomForest, none)).rejects.toThrow("some weights must be over 0");
    const empty = {
      ...dataset,
      examples: async () => ({ ...(await dataset.examples("train")), rows: new Uint32Array(0) }),
    };
    await expect(trainerOf(randomForest, empty)).rejects.toThrow("there must be training rows");
  });

  it("refuses every broken model and state, or predicts; it never reads beyond its memory", async () => {
    for (const task of TASKS) {
      const { dataset, columns } = mixed(task, 300);
      const trainer = await trainerOf(randomForest, dataset, { trees: 3 });
      await trainer.step();
      const model = await trainer.model();
      const state = await trainer.getState();
      await trainer.dispose();
      for (const name of Object.keys(model.arrays)) {
        for (const value of [0, 0xffff, 0xffffffff, 3]) {
          const broken = { ...model, ...copyState(model) };
          const array = broken.arrays[name]!;
          if (array.length === 0) continue;
          array[Math.floor(array.length / 2)] = value as never;
          const outcome = await predict(randomForest, broken, dataset, columns).catch((error) => error);
          expect(outcome instanceof KaaykoError || outcome instanceof Float64Array, `${name} ${value} ${outcome}`).toBe(
            true,
          );
          if (!(name in state.arrays)) continue;
          const again = await trainerOf(randomForest, dataset, { trees: 6 });
          const hurt = copyState(state);
          hurt.arrays[name]![Math.floor(hurt.arrays[name]!.length / 2)] = value as never;
          const result = await Promise.resolve()
            .then(() => again.setState(hurt))
            .then(() => again.step())
            .catch((error) => error);
          expect(result instanceof KaaykoError || "step" in result, `state ${name} ${value} ${result}`).toBe(true);
          await again.dispose();
        }
      }
    }
  });
});
