import { describe, expect, it } from "vitest";
import { withObjective } from "../../../../src/algorithms/trees/boosting/with-objective.ts";
import { histGradient } from "../../../../src/algorithms/trees/hist-gradient.ts";
import { xgboost } from "../../../../src/algorithms/trees/xgboost.ts";
import type { Dataset, NumericFeature } from "../../../../src/core/index.ts";
import { expectResumable } from "../../../conformance/resumable.ts";
import { bothWays, madeTable, modelHash, predict, type TableOptions, train, trainerOf } from "../tables.ts";

/** A dataset that is measured on its own validation rows, and on all rows of another table. */
async function withEvaluations(options: TableOptions): Promise<{ dataset: Dataset; other: Dataset; plain: Dataset }> {
  const { dataset } = madeTable({ ...options, validation: true });
  const other = madeTable({ ...options, seed: 7 }).dataset;
  const own = await dataset.examples("validation");
  const foreign = await other.examples("train");
  const evaluations = [
    { name: "again", rows: own.rows!.length, examples: async () => own },
    { name: "other", rows: foreign.table.rows, examples: async () => foreign },
  ];
  return { dataset: { ...dataset, evaluations }, other, plain: dataset };
}

describe("evaluation sets", () => {
  for (const [task, metric, settings] of [
    ["regression", "rmse", {}],
    ["regression", "mae", { objective: "absolute" }],
    ["binary", "logLoss", { classWeight: "balanced" }],
    ["multiclass", "logLoss", {}],
  ] as const)
    it(`are measured after each round and decide nothing: ${task}, ${metric}`, async () => {
      const { dataset, plain } = await withEvaluations({
        rows: 700,
        task,
        weights: true,
        missing: true,
        categories: 6,
      });
      const given = { rounds: 6, ...settings };
      const { model, metrics } = await train(histGradient, dataset, given);
      expect(modelHash(model)).toBe(modelHash((await train(histGradient, plain, given)).model));
      for (const round of metrics) {
        expect(round[`again.${metric}`]).toBe(round[`validation.${metric}`]);
        expect(round[`other.${metric}`]).toBeGreaterThan(0);
      }
    });

  it("say what predictions say, also where something is missing that never was in training", async () => {
    const settings = { rounds: 5, earlyStoppingRounds: 0 };
    const { dataset, other, plain } = await withEvaluations({ rows: 400, task: "regression" });
    const { table, target } = await other.examples("train");
    const columns = table.columns.map((column, f) =>
      f === 0
        ? { ...column, values: (column as NumericFeature).values.map((x, i) => (i % 3 ? x : Number.NaN)) }
        : column,
    ) as NumericFeature[];
    const examples = async () => ({ table: { rows: 400, columns }, rows: null, target, weight: null });
    const gaps = { ...dataset, evaluations: [{ name: "gaps", rows: 400, examples }] };
    const { model, metrics } = await train(xgboost, gaps, settings);
    expect(modelHash(model)).toBe(modelHash((await train(xgboost, plain, settings)).model));
    const predictions = await predict(xgboost, model, dataset, columns);
    const error = predictions.reduce((sum, value, i) => sum + (value - target[i]!) ** 2, 0) / 400;
    expect(metrics[Number(model.json.bestRound) - 1]!["gaps.rmse"]).toBeCloseTo(Math.sqrt(error), 6);
  });

  it("go on after a resume, and are measured by a loss of the user's own", async () => {
    const { dataset } = await withEvaluations({ rows: 300, task: "regression" });
    const { streamed } = await bothWays(dataset);
    const own = withObjective(xgboost, {
      derivatives: (scores, target, gradient, hessian) => {
        scores.forEach((score, i) => {
          gradient[i] = score - target[i]!;
          hessian[i] = 1;
        });
      },
      metric: (scores, { target }) => scores.reduce((sum, score, i) => sum + Math.abs(score - target[i]!), 0),
    });
    const { metrics } = await train(own, dataset, { rounds: 3 });
    expect(metrics[2]!["again.objective"]).toBe(metrics[2]!["validation.objective"]);
    const inMemory = await train(xgboost, dataset, { rounds: 3 });
    const { evaluations } = dataset;
    const passed = await train(xgboost, { ...streamed, evaluations: evaluations! }, { rounds: 3 });
    expect(passed.metrics).toEqual(inMemory.metrics);
    await expectResumable({
      make: () => trainerOf(xgboost, dataset, { rounds: 5 }),
      outcome: async (trainer) => modelHash(await trainer.model()),
      dispose: (trainer) => trainer.dispose(),
      points: 2,
    });
    const first = await trainerOf(xgboost, dataset, { rounds: 5, earlyStoppingRounds: 0 });
    await first.step();
    const state = await first.getState();
    const expected = await first.step();
    const second = await trainerOf(xgboost, dataset, { rounds: 5, earlyStoppingRounds: 0 });
    await second.setState(state);
    expect((await second.step()).metrics).toEqual(expected.metrics);
    await first.dispose();
    await second.dispose();
  });
});
