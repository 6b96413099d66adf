import { describe, expect, it } from "vitest";
import { loadAlgorithm } from "../../../src/algorithms/index.ts";
import { loadTensorflow, tensorflowStatus } from "../../../src/backends/index.ts";
import {
  type Dataset,
  hashState,
  KaaykoError,
  type ModelContent,
  resolveParameters,
  type Task,
  type Trainer,
} from "../../../src/core/index.ts";
import { expectResumable } from "../../conformance/resumable.ts";
import { makeWindowDataset } from "../../training/window-dataset.ts";

const TASK: Task = { kind: "forecast", target: "flow", horizon: 2 };
const MODELS = ["lstm", "gru", "tcn", "transformer", "seq2seq"];
const SMALL = { units: 8, heads: 2, epochs: 8, batchSize: 32, learningRate: 0.02, dropout: 0 };

interface Options {
  readonly dataset?: Dataset;
  readonly given?: Record<string, number | boolean>;
  readonly backend?: "auto" | "wasm" | "cpu";
}

async function trainerOf(
  name: string,
  { dataset = makeWindowDataset(TASK), given = {}, backend = "cpu" }: Options = {},
) {
  const algorithm = await loadAlgorithm(name);
  const known = Object.entries({ ...SMALL, ...given }).filter(([key]) =>
    algorithm.parameters.some((spec) => spec.name === key),
  );
  const parameters = resolveParameters(algorithm.parameters, Object.fromEntries(known), "setting");
  return algorithm.createTrainer({ dataset, parameters, seed: 3, threads: 1, backend, notify: () => {} });
}

async function finish(trainer: Trainer): Promise<ModelContent> {
  while (!(await trainer.step()).done);
  const model = await trainer.model();
  await trainer.dispose();
  return model;
}

/** Root mean squared error over the test rows whose target is known; of the second channel's last reading without a model. */
async function testError(name: string, model: ModelContent | null, dataset: Dataset): Promise<number> {
  const { table, rows, target } = await dataset.examples("test");
  const [part] = table.parts!;
  if (part?.kind !== "windows") throw new Error("no windows");
  let predictions: Float64Array;
  if (model === null)
    predictions = Float64Array.from({ length: 2 * table.rows }, (_, i) => {
      const value = part.series[(part.ends[Math.floor(i / 2)]! - 1) * 2]!;
      return Number.isNaN(value) ? 50 : value;
    });
  else {
    const context = { task: TASK, features: dataset.features, parts: dataset.parts!, threads: 1 };
    const predictor = await (await loadAlgorithm(name)).createPredictor(model, { ...context, backend: "wasm" });
    predictions = await predictor.predict(table);
    await predictor.dispose();
  }
  let sum = 0;
  let count = 0;
  for (const row of rows!)
    for (let step = 0; step < 2; step++) {
      const truth = target[2 * row + step]!;
      if (Number.isNaN(truth)) continue;
      sum += (predictions[2 * row + step]! - truth) ** 2;
      count++;
    }
  return Math.sqrt(sum / count);
}

