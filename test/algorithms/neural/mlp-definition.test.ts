import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { defineMlp } from "../../../src/algorithms/neural/mlp-definition.ts";
import { initialWeights, type Loss, type Network, parameterShapes } from "../../../src/algorithms/neural/network.ts";
import { CoreStep } from "../../../src/algorithms/neural/steps/core-step.ts";
import { GraphStep } from "../../../src/algorithms/neural/steps/graph-step.ts";
import { ADAMW, type Batch, type Optimiser, type TrainingStep } from "../../../src/algorithms/neural/steps/index.ts";
import { chooseBackend, loadTensorflow, tensorflowStatus } from "../../../src/backends/index.ts";
import { randomStream } from "../../../src/core/index.ts";

const ROWS = 12;
const RATES = { learningRate: 0.01, decay: 0.001, update: 1, dropoutSeed: [0, 0] } as const;
const LOSSES: readonly Loss[] = ["squared", "logistic", "softmax"];

function networkFor(loss: Loss): Network {
  const embeddings = [
    { rows: 6, width: 3 },
    { rows: 4, width: 2 },
  ];
  return { dense: 4, embeddings, hidden: [7, 5], outputs: loss === "softmax" ? 3 : 1, loss };
}

/** Codes of two features, one feature's after the other. */
function codesOf(codes: Int32Array): Record<string, Int32Array> {
  return { codes0: codes.filter((_, i) => i % 2 === 0), codes1: codes.filter((_, i) => i % 2 === 1) };
}

function rowsFor(network: Network, seed = 5): Batch {
  const random = randomStream(seed, "rows");
  const numbers = (count: number): Float32Array => Float32Array.from({ length: count }, () => random.normal());
  const weight = Float32Array.from({ length: ROWS }, () => (0.5 + random.float()) / ROWS);
  const codes = Int32Array.from({ length: ROWS * 2 }, (_, i) => random.integer(network.embeddings[i % 2]!.rows));
  const target = numbers(ROWS * network.outputs);
  if (network.loss === "logistic") target.set(target.map((value) => (value > 0 ? 1 : 0)));
  if (network.loss === "softmax") {
    target.fill(0);
    for (let row = 0; row < ROWS; row++) target[row * 3 + random.integer(3)] = 1;
  }
  return { rows: ROWS, arrays: { dense: numbers(ROWS * network.dense), ...codesOf(codes), target, weight } };
}

function start(network: Network): Record<string, Float32Array> {
  const arrays: Record<string, Float32Array> = {};
  for (const [name, values] of Object.entries(initialWeights(network, 3))) {
    arrays[name] = values;
    arrays[`${name}/m`] = new Float32Array(values.length);
    arrays[`${name}/v`] = new Float32Array(values.length);
  }
  return arrays;
}

const names = (network: Network): string[] => parameterShapes(network).map(({ name }) => name);

async function coreStep(network: Network, backend: "cpu" | "wasm"): Promise<TrainingStep> {
  const opened = await chooseBackend(backend, { threads: 1, notify: () => {} });
  return new CoreStep(opened, defineMlp(network), ADAMW);
}

function graphStep(network: Network): TrainingStep {
  return new GraphStep(loadTensorflow(1), defineMlp(network), ADAMW);
}

/** The loss of given weights. */
function lossAt(step: TrainingStep, arrays: Record<string, Float32Array>, batch: Batch): number {
  step.write(arrays);
  return step.train(batch, RATES).loss;
}

describe("the gradients of an mlp", () => {
  it.each(LOSSES)("agree with finite differences for %s", async (loss) => {
    const network = networkFor(loss);
    const rows = rowsFor(network);
    const engine = await coreStep(network, "cpu");
    const arrays = start(network);
    engine.write(arrays);
    engine.train(rows, { ...RATES, decay: 0 });
    // After one update from zero, Adam's first slot is a tenth of the gradient.
    const slots = engine.read(names(network).map((name) => `${name}/m`));
    const random = randomStream(1, "probe");
    for (const name of names(network)) {
      for (let probe = 0; probe < 4; probe++) {
        const at = random.integer(arrays[name]!.length);
        const lossWith = (change: number): number => {
          const moved = arrays[name]!.slice();
          moved[at]! += change;
          return lossAt(engine, { ...arrays, [name]: moved }, rows);
        };
        const numeric = (lossWith(1e-2) - lossWith(-1e-2)) / 2e-2;
        expect(slots[`${name}/m`]![at]! * 10, `${name}[${at}]`).toBeCloseTo(numeric, 2);
      }
    }
    engine.dispose();
  });
});

