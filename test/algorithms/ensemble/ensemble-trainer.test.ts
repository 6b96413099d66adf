import { beforeAll, describe, expect, it } from "vitest";
import { EnsembleTrainer } from "../../../src/algorithms/ensemble/ensemble-trainer.ts";
import { loadAlgorithm } from "../../../src/algorithms/index.ts";
import {
  type Dataset,
  hashState,
  KaaykoError,
  type ModelContent,
  type ParameterValues,
  resolveParameters,
  type Task,
  type Trainer,
} from "../../../src/core/index.ts";
import { expectResumable } from "../../conformance/resumable.ts";
import { streamOf } from "../../training/doubles.ts";
import { makeWindowDataset } from "../../training/window-dataset.ts";

const TASK: Task = { kind: "forecast", target: "flow", horizon: 2 };
const MEMBERS = ["xgboost", "persistence", "seasonal"];

function makeSet(): Dataset {
  const dataset = makeWindowDataset(TASK);
  return { ...dataset, stream: async (role, { batchRows }) => streamOf(await dataset.examples(role), batchRows) };
}

const contextOf = (parameters: ParameterValues, dataset = makeSet()) =>
  ({ dataset, parameters, seed: 1, threads: 1, backend: "cpu", notify: () => {} }) as const;

const members: ModelContent[] = [];
beforeAll(async () => {
  for (const name of MEMBERS) {
    const algorithm = await loadAlgorithm(name);
    const given = name === "xgboost" ? { rounds: 10 } : {};
    const trainer = await algorithm.createTrainer(contextOf(resolveParameters(algorithm.parameters, given, "setting")));
    while (!(await trainer.step()).done);
    members.push(await trainer.model());
    await trainer.dispose();
  }
});

const makeTrainer = (parameters: ParameterValues = {}): Promise<Trainer> =>
  EnsembleTrainer.create(members, contextOf(parameters), loadAlgorithm);

describe("the trainer of an ensemble", () => {
  it("goes on after any step as if it had never stopped", async () => {
    const steps = await expectResumable<Trainer>({
      make: () => makeTrainer(),
      outcome: async (trainer) => hashState(await trainer.model()),
      dispose: (trainer) => trainer.dispose(),
    });
    expect(steps).toBe(MEMBERS.length);
  });

  it("finds weights at or over 0 that sum to 1", async () => {
    const trainer = await makeTrainer();
    while (!(await trainer.step()).done);
    const weights = (await trainer.model()).json.weights as number[];
    expect(weights).toHaveLength(MEMBERS.length);
    expect(weights.every((weight) => weight >= 0)).toBe(true);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
  });

  it("is done at once where weights are given, and goes on as such", async () => {
    const parameters = { weights: ["0.5", "0.25", "0.25"] };
    const steps = await expectResumable<Trainer>({
      make: () => makeTrainer(parameters),
      outcome: async (trainer) => JSON.stringify((await trainer.model()).json.weights),
    });
    expect(steps).toBe(1);
    await expect(makeTrainer({ weights: ["1", "1", "1"] })).rejects.toThrow(/weights must be 3 numbers/);
  });

  it("refuses a state that is not whole, or is that of other rows", async () => {
    const trainer = await makeTrainer();
    await trainer.step();
    const state = await trainer.getState();
    for (const damaged of [
      { json: {}, arrays: {} },
      { json: { members: MEMBERS.length + 1 }, arrays: state.arrays },
      { json: { members: 1 }, arrays: {} },
      { json: { members: 2 }, arrays: { "errors-0": state.arrays["errors-0"]!, "errors-1": new Float64Array(3) } },
    ]) {
      const fresh = await makeTrainer();
      await expect((async () => fresh.setState(damaged))()).rejects.toBeInstanceOf(KaaykoError);
    }
  });
});