describe("networks over windows", () => {
  it.each(MODELS)("%s learns a daily wave far better than its last reading says, without TensorFlow", async (name) => {
    const dataset = makeWindowDataset(TASK);
    const model = await finish(await trainerOf(name, { dataset, backend: "wasm" }));
    expect(await testError(name, model, dataset)).toBeLessThan(0.5 * (await testError(name, null, dataset)));
  });

  it("gives the same bytes for the same seed, dropout and all, and others for another", async () => {
    const train = (dropout: number) => trainerOf("gru", { given: { dropout, epochs: 2 }, backend: "wasm" });
    const [a, b, c] = [await finish(await train(0.3)), await finish(await train(0.3)), await finish(await train(0))];
    expect(hashState(a)).toBe(hashState(b));
    expect(hashState(a)).not.toBe(hashState(c));
  });

  it.skipIf(tensorflowStatus().state !== "ready")(
    "trains alike as a TensorFlow graph and in single operations",
    async () => {
      for (const name of MODELS) {
        const given = { epochs: 1 };
        const [a, b] = [
          await finish(await trainerOf(name, { given })),
          await finish(await trainerOf(name, { given, backend: "auto" })),
        ];
        for (const [array, values] of Object.entries(a!.arrays))
          values.forEach((value, i) => {
            expect(Math.abs(Number(b!.arrays[array]![i]) - Number(value)), `${name} ${array}[${i}]`).toBeLessThan(2e-3);
          });
      }
    },
  );

  it.skipIf(tensorflowStatus().state !== "ready")("leaves no native tensor behind", async () => {
    const trainer = await trainerOf("seq2seq", { backend: "auto", given: { epochs: 8 } });
    for (let i = 0; i < 3; i++) await trainer.step();
    const { binding } = loadTensorflow(1);
    const before = binding.getNumOfTensors();
    for (let i = 0; i < 40; i++) await trainer.step();
    await trainer.getState();
    expect(binding.getNumOfTensors()).toBe(before);
    await trainer.dispose();
  });

  it("keeps the count of tensors level in single operations", async () => {
    const trainer = await trainerOf("lstm", { given: { epochs: 8 } });
    const { chooseBackend } = await import("../../../src/backends/index.ts");
    const tf = (await chooseBackend("cpu", { threads: 1, notify: () => {} })).tf();
    for (let i = 0; i < 3; i++) await trainer.step();
    const before = tf.memory().numTensors;
    for (let i = 0; i < 30; i++) await trainer.step();
    expect(tf.memory().numTensors).toBe(before);
    await trainer.dispose();
  });

  it("stops at the update that gives no number, and says where and why", async () => {
    const dataset = spoilt(makeWindowDataset(TASK), 1e30);
    const trainer = await trainerOf("lstm", { dataset, given: { batchSize: 64 } });
    let last = await trainer.getState();
    const error = await (async () => {
      for (;;) {
        await trainer.step();
        last = await trainer.getState();
      }
    })().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(KaaykoError);
    const { message, remedy } = error as KaaykoError;
    expect(message).toMatch(/loss and gradients must stay finite, got loss .* at update \d+ \(epoch 1, batch \d+/);
    expect(remedy).toMatch(/its target holds extreme values/);
    for (const [name, values] of Object.entries(last.arrays)) expect(values.every(Number.isFinite), name).toBe(true);
    await trainer.dispose();
  });

  it("refuses what it cannot learn from, before the first step", async () => {
    const dataset = makeWindowDataset(TASK);
    const empty = { ...dataset, examples: async (role: "train") => nothingKnown(await dataset.examples(role)) };
    await expect(trainerOf("gru", { dataset: empty as Dataset })).rejects.toThrow(/training row with a window/);
    await expect(trainerOf("transformer", { given: { heads: 3 } })).rejects.toThrow(/units \(8\) must be a multiple/);
    const without = {
      ...dataset,
      examples: async (role: "train") => {
        const examples = await dataset.examples(role);
        return { ...examples, table: { ...examples.table, parts: [] } };
      },
    };
    await expect(trainerOf("gru", { dataset: without as Dataset })).rejects.toThrow(/one part of windows/);
  });

  it("refuses a state that does not fit", async () => {
    const trainer = await trainerOf("gru");
    await trainer.step();
    const state = await trainer.getState();
    const arrays = { ...state.arrays, "head/output/weight": new Float32Array(3) };
    const fresh = await trainerOf("gru");
    await expect((async () => fresh.setState({ ...state, arrays }))()).rejects.toThrow(KaaykoError);
    const far = { ...(state.json.progress as object), position: { batch: 1e6 } };
    await fresh.setState({ ...state, json: { ...state.json, progress: far } });
    await expect((async () => fresh.step())()).rejects.toThrow(/a position below/);
    await trainer.dispose();
    await fresh.dispose();
  });
});

/** The same rows, one training target of them absurd. */
function spoilt(dataset: Dataset, value: number): Dataset {
  return {
    ...dataset,
    examples: async (role) => {
      const examples = await dataset.examples(role);
      return { ...examples, target: examples.target.map((target, i) => (i === 40 ? value : target)) };
    },
  };
}

function nothingKnown<T extends { target: Float64Array }>(examples: T): T {
  return { ...examples, target: examples.target.map(() => Number.NaN) };
}

/** The metrics of the first epoch. */
async function firstEpoch(trainer: Trainer): Promise<Record<string, number>> {
  for (;;) {
    const { metrics = {} } = await trainer.step();
    if (Object.keys(metrics).length === 0) continue;
    await trainer.dispose();
    return { ...metrics };
  }
}

function expectAlike(actual: Record<string, number>, expected: Record<string, number>): void {
  expect(Object.keys(actual)).toEqual(Object.keys(expected));
  for (const [name, value] of Object.entries(expected)) expect(actual[name]! / value).toBeCloseTo(1, 3);
}

describe("gathered gradients and moving means", () => {
  const both = { gather: 3, averaging: 0.9, epochs: 2, dropout: 0.2 };

  it("of two batches make the update of one twice as large", async () => {
    const made = makeWindowDataset(TASK);
    const known = (target: Float64Array) => target.map((value) => (Number.isNaN(value) ? 50 : value));
    const dataset: Dataset = {
      ...made,
      examples: async (role) => {
        const examples = await made.examples(role);
        return { ...examples, target: known(examples.target) };
      },
    };
    const large = await firstEpoch(await trainerOf("gru", { dataset, given: { batchSize: 56 } }));
    const gathered = await firstEpoch(await trainerOf("gru", { dataset, given: { batchSize: 28, gather: 2 } }));
    expectAlike(gathered, large);
  });

  it("give a model of the mean of its weights, which learns as well", async () => {
    const dataset = makeWindowDataset(TASK);
    const plain = await finish(await trainerOf("gru", { dataset }));
    const mean = await finish(await trainerOf("gru", { dataset, given: { averaging: 0.9 } }));
    expect(hashState(mean)).not.toBe(hashState(plain));
    expect(Object.keys(mean.arrays)).toEqual(Object.keys(plain.arrays));
    expect(await testError("gru", mean, dataset)).toBeLessThan(0.5 * (await testError("gru", null, dataset)));
  });

  it.each(["auto", "cpu"] as const)("go on after any step as if they had never stopped, on %s", async (backend) => {
    const steps = await expectResumable<Trainer>({
      make: () => trainerOf("gru", { given: both, backend }),
      outcome: async (trainer) => hashState(await trainer.model()),
      dispose: (trainer) => trainer.dispose(),
      points: 6,
    });
    expect(steps).toBe(2 * (6 + 1));
  });

  it.skipIf(tensorflowStatus().state !== "ready")("are the same in one graph as operation by operation", async () => {
    const given = { ...both, dropout: 0 };
    const graph = await firstEpoch(await trainerOf("gru", { given, backend: "auto" }));
    expectAlike(graph, await firstEpoch(await trainerOf("gru", { given, backend: "cpu" })));
  });
});
