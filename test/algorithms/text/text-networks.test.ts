import { describe, expect, it } from "vitest";
import { loadAlgorithm } from "../../../src/algorithms/index.ts";
import { fillLabels, labelWeights, newLabelBuffers } from "../../../src/algorithms/text/label-examples.ts";
import { tensorflowStatus } from "../../../src/backends/index.ts";
import {
  type Dataset,
  KaaykoError,
  type ModelContent,
  outputsOf,
  type ParameterValues,
  resolveParameters,
  type Task,
} from "../../../src/core/index.ts";
import { createMetrics } from "../../../src/metrics/index.ts";
import { makeTextDataset, textDataset, VOCABULARY } from "../../training/text-dataset.ts";

const LABELS: Task = { kind: "multilabel", target: "y", classes: ["a", "b", "c"] };
const NETWORKS = ["text-mlp", "text-encoder"];
const SMALL = { units: 8, heads: 2, layers: 1, epochs: 12, batchSize: 32, learningRate: 0.03, dropout: 0 };

async function train(name: string, dataset: Dataset, backend: "auto" | "wasm" | "cpu", given: ParameterValues = {}) {
  const algorithm = await loadAlgorithm(name);
  const known = Object.entries({ ...SMALL, tokenDropout: 0, ...given }).filter(([key]) =>
    algorithm.parameters.some((spec) => spec.name === key),
  );
  const parameters = resolveParameters(algorithm.parameters, Object.fromEntries(known), "setting");
  const trainer = await algorithm.createTrainer({
    dataset,
    parameters,
    seed: 3,
    threads: 1,
    backend,
    notify: () => {},
  });
  while (!(await trainer.step()).done);
  const model = await trainer.model();
  await trainer.dispose();
  return model;
}

async function predict(name: string, model: ModelContent, { task, features, parts, examples }: Dataset) {
  const context = { task, features, parts: parts!, threads: 1, backend: "wasm" } as const;
  const predictor = await (await loadAlgorithm(name)).createPredictor(model, context);
  const predictions = await predictor.predict((await examples("test")).table);
  await predictor.dispose();
  return predictions;
}

async function testMetric(name: string, model: ModelContent, dataset: Dataset, metric: string): Promise<number> {
  const { rows, target } = await dataset.examples("test");
  const all = await predict(name, model, dataset);
  const outputs = outputsOf(dataset.task);
  const width = dataset.task.kind === "multilabel" ? outputs : 1;
  const pick = (from: Float64Array, size: number) =>
    Float64Array.from([...rows!].flatMap((row) => [...from.subarray(row * size, (row + 1) * size)]));
  const metrics = createMetrics(dataset.task);
  metrics.add({ rows: rows!.length, predictions: pick(all, outputs), target: pick(target, width), weight: null });
  return metrics.result().values[metric]!;
}

describe("networks over texts", () => {
  it("learn labels that words say, without TensorFlow", async () => {
    const dataset = makeTextDataset(LABELS, 400);
    for (const name of NETWORKS)
      expect(await testMetric(name, await train(name, dataset, "wasm"), dataset, "macroF1"), name).toBeGreaterThan(0.9);
  });

  it("learn two classes, too", async () => {
    const dataset = makeTextDataset({ kind: "binary", target: "y", classes: ["no", "yes"] }, 400);
    for (const name of NETWORKS)
      expect(await testMetric(name, await train(name, dataset, "wasm"), dataset, "auc"), name).toBeGreaterThan(0.85);
  });

  it.skipIf(tensorflowStatus().state !== "ready")(
    "train alike as a TensorFlow graph and in single operations",
    async () => {
      for (const name of NETWORKS) {
        const dataset = makeTextDataset(LABELS, 120);
        const given = { epochs: 1, learningRate: 0.005 };
        const [a, b] = [await train(name, dataset, "cpu", given), await train(name, dataset, "auto", given)];
        for (const [array, values] of Object.entries(a.arrays))
          values.forEach((value, i) => {
            expect(Math.abs(Number(b.arrays[array]![i]) - Number(value)), `${name} ${array}[${i}]`).toBeLessThan(2e-3);
          });
      }
    },
  );

  it("read the order of words: the encoder alone can", async () => {
    const dataset = orderedTexts(300);
    const encoder = await train("text-encoder", dataset, "wasm", { epochs: 20, units: 16 });
    expect(await testMetric("text-encoder", encoder, dataset, "auc")).toBeGreaterThan(0.95);
    const bag = await train("text-mlp", dataset, "cpu");
    expect(await testMetric("text-mlp", bag, dataset, "auc")).toBeLessThan(0.7);
  });

  it("refuse a model whose arrays are not finite or of another size", async () => {
    for (const name of NETWORKS) {
      const dataset = makeTextDataset(LABELS, 60);
      const model = await train(name, dataset, "cpu", { epochs: 1 });
      const weight = model.arrays["output/weight"] as Float32Array;
      for (const broken of [weight.map(() => Number.NaN), weight.slice(1), new Float64Array(weight)]) {
        const hostile = { ...model, arrays: { ...model.arrays, "output/weight": broken } };
        await expect(predict(name, hostile, dataset)).rejects.toThrow(KaaykoError);
      }
    }
  });
});

/** Two words, one way round or the other: only their order tells the classes apart. */
function orderedTexts(rows: number): Dataset {
  const target = Float64Array.from({ length: rows }, (_, row) => (row + Math.floor(row / 10)) % 2);
  const ids = Uint32Array.from({ length: 2 * rows }, (_, at) => (at % 2 === target[at >> 1] ? 1 : 2));
  const offsets = Uint32Array.from({ length: rows + 1 }, (_, row) => 2 * row);
  const values = new Float32Array(2 * rows).fill(1);
  const indices = Uint32Array.from(ids, (_, at) => 1 + (at % 2));
  return textDataset({ kind: "binary", target: "y", classes: ["no", "yes"] }, target, new Float64Array(rows), [
    { kind: "tokens", name: "t.tokens", vocabulary: VOCABULARY, offsets, ids },
    { kind: "sparse", name: "t.ngrams", width: VOCABULARY, offsets, indices, values },
  ]);
}

describe("weights of labels", () => {
  it("are 1 unless labels are balanced; then rows with and without a label weigh alike", () => {
    expect(labelWeights(LABELS, [10, 50, 100], 100, false)).toEqual([
      [1, 1],
      [1, 1],
      [1, 1],
    ]);
    const weights = labelWeights(LABELS, [10, 50, 0], 100, true);
    expect(10 * weights[0]![0]).toBeCloseTo(90 * weights[0]![1], 9);
    expect(weights[1]).toEqual([1, 1]);
    // A label that no row has must not weigh without bound.
    expect(weights[2]![0]).toBeLessThanOrEqual(100);
  });

  it("make the loss a mean over rows, and leave nothing behind in rows that are not used", () => {
    const task: Task = { kind: "multiclass", target: "y", classes: ["a", "b"] };
    const buffers = newLabelBuffers(4, 2);
    buffers.weight.fill(7);
    const examples = {
      table: { rows: 3, columns: [] },
      rows: null,
      target: Float64Array.of(0, 1, 1),
      weight: Float32Array.of(1, 3, 2),
    };
    fillLabels(task, examples, Uint32Array.of(0, 1), labelWeights(task, [1, 2], 3, false), buffers);
    expect([...buffers.target]).toEqual([1, 0, 0, 1, 0, 0, 0, 0]);
    expect([...buffers.weight]).toEqual([0.25, 0.25, 0.75, 0.75, 0, 0, 0, 0]);
  });
});