describe("the steps of an mlp", () => {
  it.each(LOSSES)("train alike on cpu and wasm for %s", async (loss) => {
    const network = networkFor(loss);
    await compare(network, await coreStep(network, "cpu"), await coreStep(network, "wasm"));
  });

  it.skipIf(tensorflowStatus().state !== "ready").each(LOSSES)(
    "train alike on cpu and as a TensorFlow graph for %s",
    async (loss) => {
      const network = networkFor(loss);
      await compare(network, await coreStep(network, "cpu"), graphStep(network));
    },
  );

  it.skipIf(tensorflowStatus().state !== "ready")("leave the same bytes however many make a call", () => {
    const network = networkFor("logistic");
    const optimiser: Optimiser = { ...ADAMW, clipNorm: 0.5, averages: true };
    const updates = Array.from({ length: 7 }, (_, i) => ({
      batch: rowsFor(network, i),
      rates: { ...RATES, update: i + 1, learningRate: 0.01 / (i + 1), averaging: 0.3 },
    }));
    const arrays = start(network);
    for (const { name } of parameterShapes(network)) arrays[`${name}/average`] = arrays[name]!;
    const run = (stepsPerCall: number) => {
      const step = new GraphStep(loadTensorflow(1), defineMlp(network), optimiser, stepsPerCall);
      step.write(arrays);
      const reports = step.trainAll(updates);
      const made = { reports, arrays: step.read(Object.keys(arrays)) };
      step.dispose();
      return made;
    };
    // Two calls of three and one of one.
    expect(run(3)).toEqual(run(1));
  });

  it.skipIf(tensorflowStatus().state !== "ready")("leave no native tensor behind", () => {
    const network = networkFor("softmax");
    const tensorflow = loadTensorflow(1);
    const engine = graphStep(network);
    engine.write(start(network));
    const before = tensorflow.binding.getNumOfTensors();
    for (let step = 0; step < 20; step++) engine.train(rowsFor(network), RATES);
    engine.read(names(network));
    expect(tensorflow.binding.getNumOfTensors()).toBe(before);
    engine.dispose();
  });

  it.each(["cpu", "wasm"] as const)("follow the steps of a numpy program on %s", async (backend) => {
    const network = networkFor("softmax");
    await followFixture(network, await coreStep(network, backend));
  });

  it.skipIf(tensorflowStatus().state !== "ready")(
    "follow the steps of a numpy program as a TensorFlow graph",
    async () => {
      const network = networkFor("softmax");
      await followFixture(network, graphStep(network));
    },
  );
});

async function compare(network: Network, a: TrainingStep, b: TrainingStep): Promise<void> {
  for (const engine of [a, b]) engine.write(start(network));
  for (let step = 1; step <= 5; step++) {
    const rows = rowsFor(network, step);
    const rates = { ...RATES, update: step };
    expect(a.train(rows, rates).loss).toBeCloseTo(b.train(rows, rates).loss, 5);
  }
  const [left, right] = [a.read(names(network)), b.read(names(network))];
  for (const name of names(network))
    left[name]!.forEach((value, i) => {
      expect(right[name]![i], `${name}[${i}]`).toBeCloseTo(value, 5);
    });
  a.dispose();
  b.dispose();
}

interface Fixture {
  readonly start: Record<string, number[]>;
  readonly rows: { dense: number[]; codes: number[]; target: number[]; weight: number[] };
  readonly losses: number[];
  readonly end: Record<string, number[]>;
}

/** Three updates computed by test/fixtures/neural/mlp_steps.py in float64. */
async function followFixture(network: Network, engine: TrainingStep): Promise<void> {
  const file = new URL("../../fixtures/neural/mlp-steps.json", import.meta.url);
  const fixture = JSON.parse(readFileSync(file, "utf8")) as Fixture;
  const arrays = start(network);
  for (const name of names(network)) arrays[name] = Float32Array.from(fixture.start[name]!);
  engine.write(arrays);
  const { dense, codes, target, weight } = fixture.rows;
  const rows: Batch = {
    rows: weight.length,
    arrays: {
      dense: Float32Array.from(dense),
      ...codesOf(Int32Array.from(codes)),
      target: Float32Array.from(target),
      weight: Float32Array.from(weight),
    },
  };
  fixture.losses.forEach((loss, i) => {
    expect(engine.train(rows, { ...RATES, update: i + 1 }).loss).toBeCloseTo(loss, 5);
  });
  const end = engine.read(names(network));
  for (const name of names(network))
    fixture.end[name]!.forEach((value, i) => {
      expect(end[name]![i], `${name}[${i}]`).toBeCloseTo(value, 4);
    });
  engine.dispose();
}
