import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as layers from "../../../src/algorithms/neural/layers/index.ts";
import { sizeOf } from "../../../src/algorithms/neural/network.ts";
import {
  ADAMW,
  arrayNames,
  type Definition,
  type Optimiser,
  openStep,
  type TrainingStep,
} from "../../../src/algorithms/neural/steps/index.ts";
import {
  type Backend,
  type BackendName,
  chooseBackend,
  tensorflowStatus,
  type Value,
} from "../../../src/backends/index.ts";
import { randomStream } from "../../../src/core/index.ts";

type Scope<V> = layers.Scope<V>;

interface LayerFixture {
  readonly name: string;
  readonly settings: { dilation?: number; codes?: number[]; heads?: number };
  readonly parameters: Record<string, { shape: number[]; values: number[]; gradient: number[] }>;
  readonly probe: number[];
  readonly outputs: { shape: number[]; values: number[] };
}

interface OptimiserFixture {
  readonly name: "sgd" | "adamw";
  readonly learningRate: number;
  readonly clipNorm: number | null;
  readonly decay: number;
  readonly start: [number[], number[]];
  readonly gradients: [number[], number[]][];
  readonly end: [number[], number[]];
}

/** What test/fixtures/neural/layers.py computed with Keras in float64. */
const fixture = JSON.parse(readFileSync(new URL("../../fixtures/neural/layers.json", import.meta.url), "utf8")) as {
  layers: LayerFixture[];
  optimisers: OptimiserFixture[];
};

/** Gradients are read from the first slot after one update, where they are whole. */
const PLAIN: Optimiser = { kind: "sgd", momentum: 0, clipNorm: null };
const RATES = { learningRate: 1, decay: 0, update: 1, dropoutSeed: [1, 2] as const };
const TOLERANCE = 1e-5;
const BACKENDS: BackendName[] = [
  "cpu",
  "wasm",
  ...(tensorflowStatus().state === "ready" ? ["tensorflow" as const] : []),
];

const open = (name: BackendName): Promise<Backend> => chooseBackend(name, { threads: 1, notify: () => {} });

/** The layer of a fixture over parameters that are all named as there; `x` is one of them, so that it has a gradient. */
function program<V>(scope: Scope<V>, { name, settings }: LayerFixture): Value<V> {
  const { tape } = scope;
  const x = scope.parameter("x");
  const own: Scope<V> = { ...scope, parameter: (path) => scope.parameter(path.slice("layer/".length)) };
  switch (name) {
    case "relu":
    case "tanh":
    case "sigmoid":
    case "softmax":
      return tape[name](x);
    case "log_softmax":
      return tape.logSoftmax(x);
    case "dense":
      return layers.dense(own, "layer", x);
    case "lstm":
      return tape.stack(layers.lstm(own, "layer", x), 1);
    case "gru":
      return tape.stack(layers.gru(own, "layer", x), 1);
    case "convolution":
      return layers.convolution(own, "layer", x, settings.dilation!);
    case "layerNorm":
      return layers.layerNorm(own, "layer", x);
    case "attention":
      return layers.attention(own, "layer", x, x, settings.heads!);
    default:
      return tape.add(layers.embedding(own, "layer", scope.input("codes").at), x);
  }
}

function definitionOf(layer: LayerFixture): Definition {
  const rows = layer.outputs.shape[0]!;
  const rest = layer.outputs.shape.slice(1);
  return {
    inputs: layer.settings.codes === undefined ? [] : [{ name: "codes", shape: [], dtype: "int32" }],
    targets: [{ name: "probe", shape: rest, dtype: "float32" }],
    parameters: Object.entries(layer.parameters).map(([name, { shape }]) => ({
      name,
      shape,
      decayed: false,
      initial: "zeros",
    })),
    outputs: (scope) => {
      const open: typeof scope = {
        ...scope,
        // The fixture's rows are the open dimension, as in a model.
        parameter: (name) => {
          const value = scope.parameter(name);
          return name === "x" ? scope.tape.reshape(value, [-1, ...value.shape.slice(1)]) : value;
        },
      };
      return program(open, layer);
    },
    loss: ({ tape, input }, outputs) => {
      expect(outputs.shape.slice(1)).toEqual(rest);
      expect(rows).toBeGreaterThan(0);
      return tape.sum(
        tape.mul(outputs, input("probe")),
        layer.outputs.shape.map((_, i) => i),
      );
    },
  };
}

