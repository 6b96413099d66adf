import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Engine, TrainingRows } from "../../../src/algorithms/neural/engine.ts";
import { GraphEngine } from "../../../src/algorithms/neural/graph-engine.ts";
import { lossWithGradient } from "../../../src/algorithms/neural/loss.ts";
import { initialWeights, type Loss, type Network, parameterShapes } from "../../../src/algorithms/neural/network.ts";
import { OpsEngine } from "../../../src/algorithms/neural/ops-engine.ts";
import { chooseBackend, loadTensorflow, tensorflowStatus } from "../../../src/backends/index.ts";
import { randomStream } from "../../../src/core/index.ts";

const ROWS = 12;
const RATES = { learningRate: 0.01, beta1Power: 0.9, beta2Power: 0.999, decay: 0.001 };
const LOSSES: readonly Loss[] = ["squared", "logistic", "softmax"];

function networkFor(loss: Loss): Network {
  const embeddings = [
    { rows: 6, width: 3 },
    { rows: 4, width: 2 },
  ];
  return { dense: 4, embeddings, hidden: [7, 5], outputs: loss === "softmax" ? 3 : 1, loss };
}

function rowsFor(network: Network, seed = 5): TrainingRows {
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
  return { rows: ROWS, dense: numbers(ROWS * network.dense), codes, target, weight };
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

async function opsEngine(network: Network, backend: "cpu" | "wasm"): Promise<Engine> {
  return new OpsEngine(await chooseBackend(backend, { threads: 1, notify: () => {} }), network);
}

/** The loss of given weights, in float64 as far as the engine allows. */
function lossAt(engine: Engine, network: Network, arrays: Record<string, Float32Array>, rows: TrainingRows): number {
  engine.write(arrays);
  const outputs = engine.forward(rows);
  return lossWithGradient(
    network.loss,
    outputs,
    rows.target,
    rows.weight,
    network.outputs,
    new Float32Array(outputs.length),
  );
}

describe("the hand-written gradients", () => {
  it.each(LOSSES)("agree with finite differences for %s", async (loss) => {
    const network = networkFor(loss);
    const rows = rowsFor(network);
    const engine = await opsEngine(network, "cpu");
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
          return lossAt(engine, network, { ...arrays, [name]: moved }, rows);
        };
        const numeric = (lossWith(1e-2) - lossWith(-1e-2)) / 2e-2;
        expect(slots[`${name}/m`]![at]! * 10, `${name}[${at}]`).toBeCloseTo(numeric, 2);
      }
    }
    engine.dispose();
  });
});

describe("engines", () => {
  it.each(LOSSES)("train alike on cpu and wasm for %s", async (loss) => {
    const network = networkFor(loss);
    await compare(network, await opsEngine(network, "cpu"), await opsEngine(network, "wasm"));
  });

  it.skipIf(tensorflowStatus().state !== "ready").each(LOSSES)(
    "train alike on cpu and as a TensorFlow graph for %s",
    async (loss) => {
      const network = networkFor(loss);
      await compare(network, await opsEngine(network, "cpu"), new GraphEngine(loadTensorflow(1), network));
    },
  );

  it.skipIf(tensorflowStatus().state !== "ready")("leave no native tensor behind", () => {
    const network = networkFor("softmax");
    const tensorflow = loadTensorflow(1);
    const engine = new GraphEngine(tensorflow, network);
    engine.write(start(network));
    const before = tensorflow.binding.getNumOfTensors();
    for (let step = 0; step < 20; step++) engine.train(rowsFor(network), RATES);
    engine.read(names(network));
    expect(tensorflow.binding.getNumOfTensors()).toBe(before);
    engine.dispose();
  });

  it.each(["cpu", "wasm"] as const)("follow the steps of a numpy program on %s", async (backend) => {
    const network = networkFor("softmax");
    await followFixture(network, await opsEngine(network, backend));
  });

  it.skipIf(tensorflowStatus().state !== "ready")(
    "follow the steps of a numpy program as a TensorFlow graph",
    async () => {
      const network = networkFor("softmax");
      await followFixture(network, new GraphEngine(loadTensorflow(1), network));
    },
  );
});

async function compare(network: Network, a: Engine, b: Engine): Promise<void> {
  for (const engine of [a, b]) engine.write(start(network));
  for (let step = 1; step <= 5; step++) {
    const rows = rowsFor(network, step);
    const rates = { ...RATES, beta1Power: 0.9 ** step, beta2Power: 0.999 ** step };
    expect(a.train(rows, rates)).toBeCloseTo(b.train(rows, rates), 5);
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
async function followFixture(network: Network, engine: Engine): Promise<void> {
  const file = new URL("../../fixtures/neural/mlp-steps.json", import.meta.url);
  const fixture = JSON.parse(readFileSync(file, "utf8")) as Fixture;
  const arrays = start(network);
  for (const name of names(network)) arrays[name] = Float32Array.from(fixture.start[name]!);
  engine.write(arrays);
  const { dense, codes, target, weight } = fixture.rows;
  const rows: TrainingRows = {
    rows: weight.length,
    dense: Float32Array.from(dense),
    codes: Int32Array.from(codes),
    target: Float32Array.from(target),
    weight: Float32Array.from(weight),
  };
  fixture.losses.forEach((loss, i) => {
    const rates = { ...RATES, beta1Power: 0.9 ** (i + 1), beta2Power: 0.999 ** (i + 1) };
    expect(engine.train(rows, rates)).toBeCloseTo(loss, 5);
  });
  const end = engine.read(names(network));
  for (const name of names(network))
    fixture.end[name]!.forEach((value, i) => {
      expect(end[name]![i], `${name}[${i}]`).toBeCloseTo(value, 4);
    });
  engine.dispose();
}
