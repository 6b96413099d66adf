import { describe, expect, it } from "vitest";
import { loadAlgorithm } from "../../../src/algorithms/index.ts";
import { hashState, type ModelContent, resolveParameters, type Task } from "../../../src/core/index.ts";
import { expectResumable } from "../../conformance/resumable.ts";
import { makeDataset } from "../../training/doubles.ts";

const TASK: Task = { kind: "binary", target: "y", classes: ["no", "yes"] };
const dataset = makeDataset(TASK);

async function contextOf(name: string, given: Record<string, number> = {}) {
  const algorithm = await loadAlgorithm(name);
  const parameters = resolveParameters(algorithm.parameters, given, "setting");
  return { dataset, parameters, seed: 5, threads: 1, backend: "auto", notify: () => {} } as const;
}

async function fitted(name: string, given: Record<string, number> = {}): Promise<ModelContent> {
  const trainer = await (await loadAlgorithm(name)).createTrainer(await contextOf(name, given));
  while (!(await trainer.step()).done);
  const content = await trainer.model();
  await trainer.dispose();
  return content;
}

describe("calibrated", () => {
  it("takes the better model, keeps its order and puts its probabilities right", async () => {
    // Trees that are far too sure of themselves.
    const members = [await fitted("baseline"), await fitted("xgboost", { rounds: 60, learningRate: 1 })];
    const calibrated = await loadAlgorithm("calibrated");
    const trainer = await calibrated.combine!(members, await contextOf("calibrated"));
    while (!(await trainer.step()).done);
    const content = await trainer.model();
    const context = { task: TASK, features: dataset.features, threads: 1, backend: "auto" } as const;
    const [before, after] = [
      await (await loadAlgorithm("xgboost")).createPredictor(members[1]!, context),
      await calibrated.createPredictor(content, context),
    ];
    const { table, rows, target } = await dataset.examples("validation");
    const [raw, right] = [await before.predict(table), await after.predict(table)];
    const own = rows ?? Uint32Array.from({ length: table.rows }, (_, row) => row);
    const loss = (shares: Float64Array) =>
      own.reduce((sum, row) => sum - Math.log(target[row] === 1 ? shares[row]! : 1 - shares[row]!), 0);
    expect(loss(right)).toBeLessThanOrEqual(loss(raw) + 1e-9);
    const order = (shares: Float64Array) => [...own].sort((a, b) => shares[a]! - shares[b]! || a - b);
    expect(order(right)).toEqual(order(raw));
  });

  it("goes on from any step to the same bytes", async () => {
    const members = [await fitted("baseline"), await fitted("xgboost", { rounds: 5 })];
    const calibrated = await loadAlgorithm("calibrated");
    const context = await contextOf("calibrated");
    const steps = await expectResumable({
      make: () => calibrated.combine!(members, context),
      outcome: async (finished) => hashState(await finished.model()),
    });
    expect(steps).toBe(2);
  });

  it("needs another model", async () => {
    const calibrated = await loadAlgorithm("calibrated");
    await expect(calibrated.combine!([], await contextOf("calibrated"))).rejects.toThrow(/another model/);
  });
});
