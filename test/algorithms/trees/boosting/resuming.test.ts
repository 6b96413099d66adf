import { describe, expect, it } from "vitest";
import { histGradient } from "../../../../src/algorithms/trees/hist-gradient.ts";
import { xgboost } from "../../../../src/algorithms/trees/xgboost.ts";
import { KaaykoError } from "../../../../src/core/index.ts";
import { copyState, expectResumable } from "../../../conformance/resumable.ts";
import { madeTable, modelHash, train, trainerOf } from "../tables.ts";

const ALGORITHMS = [xgboost, histGradient];
const TASKS = ["regression", "binary", "multiclass"] as const;

describe("stopping and going on", () => {
  for (const algorithm of ALGORITHMS) {
    for (const task of TASKS) {
      it(`${algorithm.name} gives the same bytes, ${task} with missing, categories, weights and early stopping`, async () => {
        const { dataset } = madeTable({
          rows: 900,
          task,
          missing: true,
          categories: 12,
          weights: true,
          validation: true,
        });
        const steps = await expectResumable({
          make: () =>
            trainerOf(algorithm, dataset, { rounds: 14, earlyStoppingRounds: 3, subsample: 0.8, colsample: 0.7 }),
          outcome: async (trainer) => modelHash(await trainer.model()),
          dispose: (trainer) => trainer.dispose(),
          points: 8,
        });
        expect(steps).toBeGreaterThan(3);
      });
    }
  }

  it("resumes over several blocks of rows, with narrow cells and with threads", async () => {
    const { dataset } = madeTable({
      rows: 90_000,
      task: "regression",
      numeric: 8,
      categories: 5,
      missing: true,
      validation: true,
    });
    await expectResumable({
      make: () => trainerOf(xgboost, dataset, { rounds: 5 }, 2),
      outcome: async (trainer) => modelHash(await trainer.model()),
      dispose: (trainer) => trainer.dispose(),
      points: 3,
    });
  });

  it("refuses a state that does not fit", async () => {
    const { dataset } = madeTable({ rows: 300, task: "regression" });
    const other = madeTable({ rows: 300, task: "regression", seed: 9 });
    const trainer = await trainerOf(xgboost, dataset, { rounds: 3 });
    await trainer.step();
    const state = await trainer.getState();
    const foreign = await trainerOf(xgboost, other.dataset, { rounds: 3 });
    expect(() => foreign.setState(state)).toThrow(KaaykoError);
    const broken = copyState(state);
    const fresh = await trainerOf(xgboost, dataset, { rounds: 3 });
    expect(() => fresh.setState({ ...broken, json: { ...broken.json, round: 7 } })).toThrow(/every round/);
    broken.arrays.left![0] = 0;
    expect(() => fresh.setState(broken)).toThrow(/child/);
    for (const each of [trainer, foreign, fresh]) await each.dispose();
  });
});

describe("threads", () => {
  for (const [algorithm, task] of [
    [xgboost, "regression"],
    [histGradient, "regression"],
    [xgboost, "binary"],
    [histGradient, "multiclass"],
  ] as const) {
    it(`${algorithm.name}, ${task}: the same bytes for 1 to 4`, async () => {
      const { dataset } = madeTable({
        rows: 100_000,
        task,
        numeric: 8,
        categories: 20,
        missing: true,
        validation: true,
      });
      const hashes = new Set<string>();
      for (const threads of [1, 2, 3, 4]) {
        const { model } = await train(algorithm, dataset, { rounds: task === "multiclass" ? 2 : 4 }, threads);
        hashes.add(modelHash(model));
      }
      expect(hashes.size).toBe(1);
    });
  }
});
