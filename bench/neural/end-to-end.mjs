// How much of the training loop's own speed is left when rows come from a Parquet file: rows a second of mlp's steps, file and encoding
// included, over rows a second of the same network's steps on rows that lie in memory, as many batches as in steps.mjs. The bar is 0.9.
// First: npm run build, kaayko setup. usage: node bench/neural/end-to-end.mjs FILE.parquet [--target score] [--threads 1] [--rounds 21]
import { parseArgs } from "node:util";
import { mlp } from "../../dist/algorithms/neural/mlp.js";
import { defineMlp } from "../../dist/algorithms/neural/mlp-definition.js";
import { initialWeights } from "../../dist/algorithms/neural/network.js";
import { GraphStep } from "../../dist/algorithms/neural/steps/graph-step.js";
import { ADAMW, arrayNames } from "../../dist/algorithms/neural/steps/index.js";
import { alignedFloats, loadTensorflow } from "../../dist/backends/index.js";
import { resolveParameters } from "../../dist/core/index.js";
import { openSource } from "../../dist/data/index.js";
import { createFilePreparation, TRAINING_PARAMETERS } from "../../dist/training/index.js";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    target: { type: "string", default: "score" },
    threads: { type: "string", default: "1" },
    rounds: { type: "string", default: "21" },
  },
});
const threads = Number(options.threads);
/** Batches that are timed together: two calls at most of a training. */
const BATCHES = 16;
const settings = resolveParameters(TRAINING_PARAMETERS, { data: positionals[0], target: options.target }, "setting");

async function productOf(stage) {
  while (!(await stage.step()).done);
  return stage.product();
}

const preparation = createFilePreparation(openSource);
const loaded = await productOf(await preparation.createLoader(settings, "unused"));
const { dataset } = await productOf(await preparation.createFitter(loaded, settings, []));
const parameters = resolveParameters(mlp.parameters, { epochs: 1 }, "setting");
const context = { dataset, parameters, seed: 1, threads, backend: "tensorflow", notify: () => {} };
const trainer = await mlp.createTrainer(context);
const begun = performance.now();
while ((await trainer.step()).note === "looking at the numbers");
const prepared = performance.now() - begun;
await trainer.step();
const { network } = (await trainer.model()).json;
const { stepsPerCall } = (await trainer.getState()).json.device;

const batch = 2048;
const definition = defineMlp(network);
const step = new GraphStep(loadTensorflow(threads), definition, ADAMW, stepsPerCall);
const weights = initialWeights(network, 1);
const zeros = (name) => new Float32Array(weights[name.replace(/\/\w$/, "")].length);
const names = arrayNames(definition.parameters, ADAMW);
step.write(Object.fromEntries(names.map((name) => [name, weights[name] ?? zeros(name)])));
const codes = network.embeddings.map((_, i) => [`codes${i}`, new Int32Array(batch)]);
const rows = Array.from({ length: BATCHES }, () => ({
  rows: batch,
  arrays: {
    dense: alignedFloats(batch * network.dense).fill(0.1),
    ...Object.fromEntries(codes),
    target: alignedFloats(batch * network.outputs).fill(0.5),
    weight: alignedFloats(batch).fill(1 / batch),
  },
}));
const rates = { learningRate: 0.001, decay: 0, update: 1, dropoutSeed: [0, 0] };
let at = 0;
const nextUpdates = () => Array.from({ length: stepsPerCall }, () => ({ batch: rows[at++ % BATCHES], rates }));

/** Seconds of time and of the processor that a number of steps take. */
async function measure(work) {
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  for (let i = 0; i < BATCHES; i += stepsPerCall) await work();
  const { user, system } = process.cpuUsage(cpu);
  return { time: (performance.now() - wall) / 1000, processor: (user + system) / 1e6 };
}

// In turns, so that both sides see the same of what else runs here.
const sides = { file: () => trainer.step(), loop: () => step.trainAll(nextUpdates()) };
const seen = { file: [], loop: [] };
for (let round = -1; round < Number(options.rounds); round++)
  for (const [side, work] of Object.entries(sides)) {
    const one = await measure(work);
    if (round >= 0) seen[side].push(one);
  }
await trainer.dispose();
step.dispose();

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
const of = (side, what) => median(seen[side].map((one) => one[what]));
const perSecond = (side) => Math.round((BATCHES * batch) / of(side, "time"));
console.log(
  JSON.stringify({
    threads,
    stepsPerCall,
    inputs: network.dense,
    secondsOfFirstPass: Number((prepared / 1000).toFixed(2)),
    rowsPerSecond: perSecond("file"),
    ofTheLoop: perSecond("loop"),
    ratio: Number((of("loop", "time") / of("file", "time")).toFixed(3)),
    ratioByProcessorTime: Number((of("loop", "processor") / of("file", "processor")).toFixed(3)),
  }),
);
