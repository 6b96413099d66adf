import { describe, expect, it } from "vitest";
import { loadAlgorithm, loadWithObjective } from "../../../../src/algorithms/index.ts";
import { withObjective } from "../../../../src/algorithms/trees/boosting/with-objective.ts";
import { histGradient } from "../../../../src/algorithms/trees/hist-gradient.ts";
import type { CustomObjective } from "../../../../src/algorithms/trees/losses/custom.ts";
import { xgboost } from "../../../../src/algorithms/trees/xgboost.ts";
import { expectResumable } from "../../../conformance/resumable.ts";
import { madeTable, modelHash, predict, train, trainerOf } from "../tables.ts";

/** Squared error over, a tenth of it under the target. */
const LOPSIDED: CustomObjective = {
  derivatives: (scores, target, gradient, hessian) => {
    scores.forEach((score, i) => {
      const weight = score > target[i]! ? 1 : 0.1;
      gradient[i] = weight * (score - target[i]!);
      hessian[i] = weight;
    });
  },
  metric: (scores, { target }) =>
    scores.reduce((sum, score, i) => sum + (score > target[i]! ? 1 : 0.1) * (score - target[i]!) ** 2, 0) /
    scores.length,
};

const SQUARED: CustomObjective = {
  derivatives: (scores, target, gradient, hessian) => {
    scores.forEach((score, i) => {
      gradient[i] = score - target[i]!;
      hessian[i] = 1;
    });
  },
  baseScore: ({ target }) => target.reduce((a, b) => a + b, 0) / target.length,
};

describe("an objective of the user's own", () => {
  it("is what is trained on: squared error written by hand is squared error", async () => {
    const { dataset, columns } = madeTable({ rows: 800, task: "regression", categories: 5, missing: true });
    for (const algorithm of [xgboost, histGradient]) {
      const own = await train(withObjective(algorithm, SQUARED), dataset, { rounds: 20 });
      const built = await train(algorithm, dataset, { rounds: 20 });
      const predictions = await predict(algorithm, own.model, dataset, columns);
      const expected = await predict(algorithm, built.model, dataset, columns);
      predictions.forEach((p, i) => {
        expect(p).toBeCloseTo(expected[i]!, 5);
      });
      expect(own.model.json).toMatchObject({ loss: "custom", link: "identity" });
    }
  });

  it("may weigh errors as it likes, is watched by its own metric, and gives the same bytes after a resume", async () => {
    const { dataset, columns, target } = madeTable({ rows: 700, task: "regression", validation: true, weights: true });
    const lopsided = withObjective(xgboost, LOPSIDED);
    const { model, metrics } = await train(lopsided, dataset, { learningRate: 0.3 });
    const predictions = await predict(xgboost, model, dataset, columns);
    expect(predictions.filter((p, i) => p > target[i]!).length / target.length).toBeLessThan(0.35);
    const values = metrics.map((entry) => entry["validation.objective"]!);
    expect(model.json.bestRound).toBe(values.indexOf(Math.min(...values)) + 1);
    await expectResumable({
      make: () => trainerOf(lopsided, dataset, { rounds: 6, subsample: 0.8 }),
      outcome: async (trainer) => modelHash(await trainer.model()),
      dispose: (trainer) => trainer.dispose(),
      points: 3,
    });
  });

  it("predicts through its link", async () => {
    const { dataset, columns } = madeTable({ rows: 300, task: "regression" });
    const { model } = await train(withObjective(xgboost, { ...SQUARED, link: "log" }), dataset, { rounds: 2 });
    const plain = await train(withObjective(xgboost, SQUARED), dataset, { rounds: 2 });
    const scores = await predict(xgboost, plain.model, dataset, columns);
    const predictions = await predict(xgboost, model, dataset, columns);
    predictions.forEach((p, i) => {
      expect(p).toBeCloseTo(Math.exp(scores[i]!), 9);
    });
  });

  it("says which row has no derivatives, and which algorithm takes none", async () => {
    const { dataset } = madeTable({ rows: 100, task: "regression" });
    const broken = withObjective(xgboost, {
      derivatives: (_, __, gradient, hessian) => {
        gradient.fill(1);
        hessian.fill(1);
        hessian[41] = -1;
      },
    });
    await expect(train(broken, dataset, { rounds: 1 })).rejects.toThrow(/at or over 0, got 1 and -1 for row 42/);
    const loaded = await loadWithObjective("hist-gradient", SQUARED);
    expect(loaded.tasks).toEqual(["regression"]);
    const baseline = await loadAlgorithm("baseline");
    expect(() => withObjective(baseline, SQUARED)).toThrow(/must be one of xgboost, hist-gradient, got baseline/);
  });
});
