import { describe, expect, it } from "vitest";
import { checkResiduals, planResiduals } from "../../../../src/algorithms/trees/boosting/residuals.ts";
import { histGradient } from "../../../../src/algorithms/trees/hist-gradient.ts";
import { xgboost } from "../../../../src/algorithms/trees/xgboost.ts";
import type { Dataset, Role } from "../../../../src/core/index.ts";
import { expectResumable } from "../../../conformance/resumable.ts";
import { bothWays, madeTable, modelHash, predict, train, trainerOf } from "../tables.ts";

/** The same rows as a stream, which keeps all rows in the nodes, sampled or not. */
const notSkipping = async (dataset: Dataset): Promise<Dataset> => (await bothWays(dataset)).streamed;

describe("rows that a tree does not see", () => {
  for (const algorithm of [xgboost, histGradient]) {
    for (const task of ["regression", "binary", "multiclass"] as const) {
      it(`are left out of its nodes, and scored by it all the same: ${algorithm.name}, ${task}`, async () => {
        const { dataset } = madeTable({ rows: 20_000, task, missing: true, categories: 9, weights: true });
        // Deep trees are walked node by node, shallow ones as complete ones.
        for (const maxDepth of [4, 9]) {
          const settings = { rounds: 4, subsample: 0.6, maxDepth };
          const skipped = await train(algorithm, dataset, settings);
          const kept = await train(algorithm, await notSkipping(dataset), settings);
          expect(modelHash(skipped.model)).toBe(modelHash(kept.model));
        }
      });
    }
  }

  it("are the same for any threads where gradients are packed", async () => {
    const { dataset } = madeTable({ rows: 64_000, task: "binary", numeric: 20 });
    const settings = { rounds: 3, subsample: 0.5, maxDepth: 4 };
    const one = await train(xgboost, dataset, settings, 1);
    const three = await train(xgboost, dataset, settings, 3);
    expect(modelHash(three.model)).toBe(modelHash(one.model));
  });

  describe("in whole steps", () => {
    const { dataset } = madeTable({ rows: 56_000, task: "regression", missing: true, categories: 9, validation: true });
    const settings = { rounds: 4, subsample: 0.5, learningRate: 0.3, earlyStoppingRounds: 4 };

    it.each([4, 9])("are scored by it all the same, for any threads and from a stream: depth %d", async (maxDepth) => {
      const { memory, streamed } = await bothWays(dataset);
      const own = { ...settings, maxDepth };
      const one = await train(xgboost, memory, own, 1);
      expect(modelHash((await train(xgboost, memory, own, 3)).model)).toBe(modelHash(one.model));
      for (const maxMemory of [0, 1e9])
        expect(modelHash((await train(xgboost, { ...streamed, maxMemory }, own, 2)).model)).toBe(modelHash(one.model));
    });

    it("lead where float64 gradients lead", async () => {
      const { columns } = (await dataset.examples("train")).table;
      const whole = await train(xgboost, dataset, settings);
      const weight = new Float32Array(56_000).fill(1);
      const examples = async (role: Role) => ({ ...(await dataset.examples(role)), weight });
      const exact = await train(xgboost, { ...dataset, examples }, settings);
      const [a, b] = [
        await predict(xgboost, whole.model, dataset, columns),
        await predict(xgboost, exact.model, dataset, columns),
      ];
      const off = a.reduce((most, value, row) => Math.max(most, Math.abs(value - b[row]!)), 0);
      expect(off).toBeLessThan(1e-4);
      const [wholeLoss, exactLoss] = [whole, exact].map(({ metrics }) => metrics.at(-1)!["train.rmse"]!);
      expect(wholeLoss).toBeCloseTo(exactLoss!, 4);
    });

    it("go on exactly where training was stopped", async () => {
      await expectResumable({
        make: () => trainerOf(xgboost, dataset, settings),
        outcome: async (trainer) => modelHash(await trainer.model()),
        dispose: (trainer) => trainer.dispose(),
        points: 2,
      });
    });
  });

  it("end the training where they drive the residuals out of their range", () => {
    const target = Float64Array.from({ length: 1000 }, (_, i) => (i % 7) - 3);
    const plan = planResiduals({ rows: null, target }, 1000, 10, true)!;
    const squares = target.reduce((sum, y) => sum + ((y - plan.base) * plan.scale) ** 2, 0);
    expect(() => checkResiduals(plan, 4 * squares)).not.toThrow();
    expect(() => checkResiduals(plan, 17 * squares)).toThrow(/under twice the constant model's/);
  });

  it("leave residual leaves as they were", async () => {
    const { dataset } = madeTable({ rows: 3000, task: "regression" });
    const settings = { rounds: 3, subsample: 0.5, objective: "absolute" };
    const skipped = await train(xgboost, dataset, settings);
    const kept = await train(xgboost, await notSkipping(dataset), settings);
    expect(modelHash(kept.model)).toBe(modelHash(skipped.model));
  });
});