function write(
  step: TrainingStep,
  definition: Definition,
  optimiser: Optimiser,
  values: Record<string, Float32Array>,
): void {
  const arrays = definition.parameters.flatMap((parameter) =>
    arrayNames([parameter], optimiser).map((name): [string, Float32Array] => [
      name,
      values[name] ?? new Float32Array(sizeOf(parameter.shape)),
    ]),
  );
  step.write(Object.fromEntries(arrays));
}

function expectClose(actual: ArrayLike<number>, truth: readonly number[], what: string): void {
  // By the largest value, since single ones may be 0. The gradient of an attention's key bias is 0 everywhere: only rounding.
  const largest = Math.max(...truth.map(Math.abs));
  const scale = largest < 1e-12 ? 1 : largest;
  expect(actual.length, what).toBe(truth.length);
  truth.forEach((value, i) => {
    expect(Math.abs(actual[i]! - value) / scale, `${what}[${i}]`).toBeLessThan(TOLERANCE);
  });
}

describe.each(BACKENDS)("layers on %s", (backend) => {
  it.each(fixture.layers)("$name gives Keras' outputs and gradients", async (layer) => {
    const definition = definitionOf(layer);
    const step = await openStep(await open(backend), definition, PLAIN);
    const names = Object.keys(layer.parameters);
    write(
      step,
      definition,
      PLAIN,
      Object.fromEntries(names.map((name) => [name, Float32Array.from(layer.parameters[name]!.values)])),
    );
    const arrays = { probe: Float32Array.from(layer.probe), codes: Int32Array.from(layer.settings.codes ?? []) };
    const batch = { rows: layer.outputs.shape[0]!, arrays };
    expectClose(step.forward(batch), layer.outputs.values, `${layer.name} outputs`);
    step.train(batch, RATES);
    const slots = step.read(names.map((name) => `${name}/momentum`));
    for (const name of names) {
      const gradient = slots[`${name}/momentum`]!.map((value) => -value);
      expectClose(gradient, layer.parameters[name]!.gradient, `${layer.name} gradient of ${name}`);
    }
    step.dispose();
  });

  it.each(fixture.optimisers)("$name follows Keras (clipped at $clipNorm, decay $decay)", async (given) => {
    const definition = linear();
    const optimiser: Optimiser =
      given.name === "sgd"
        ? { kind: "sgd", momentum: 0.9, clipNorm: given.clipNorm }
        : { ...ADAMW, clipNorm: given.clipNorm };
    const step = await openStep(await open(backend), definition, optimiser);
    const [a, b] = given.start.map((values) => Float32Array.from(values));
    write(step, definition, optimiser, { a: a!, b: b! });
    given.gradients.forEach(([first, second], i) => {
      const arrays = { a: Float32Array.from(first), b: Float32Array.from(second) };
      const rates = {
        learningRate: given.learningRate,
        decay: given.decay,
        update: i + 1,
        dropoutSeed: [0, 0] as const,
      };
      const report = step.train({ rows: 1, arrays }, rates);
      const norm = Math.sqrt([...first, ...second].reduce((sum, value) => sum + value * value, 0));
      expect(report.gradientNorm).toBeCloseTo(given.clipNorm === null ? 0 : norm, 4);
    });
    const end = step.read(["a", "b"]);
    expectClose(end.a!, given.end[0], "a");
    expectClose(end.b!, given.end[1], "b");
    step.dispose();
  });

  it("drops the same values for the same seed, others for another, and the stated share", async () => {
    const definition = dropped(0.25);
    const step = await openStep(await open(backend), definition, PLAIN);
    const masks = [7, 7, 8].map((seed) => {
      write(step, definition, PLAIN, { x: new Float32Array(4000).fill(1) });
      step.train({ rows: 1, arrays: {} }, { ...RATES, dropoutSeed: [3, seed] });
      return Array.from(step.read(["x/momentum"])["x/momentum"]!, (value) => -value);
    });
    expect(masks[0]).toEqual(masks[1]);
    expect(masks[0]).not.toEqual(masks[2]);
    const kept = masks[0]!.filter((value) => value !== 0);
    expect(kept.length / 4000).toBeGreaterThan(0.72);
    expect(kept.length / 4000).toBeLessThan(0.78);
    for (const value of kept) expect(value).toBeCloseTo(1 / 0.75, 5);
    expect(Array.from(step.forward({ rows: 1, arrays: {} })).every((value) => value === 1 || value < 1)).toBe(true);
    step.dispose();
  });
});

