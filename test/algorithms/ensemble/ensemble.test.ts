import { describe, expect, it } from "vitest";
import { loadAlgorithm } from "../../../src/algorithms/index.ts";
import {
  hashState,
  KaaykoError,
  type ModelContent,
  outputsOf,
  type ParameterValues,
  resolveParameters,
  type Task,
  type Trainer,
  type TrainerContext,
} from "../../../src/core/index.ts";
import { createMetrics } from "../../../src/metrics/index.ts";
import { expectResumable } from "../../conformance/resumable.ts";
import { makeTextDataset } from "../../training/text-dataset.ts";

const MEMBERS = ["text-linear", "text-mlp", "baseline"];
const TASKS: Record<string, Task> = {
  binary: { kind: "binary", target: "y", classes: ["no", "yes"] },
  multiclass: { kind: "multiclass", target: "y", classes: ["a", "b", "c"] },
  multilabel: { kind: "multilabel", target: "y", classes: ["a", "b", "c"] },
};

function contextOf(task: Task, parameters: ParameterValues): TrainerContext {
  const dataset = makeTextDataset(task, 400);
  return { dataset, parameters, seed: 3, threads: 1, backend: "cpu", notify: () => {} };
}

async function finish(trainer: Trainer): Promise<ModelContent> {
  while (!(await trainer.step()).done);
  const model = await trainer.model();
  await trainer.dispose();
  return model;
}

async function trainMembers(task: Task): Promise<ModelContent[]> {
  const models: ModelContent[] = [];
  for (const name of MEMBERS) {
    const algorithm = await loadAlgorithm(name);
    const given = name === "text-mlp" ? { units: 8, epochs: 3, batchSize: 32, learningRate: 0.03 } : {};
    const parameters = resolveParameters(algorithm.parameters, given, "setting");
    models.push(await finish(await algorithm.createTrainer(contextOf(task, parameters))));
  }
  return models;
}

async function combine(task: Task, members: readonly ModelContent[], given: ParameterValues = {}): Promise<Trainer> {
  const ensemble = await loadAlgorithm("ensemble");
  return ensemble.combine!(members, contextOf(task, resolveParameters(ensemble.parameters, given, "setting")));
}

/** The metric that ranks models, on the validation rows. */
async function judge(task: Task, model: ModelContent): Promise<number> {
  const { dataset } = contextOf(task, {});
  const { table, rows, target } = await dataset.examples("validation");
  const context = { task, features: dataset.features, parts: dataset.parts!, threads: 1, backend: "cpu" } as const;
  const predictor = await (await loadAlgorithm(model.algorithm)).createPredictor(model, context);
  const all = await predictor.predict(table);
  await predictor.dispose();
  const pick = (from: Float64Array, size: number) =>
    Float64Array.from([...rows!].flatMap((row) => [...from.subarray(row * size, (row + 1) * size)]));
  const width = task.kind === "multilabel" ? 3 : 1;
  const metrics = createMetrics(task);
  const [predictions, truth] = [pick(all, outputsOf(task)), pick(target, width)];
  metrics.add({ rows: rows!.length, predictions, target: truth, weight: null });
  const { values } = metrics.result();
  return task.kind === "multilabel" ? 1 - values.macroF1! : values.logLoss!;
}

describe.each(Object.entries(TASKS))("an ensemble for %s", (_, task) => {
  it("goes on after any member in the same bytes, and is hardly worse than its best member on what it was fitted by", async () => {
    const members = await trainMembers(task);
    await expectResumable<Trainer>({
      make: () => combine(task, members),
      outcome: async (trainer) => hashState(await trainer.model()),
      dispose: (trainer) => trainer.dispose(),
    });
    const model = await finish(await combine(task, members));
    const own = await judge(task, model);
    const others: number[] = [];
    for (const member of members) others.push(await judge(task, member));
    expect(own).toBeLessThanOrEqual(Math.min(...others) + 0.02);
  });
});

describe("given weights", () => {
  it("of classes need not sum to 1, but are as many as models and not all 0", async () => {
    const task = TASKS.binary!;
    const members = await trainMembers(task);
    expect((await finish(await combine(task, members, { weights: ["1", "0.5", "0"] }))).json.weights).toEqual([
      1, 0.5, 0,
    ]);
    for (const weights of [["1"], ["0", "0", "0"], ["-1", "1", "1"]])
      await expect(combine(task, members, { weights })).rejects.toThrow(KaaykoError);
  });
});
