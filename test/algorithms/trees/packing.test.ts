import { describe, expect, it } from "vitest";
import { xgboost } from "../../../src/algorithms/trees/xgboost.ts";
import type { Dataset } from "../../../src/core/index.ts";
import { expectResumable } from "../../conformance/resumable.ts";
import { madeTable, modelHash, train, trainerOf } from "./tables.ts";

/** Enough for packed gradients, and for three threads. */
const table = (task: "binary" | "multiclass") =>
  madeTable({ rows: 64_000, task, numeric: 20, categories: 7, missing: true, validation: true });

/** Weights of one, with which gradients are not packed. */
function weighted(dataset: Dataset): Dataset {
  const weight = new Float32Array(64_000).fill(1);
  return { ...dataset, examples: async (role) => ({ ...(await dataset.examples(role)), weight }) };
}

describe("packed gradients", () => {
  for (const task of ["binary", "multiclass"] as const) {
    it(`give a model as good as exact ones, ${task}`, async () => {
      const { dataset } = table(task);
      const settings = { rounds: 8, learningRate: 0.3, maxDepth: 4, colsample: 1 };
      const lossOf = async (data: Dataset): Promise<number> =>
        (await train(xgboost, data, settings)).metrics.at(-1)!["validation.logLoss"]!;
      const [packed, exact] = [await lossOf(dataset), await lossOf(weighted(dataset))];
      expect(packed).not.toBe(exact);
      expect(packed / exact).toBeGreaterThan(0.998);
      expect(packed / exact).toBeLessThan(1.002);
    });

    it(`give the same bytes for any threads, and after a resume, ${task}`, async () => {
      const { dataset } = table(task);
      const settings = { rounds: 3, maxDepth: 4 };
      const one = modelHash((await train(xgboost, dataset, settings, 1)).model);
      await expectResumable({
        make: () => trainerOf(xgboost, dataset, settings, 3),
        outcome: async (trainer) => {
          const hash = modelHash(await trainer.model());
          expect(hash).toBe(one);
          return hash;
        },
        dispose: (trainer) => trainer.dispose(),
        points: 2,
      });
    });
  }
});
