// Ours, once: node bench/trees/ours.mjs xgboost|hist-gradient TABLE ROUNDS [TASK] [setting=value …]. Prints JSON.
// THREADS: default 2. VALIDATE=1: scores the held-out rows after each round. RESUME=1: restores the state in a second trainer.
import { loadAlgorithm } from "../../dist/algorithms/index.js";
import { resolveParameters } from "../../dist/core/index.js";
import { cut, datasetOf, readTable } from "./table.mjs";

const [algorithmName, name, rounds, task = "regression", ...pairs] = process.argv.slice(2);
const threads = Number(process.env.THREADS ?? 2);

/** Milliseconds on the clock, and of processor time of all threads, which other programs disturb less. */
async function measure(work) {
  const processor = process.cpuUsage();
  const start = performance.now();
  const result = await work();
  const clock = performance.now() - start;
  const { user, system } = process.cpuUsage(processor);
  return { result, clock, busy: (user + system) / 1000 };
}

const load = await measure(() => readTable(name, task, threads));
const table = load.result;
const dataset = datasetOf(table, task, process.env.VALIDATE === "1");
const algorithm = await loadAlgorithm(algorithmName);
const settings = Object.fromEntries(pairs.map((pair) => pair.split("=")));
const parameters = resolveParameters(algorithm.parameters, { rounds, ...settings }, "setting");
const createTrainer = () =>
  algorithm.createTrainer({ dataset, parameters, seed: 42, threads, backend: "auto", notify: () => {} });
const bin = await measure(createTrainer);
const trainer = bin.result;
const train = await measure(async () => {
  let report;
  do {
    report = await trainer.step();
    await new Promise((resolve) => setImmediate(resolve));
  } while (!report.done);
});
const peakMiB = Math.round(process.resourceUsage().maxRSS / 1024);
const model = await trainer.model();
let resume = {};
if (process.env.RESUME) {
  const state = await trainer.getState();
  const again = await createTrainer();
  const { clock, busy } = await measure(() => again.setState(state));
  resume = { resumeMs: Math.round(clock), resumeCpuMs: Math.round(busy) };
  await again.dispose();
}
await trainer.dispose();
const features = dataset.features;
const predictor = await algorithm.createPredictor(model, { task: dataset.task, features, threads, backend: "auto" });
const heldOut = { rows: table.rows - table.train, columns: cut(table.features, table.train, table.rows) };
let predictMs = Infinity;
let predictions;
for (let i = 0; i < 3; i++) {
  const { result, clock } = await measure(() => predictor.predict(heldOut));
  predictions = result;
  predictMs = Math.min(predictMs, clock);
}
await predictor.dispose();
let sum = 0;
for (let i = 0; i < heldOut.rows; i++) {
  const truth = table.target[table.train + i];
  if (task === "regression") sum += (predictions[i] - truth) ** 2;
  else sum -= Math.log(task === "binary" ? (truth ? predictions[i] : 1 - predictions[i]) : predictions[i * 5 + truth]);
}
const error = task === "regression" ? Math.sqrt(sum / heldOut.rows) : sum / heldOut.rows;
const seconds = (ms) => Number((ms / 1000).toFixed(3));
process.stdout.write(
  `${JSON.stringify({
    ...{ who: "kaayko", load: seconds(load.clock), bin: seconds(bin.clock), train: seconds(train.clock) },
    ...{
      busy: seconds(bin.busy + train.busy),
      predictMs: Math.round(predictMs),
      peakMiB,
      error: Number(error.toFixed(5)),
    },
    ...resume,
  })}\n`,
);
