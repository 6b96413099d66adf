// Ours, once: node bench/trees/ours.mjs xgboost|hist-gradient mixed|dense rounds [task] [setting=value …]. Prints JSON.
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadAlgorithm } from "../../dist/algorithms/index.js";
import { resolveParameters } from "../../dist/core/index.js";

const [algorithmName, kind, rounds, task = "regression", ...pairs] = process.argv.slice(2);
const threads = Number(process.env.THREADS ?? 2);
const folder = fileURLToPath(new URL(`../.cache/trees/${kind}`, import.meta.url));

/** The float32 values of a .npy file, in the order they lie there, in shared memory. */
function readArray(path) {
  const file = openSync(path, "r");
  const start = Buffer.alloc(10);
  readSync(file, start, 0, 10, 0);
  const offset = 10 + start.readUInt16LE(8);
  const bytes = new Uint8Array(new SharedArrayBuffer(fstatSync(file).size - offset));
  for (let at = 0; at < bytes.length; )
    at += readSync(file, bytes, at, Math.min(1 << 26, bytes.length - at), offset + at);
  closeSync(file);
  return new Float32Array(bytes.buffer);
}

/** Milliseconds of processor time of all threads since a moment: other programs disturb it less than the clock. */
const busy = (since) => {
  const { user, system } = process.cpuUsage(since);
  return Math.round((user + system) / 1000);
};

let start = performance.now();
const y = readArray(`${folder}/y.npy`);
const X = readArray(`${folder}/X.npy`);
const total = y.length;
const width = X.length / total;
const rows = Math.floor(total * 0.9);
const target = new Float64Array(total);
const sorted = task === "regression" ? null : Float32Array.from(y).sort();
const quantile = (share) => {
  const at = share * (total - 1);
  const low = Math.floor(at);
  return sorted[low] + (sorted[Math.min(total - 1, low + 1)] - sorted[low]) * (at - low);
};
const limits = task === "binary" ? [quantile(0.5)] : task === "multiclass" ? [0.2, 0.4, 0.6, 0.8].map(quantile) : [];
for (let i = 0; i < total; i++) {
  if (task === "regression") target[i] = y[i];
  else if (task === "binary") target[i] = y[i] > limits[0] ? 1 : 0;
  else for (const limit of limits) target[i] += y[i] >= limit ? 1 : 0;
}
const load = performance.now() - start;

const columns = (from, to) =>
  Array.from({ length: width }, (_, f) => ({
    kind: "numeric",
    name: `x${f}`,
    values: X.subarray(f * total + from, f * total + to),
  }));
const classes = task === "binary" ? ["0", "1"] : ["0", "1", "2", "3", "4"];
const what = { kind: task, target: "y", ...(task === "regression" ? {} : { classes }) };
const features = columns(0, rows).map(({ name }) => ({
  name,
  kind: "numeric",
  cardinality: 0,
  mean: 0,
  std: 0,
  min: 0,
  max: 0,
  missing: 0,
}));
const dataset = {
  task: what,
  features,
  rows: { train: rows, validation: 0, test: 0 },
  target: { mean: 0, std: 1, min: 0, max: 1, classCounts: [] },
  inMemory: true,
  examples: async () => ({
    table: { rows, columns: columns(0, rows) },
    rows: null,
    target: target.subarray(0, rows),
    weight: null,
  }),
};
const algorithm = await loadAlgorithm(algorithmName);
const settings = Object.fromEntries(pairs.map((pair) => pair.split("=")));
const parameters = resolveParameters(algorithm.parameters, { rounds, ...settings }, "setting");
let processor = process.cpuUsage();
start = performance.now();
const trainer = await algorithm.createTrainer({
  dataset,
  parameters,
  seed: 42,
  threads,
  backend: "auto",
  notify: () => {},
});
const bin = performance.now() - start;
const binCpuMs = busy(processor);
processor = process.cpuUsage();
start = performance.now();
let report;
do {
  report = await trainer.step();
  await new Promise((resolve) => setImmediate(resolve));
} while (!report.done);
const train = performance.now() - start;
const roundCpuMs = busy(processor) / Number(rounds);
const model = await trainer.model();
let resume;
if (process.env.RESUME) {
  const state = await trainer.getState();
  const again = await algorithm.createTrainer({
    dataset,
    parameters,
    seed: 42,
    threads,
    backend: "auto",
    notify: () => {},
  });
  processor = process.cpuUsage();
  start = performance.now();
  await again.setState(state);
  resume = { resumeMs: Math.round(performance.now() - start), resumeCpuMs: busy(processor) };
  await again.dispose();
}
await trainer.dispose();
const predictor = await algorithm.createPredictor(model, { task: what, features, threads, backend: "auto" });
const heldOut = { rows: total - rows, columns: columns(rows, total) };
let best = Infinity;
let predictions;
for (let i = 0; i < 3; i++) {
  start = performance.now();
  predictions = await predictor.predict(heldOut);
  best = Math.min(best, performance.now() - start);
}
await predictor.dispose();
let sum = 0;
for (let i = 0; i < heldOut.rows; i++) {
  const truth = target[rows + i];
  if (task === "regression") sum += (predictions[i] - truth) ** 2;
  else sum -= Math.log(task === "binary" ? (truth ? predictions[i] : 1 - predictions[i]) : predictions[i * 5 + truth]);
}
const mean = sum / heldOut.rows;
const seconds = (ms) => Number((ms / 1000).toFixed(2));
process.stdout.write(
  `${JSON.stringify({ who: algorithmName, threads, load: seconds(load), bin: seconds(bin), train: seconds(train), predictMs: Math.round(best), error: Number((task === "regression" ? Math.sqrt(mean) : mean).toFixed(5)), peakMiB: Math.round(process.resourceUsage().maxRSS / 1024), binCpuMs, roundCpuMs, ...resume })}\n`,
);
