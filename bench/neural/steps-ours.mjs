// Our side of bench/neural/steps.mjs: node steps-ours.mjs CASE THREADS STEPS_PER_CALL. Each line of input is how many seconds to train for.
import { createInterface } from "node:readline";
import { initialValues } from "../../dist/algorithms/neural/layers/index.js";
import { defineMlp } from "../../dist/algorithms/neural/mlp-definition.js";
import { initialWeights } from "../../dist/algorithms/neural/network.js";
import { GraphStep } from "../../dist/algorithms/neural/steps/graph-step.js";
import { ADAMW, arrayNames } from "../../dist/algorithms/neural/steps/index.js";
import { alignedFloats, loadTensorflow } from "../../dist/backends/index.js";
import { randomStream } from "../../dist/core/index.js";
import { CASES, definitionOf } from "./step-cases.mjs";

const [name, threads, together = "1"] = process.argv.slice(2);
const stepsPerCall = Number(together);
const given = CASES[name];
const tensorflow = loadTensorflow(Number(threads));
const BATCHES = 16;
const COLUMNS = 35;

/** Numbers in memory that TensorFlow need not copy, as in a training. */
function numbers(count, make) {
  const made = alignedFloats(count);
  for (let i = 0; i < count; i++) made[i] = make(i);
  return made;
}

function uniform(count) {
  const random = randomStream(1, "bench", count);
  return numbers(count, () => random.float() * 2 - 1);
}

/** A definition's step on TensorFlow, with weights and slots of 0. */
function openStep(definition, weights) {
  const step = new GraphStep(tensorflow, definition, ADAMW, stepsPerCall);
  const zeros = (name) => new Float32Array(weights[name.replace(/\/\w$/, "")].length);
  const names = arrayNames(definition.parameters, ADAMW);
  step.write(Object.fromEntries(names.map((name) => [name, weights[name] ?? zeros(name)])));
  const rates = { learningRate: 0.001, decay: 0, dropoutSeed: [0, 0] };
  return (batches, at) => {
    const updates = Array.from({ length: stepsPerCall }, (_, i) => ({
      batch: batches[(at + i) % BATCHES],
      rates: { ...rates, update: at + i + 1 },
    }));
    return step.trainAll(updates).at(-1).loss;
  };
}

function mlpStep({ batch, hidden }) {
  const network = { dense: COLUMNS, embeddings: [], hidden, outputs: 1, loss: "squared" };
  const step = openStep(defineMlp(network), initialWeights(network, 1));
  const weight = alignedFloats(batch).fill(1 / batch);
  const batches = Array.from({ length: BATCHES }, () => {
    const dense = uniform(batch * COLUMNS);
    const target = numbers(batch, (i) => dense[i * COLUMNS] + dense[i * COLUMNS + 1] ** 2);
    return { rows: batch, arrays: { dense, target, weight } };
  });
  return (at) => step(batches, at);
}

function sequenceStep(form) {
  const definition = definitionOf(form);
  const step = openStep(definition, initialValues(definition.parameters, 1));
  const size = form.batch * form.steps * form.inputs;
  const batches = Array.from({ length: BATCHES }, () => {
    const x = uniform(size);
    const y = numbers(form.batch, (i) => x[i * form.steps * form.inputs]);
    return { rows: form.batch, arrays: { x, y } };
  });
  return (at) => step(batches, at);
}

const step = given.define === undefined ? mlpStep(given) : sequenceStep(given);
let at = 0;
for (; at < 24; at += stepsPerCall) step(at);
console.log(JSON.stringify({ ready: true }));
for await (const seconds of createInterface({ input: process.stdin })) {
  const cpu = process.cpuUsage();
  const begin = performance.now();
  let loss = 0;
  let done = 0;
  while (performance.now() - begin < 1000 * Number(seconds)) {
    loss = step(at);
    at += stepsPerCall;
    done += stepsPerCall;
  }
  const wall = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const rows = done * given.batch;
  console.log(
    JSON.stringify({ perSecond: rows / wall, perCpuSecond: rows / ((user + system) / 1e6), loss, steps: done }),
  );
}