/** A loss whose gradients are the inputs. */
function linear(): Definition {
  return {
    inputs: [],
    targets: [
      { name: "a", shape: [3, 2], dtype: "float32" },
      { name: "b", shape: [2], dtype: "float32" },
    ],
    parameters: [
      { name: "a", shape: [3, 2], decayed: true, initial: "zeros" },
      { name: "b", shape: [2], decayed: false, initial: "zeros" },
    ],
    outputs: ({ parameter }) => parameter("a"),
    loss: ({ tape, parameter, input }) =>
      tape.add(
        tape.sum(tape.mul(input("a"), parameter("a")), [0, 1, 2]),
        tape.sum(tape.mul(input("b"), parameter("b")), [0, 1]),
      ),
  };
}

function dropped(rate: number): Definition {
  return {
    inputs: [],
    targets: [],
    parameters: [{ name: "x", shape: [40, 100], decayed: false, initial: "ones" }],
    outputs: (scope) => layers.dropout(scope, scope.parameter("x"), rate),
    loss: ({ tape }, outputs) => tape.sum(outputs, [0, 1]),
  };
}

/** Compositions of everything that the fixtures do not reach, each a function of a 4 × 6 array. */
const FUNCTIONS: Record<string, <V>(scope: Scope<V>, x: Value<V>) => Value<V>> = {
  "exp, log, div, maximum": ({ tape }, x) => {
    const e = tape.exp(x);
    return tape.div(tape.log(tape.add(e, tape.constant([2], []))), tape.maximum(e, tape.constant([0.7], [])));
  },
  "abs, square, neg, mean": ({ tape }, x) => tape.sub(tape.abs(x), tape.mean(tape.square(tape.neg(x)), [1], true)),
  "split, concat, stack, transpose": ({ tape }, x) => {
    const [a, b, c] = tape.split(x, 3, 1) as [typeof x, typeof x, typeof x];
    const stacked = tape.transpose(tape.stack([a, tape.mul(b, c)], 1), [0, 2, 1]);
    return tape.concat([tape.reshape(stacked, [4, 4]), tape.slice(tape.square(x), 1, 1, 3)], 1);
  },
  "broadcast over both sides": ({ tape }, x) =>
    tape.mul(
      tape.sum(x, [1], true),
      tape.div(x, tape.add(tape.square(tape.slice(x, 0, 1, 1)), tape.constant([1], [1]))),
    ),
  "lstm over its last state": (scope, x) => {
    const parameters: Record<string, Value<never>> = {};
    const random = randomStream(3, "lstm");
    for (const { name, shape } of layers.lstmParameters("l", 2, 2))
      parameters[name] = scope.tape.constant(
        Array.from({ length: sizeOf(shape) }, () => random.normal() / 2),
        shape,
      ) as Value<never>;
    const own = { ...scope, parameter: (name: string) => parameters[name]! };
    return layers.lstm(own, "l", scope.tape.reshape(x, [4, 3, 2])).at(-1)!;
  },
};

describe("gradients", () => {
  it.each(Object.keys(FUNCTIONS))("agree with finite differences: %s", async (name) => {
    const backend = await open("cpu");
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), async (seed) => {
        const random = randomStream(seed, "x");
        const x = Float32Array.from({ length: 24 }, () => random.normal());
        const probe = Array.from({ length: 64 }, () => random.normal());
        const definition = probed(FUNCTIONS[name]!, probe);
        const step = await openStep(backend, definition, PLAIN);
        const lossAt = (values: Float32Array): number => {
          write(step, definition, PLAIN, { x: values });
          return step.train({ rows: 4, arrays: {} }, RATES).loss;
        };
        lossAt(x);
        const gradient = step.read(["x/momentum"])["x/momentum"]!.map((value) => -value);
        const at = random.integer(24);
        const moved = (change: number): Float32Array => x.map((value, i) => (i === at ? value + change : value));
        const width = 1 / 128;
        const numeric = (lossAt(moved(width)) - lossAt(moved(-width))) / (2 * width);
        const curved = Math.abs(lossAt(moved(width)) + lossAt(moved(-width)) - 2 * lossAt(x)) / width;
        expect(Math.abs(gradient[at]! - numeric)).toBeLessThan(0.02 * (1 + Math.abs(numeric)) + curved);
        step.dispose();
      }),
      { numRuns: 12 },
    );
  });
});

