// One measurement of bench/neural/steps.mjs: node steps-ours.mjs CASE THREADS SECONDS
import { GraphEngine } from "../../dist/algorithms/neural/graph-engine.js";
import { initialValues } from "../../dist/algorithms/neural/layers/index.js";
import { initialWeights } from "../../dist/algorithms/neural/network.js";
import { withSlots } from "../../dist/algorithms/neural/state-arrays.js";
import { GraphStep } from "../../dist/algorithms/neural/steps/graph-step.js";
import { ADAMW } from "../../dist/algorithms/neural/steps/index.js";
import { alignedFloats, loadTensorflow } from "../../dist/backends/index.js";
import { randomStream } from "../../dist/core/index.js";
import { CASES, definitionOf } from "./step-cases.mjs";

const [name, threads, seconds] = process.argv.slice(2);
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

function mlpStep({ batch, hidden }) {
  const network = { dense: COLUMNS, embeddings: [], hidden, outputs: 1, loss: "squared" };
  const engine = new GraphEngine(tensorflow, network);
  engine.write(withSlots(initialWeights(network, 1)));
  const weight = alignedFloats(batch).fill(1 / batch);
  const rows = Array.from({ length: BATCHES }, () => {
    const dense = uniform(batch * COLUMNS);
    const target = numbers(batch, (i) => dense[i * COLUMNS] + dense[i * COLUMNS + 1] ** 2);
    return { rows: batch, dense, codes: new Int32Array(0), target, weight };
  });
  return (i) =>
    engine.train(rows[i % BATCHES], {
      learningRate: 0.001,
      beta1Power: 0.9 ** (i + 1),
      beta2Power: 0.999 ** (i + 1),
      decay: 0,
    });
}

function sequenceStep(form) {
  const definition = definitionOf(form);
  const step = new GraphStep(tensorflow, definition, ADAMW);
  step.write(withSlots(initialValues(definition.parameters, 1)));
  const size = form.batch * form.steps * form.inputs;
  const batches = Array.from({ length: BATCHES }, () => {
    const x = uniform(size);
    const y = numbers(form.batch, (i) => x[i * form.steps * form.inputs]);
    return { rows: form.batch, arrays: { x, y } };
  });
  const rates = { learningRate: 0.001, decay: 0, dropoutSeed: [0, 0] };
  return (i) => step.train(batches[i % BATCHES], { ...rates, update: i + 1 }).loss;
}

const step = given.define === undefined ? mlpStep(given) : sequenceStep(given);
let at = 0;
while (at < 20) step(at++);
const cpu = process.cpuUsage();
const begin = performance.now();
let loss = 0;
let done = 0;
while (performance.now() - begin < 1000 * Number(seconds)) {
  loss = step(at++);
  done++;
}
const wall = (performance.now() - begin) / 1000;
const { user, system } = process.cpuUsage(cpu);
const rows = done * given.batch;
console.log(
  JSON.stringify({ perSecond: rows / wall, perCpuSecond: rows / ((user + system) / 1e6), loss, steps: done }),
);
