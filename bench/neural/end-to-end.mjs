// How much of the training loop's own speed is left when rows come from a Parquet file: rows a second of mlp's steps, file and encoding
// included, over rows a second of the same network's steps on one batch again and again. The bar is 0.9.
// First: npm run build, kaayko setup. usage: node bench/neural/end-to-end.mjs FILE.parquet [--target score] [--threads 1] [--steps 300]
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
    steps: { type: "string", default: "300" },
  },
});
const threads = Number(options.threads);
const count = Number(options.steps);
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
while ((await trainer.step()).note === "looking at the numbers");
await trainer.step();
for (let i = 0; i < 20; i++) await trainer.step();
const [wall, cpu] = [performance.now(), process.cpuUsage()];
for (let i = 0; i < count; i++) await trainer.step();
const seconds = (performance.now() - wall) / 1000;
const { user, system } = process.cpuUsage(cpu);
const { network } = (await trainer.model()).json;
await trainer.dispose();

const batch = 2048;
const definition = defineMlp(network);
const step = new GraphStep(loadTensorflow(threads), definition, ADAMW);
const weights = initialWeights(network, 1);
const zeros = (name) => new Float32Array(weights[name.replace(/\/\w$/, "")].length);
const names = arrayNames(definition.parameters, ADAMW);
step.write(Object.fromEntries(names.map((name) => [name, weights[name] ?? zeros(name)])));
const codes = network.embeddings.map((_, i) => [`codes${i}`, new Int32Array(batch)]);
const rows = {
  rows: batch,
  arrays: {
    dense: alignedFloats(batch * network.dense).fill(0.1),
    ...Object.fromEntries(codes),
    target: alignedFloats(batch * network.outputs).fill(0.5),
    weight: alignedFloats(batch).fill(1 / batch),
  },
};
const rates = (update) => ({ learningRate: 0.001, decay: 0, update, dropoutSeed: [0, 0] });
for (let i = 0; i < 20; i++) step.train(rows, rates(i + 1));
const [begun, used] = [performance.now(), process.cpuUsage()];
for (let i = 0; i < count; i++) step.train(rows, rates(i + 21));
const alone = (performance.now() - begun) / 1000;
const own = process.cpuUsage(used);
step.dispose();
const result = {
  rowsPerSecond: Math.round((count * batch) / seconds),
  ofTheLoop: Math.round((count * batch) / alone),
  ratio: Number((alone / seconds).toFixed(3)),
  ratioByProcessorTime: Number(((own.user + own.system) / (user + system)).toFixed(3)),
};
console.log(JSON.stringify({ threads, inputs: network.dense, ...result }));