function probed(make: <V>(scope: Scope<V>, x: Value<V>) => Value<V>, probe: readonly number[]): Definition {
  return {
    inputs: [],
    targets: [],
    parameters: [{ name: "x", shape: [4, 6], decayed: false, initial: "zeros" }],
    outputs: (scope) => make(scope, scope.parameter("x")),
    loss: ({ tape }, outputs) => {
      const size = outputs.shape.reduce((product, length) => product * (length === -1 ? 4 : length), 1);
      const flat = tape.reshape(outputs, [size]);
      return tape.sum(tape.mul(flat, tape.constant(probe.slice(0, size), [size])), [0]);
    },
  };
}

/** Runs a program without parameters of its own on a backend. */
async function outputsOf(
  backend: BackendName,
  definition: Pick<Definition, "parameters" | "outputs">,
  values: Record<string, Float32Array>,
) {
  const whole: Definition = {
    ...definition,
    inputs: [],
    targets: [],
    loss: (scope, outputs) => scope.tape.sum(outputs, [0, 1]),
  };
  const step = await openStep(await open(backend), whole, null);
  step.write(values);
  const outputs = step.forward({ rows: 1, arrays: {} });
  step.dispose();
  return outputs;
}

describe("a mask", () => {
  it.each(BACKENDS)("makes attention see nothing of the steps that are hidden, on %s", async (backend) => {
    const [width, seen, steps] = [4, 3, 5];
    const random = randomStream(4, "mask");
    const shapes = layers.attentionParameters("layer", width);
    const values = Object.fromEntries(
      shapes.map(({ name, shape }) => [name, Float32Array.from({ length: sizeOf(shape) }, () => random.normal())]),
    );
    const x = Float32Array.from({ length: steps * width }, () => random.normal());
    const attend = (length: number, hidden: readonly number[] | null) =>
      outputsOf(
        backend,
        {
          parameters: [...shapes, { name: "x", shape: [1, length, width], decayed: false, initial: "zeros" }],
          outputs: (scope) => {
            const own = scope.tape.reshape(scope.parameter("x"), [-1, length, width]);
            const mask = hidden === null ? null : scope.tape.constant([...hidden], [1, length]);
            return scope.tape.slice(layers.attention(scope, "layer", own, own, 2, mask), 1, 0, seen);
          },
        },
        { ...values, x: x.slice(0, length * width) },
      );
    const masked = await attend(steps, [0, 0, 0, -1e9, -1e9]);
    const short = await attend(seen, null);
    for (const [i, value] of short.entries()) expect(masked[i]).toBeCloseTo(value, 5);
  });
});

describe("sums of rows by number", () => {
  it.each(BACKENDS)("are those of their rows, and hand their gradients on, on %s", async (backend) => {
    const definition: Definition = {
      inputs: [{ name: "numbers", shape: [], dtype: "int32", ragged: true }],
      targets: [{ name: "probe", shape: [2], dtype: "float32" }],
      parameters: [{ name: "x", shape: [4, 2], decayed: false, initial: "zeros" }],
      outputs: (scope) =>
        scope.tape.reshape(scope.tape.segmentSum(scope.parameter("x"), scope.input("numbers").at, 3), [-1, 2]),
      loss: (scope, outputs) => scope.tape.sum(scope.tape.mul(outputs, scope.input("probe")), [0, 1]),
    };
    const step = await openStep(await open(backend), definition, PLAIN);
    step.write({ x: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), "x/momentum": new Float32Array(8) });
    const numbers = Int32Array.of(2, 0, 2, 0);
    const probe = Float32Array.of(1, 10, 2, 20, 3, 30);
    expect([...step.forward({ rows: 3, arrays: { numbers } })]).toEqual([10, 12, 0, 0, 6, 8]);
    step.train({ rows: 3, arrays: { numbers, probe } }, RATES);
    const { x } = step.read(["x"]);
    expect([...x!]).toEqual([1 - 3, 2 - 30, 3 - 1, 4 - 10, 5 - 3, 6 - 30, 7 - 1, 8 - 10]);
    step.dispose();
  });
});
