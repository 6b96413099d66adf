import { describe, expect, it } from "vitest";
import { histGradient } from "../../../src/algorithms/trees/hist-gradient.ts";
import { xgboost } from "../../../src/algorithms/trees/xgboost.ts";
import type { Dataset } from "../../../src/core/index.ts";
import { bothWays, madeTable, modelHash, train } from "./tables.ts";

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

  it("leave residual leaves as they were", async () => {
    const { dataset } = madeTable({ rows: 3000, task: "regression" });
    const settings = { rounds: 3, subsample: 0.5, objective: "absolute" };
    const skipped = await train(xgboost, dataset, settings);
    const kept = await train(xgboost, await notSkipping(dataset), settings);
    expect(modelHash(kept.model)).toBe(modelHash(skipped.model));
  });
});
