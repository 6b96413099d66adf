import { describe, expect, it } from "vitest";
import { loadAlgorithm } from "../../../src/algorithms/index.ts";
import { StepwiseTrainer } from "../../../src/algorithms/lags/stepwise-trainer.ts";
import { hashState, KaaykoError, resolveParameters, type Task, type Trainer } from "../../../src/core/index.ts";
import { expectResumable } from "../../conformance/resumable.ts";
import { makeDataset, toy } from "../../training/doubles.ts";
import { makeWindowDataset } from "../../training/window-dataset.ts";

const OUTPUTS = 3;
const ROUNDS = 4;

/** A trainer of lines, one for each number; each with a seed of its own. */
function makeTrainer(disposed: number[] = []): Promise<Trainer> {
  return StepwiseTrainer.create(
    "toy",
    Array.from({ length: OUTPUTS }, () => [0]),
    async (output) => {
      const dataset = makeDataset({ kind: "regression", target: "y" });
      const parameters = resolveParameters(toy.parameters, { rounds: ROUNDS }, "setting");
      const context = { dataset, parameters, seed: output, threads: 1, backend: "cpu", notify: () => {} } as const;
      const trainer = await toy.createTrainer(context);
      const dispose = async () => {
        disposed.push(output);
      };
      return new Proxy(trainer, {
        get: (target, name) => {
          if (name === "dispose") return dispose;
          const value = Reflect.get(target, name) as unknown;
          return typeof value === "function" ? value.bind(target) : value;
        },
      });
    },
  );
}

describe("a trainer of one model after the other", () => {
  it("goes on after any step as if it had never stopped", async () => {
    const steps = await expectResumable<Trainer>({
      make: () => makeTrainer(),
      outcome: async (trainer) => hashState(await trainer.model()),
      dispose: (trainer) => trainer.dispose(),
    });
    expect(steps).toBe(OUTPUTS * ROUNDS);
  });

  it("goes on within the models of every step and quantile of a forecast", async () => {
    const task: Task = { kind: "forecast", target: "flow", horizon: 2, quantiles: [0.1, 0.9] };
    const algorithm = await loadAlgorithm("xgboost");
    const parameters = resolveParameters(algorithm.parameters, { rounds: 3 }, "setting");
    const steps = await expectResumable<Trainer>({
      make: () =>
        algorithm.createTrainer({
          dataset: makeWindowDataset(task),
          parameters,
          seed: 5,
          threads: 1,
          backend: "cpu",
          notify: () => {},
        }),
      outcome: async (trainer) => hashState(await trainer.model()),
      dispose: (trainer) => trainer.dispose(),
      points: 6,
    });
    expect(steps).toBe(4 * 3);
  });

  it("holds one trainer at a time, and gives each back", async () => {
    const disposed: number[] = [];
    const trainer = await makeTrainer(disposed);
    while (!(await trainer.step()).done);
    expect(disposed).toEqual([0, 1, 2]);
  });

  it("stands in with the last model for those that were not begun", async () => {
    const trainer = await makeTrainer();
    for (let i = 0; i <= ROUNDS; i++) await trainer.step();
    const { models } = (await trainer.model()).json as { models: { slope: number }[] };
    expect(models).toHaveLength(OUTPUTS);
    expect(models[2]).toEqual(models[1]);
    expect(models[1]!.slope).not.toBe(models[0]!.slope);
  });

  it("refuses a state that is not whole", async () => {
    const trainer = await makeTrainer();
    await trainer.step();
    const { json, arrays } = await trainer.getState();
    for (const damaged of [
      { json: {}, arrays: {} },
      { json: { ...json, models: new Array(OUTPUTS + 1).fill({}) }, arrays },
      { json: { ...json, before: "0" }, arrays },
    ])
      await expect((await makeTrainer()).setState(damaged)).rejects.toBeInstanceOf(KaaykoError);
  });
});
