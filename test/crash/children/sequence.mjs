// A process that trains a sequence model and keeps its state in a file after every step: node sequence.mjs MODEL FILE. Killed at any
// time, it goes on from the file. Prints a line for each step, and the model's hash at the end.
import { existsSync, readFileSync, renameSync, writeFileSync, writeSync } from "node:fs";
import { loadAlgorithm } from "../../../dist/algorithms/index.js";
import { hashState, resolveParameters } from "../../../dist/core/index.js";

const [name, file] = process.argv.slice(2);
const STEPS = 6;
const ROWS = 200;

const series = Float32Array.from({ length: ROWS + STEPS + 1 }, (_, i) => 5 * Math.sin(i / 4) + (i % 7));
const ends = Uint32Array.from({ length: ROWS }, (_, i) => i + STEPS);
const table = {
  rows: ROWS,
  columns: [],
  parts: [{ kind: "windows", name: "past", steps: STEPS, channels: 1, series, ends }],
};
const target = Float64Array.from(ends, (end) => series[end]);
const numbers = (from, to) => Uint32Array.from({ length: to - from }, (_, i) => from + i);
const rows = { train: numbers(0, 160), validation: numbers(160, ROWS), test: numbers(0, 0) };
const dataset = {
  task: { kind: "forecast", target: "y", horizon: 1 },
  features: [],
  rows: { train: 160, validation: 40, test: 0 },
  target: { mean: 3, std: 4, min: -5, max: 11, classCounts: [] },
  inMemory: true,
  examples: async (role) => ({ table, rows: rows[role], target, weight: null }),
};

const algorithm = await loadAlgorithm(name);
const parameters = resolveParameters(algorithm.parameters, { units: 8, epochs: 20, batchSize: 32 }, "setting");
const context = { dataset, parameters, seed: 9, threads: 1, backend: "auto", notify: () => {} };
const trainer = await algorithm.createTrainer(context);
if (existsSync(file)) await trainer.setState(decode(readFileSync(file, "utf8")));
for (;;) {
  const { done, step } = await trainer.step();
  if (done) break;
  writeFileSync(`${file}.new`, encode(await trainer.getState()));
  renameSync(`${file}.new`, file);
  writeSync(1, `step ${step}\n`);
}
writeSync(1, `hash ${hashState(await trainer.model())}\n`);
await trainer.dispose();

function encode({ json, arrays }) {
  const bytes = Object.entries(arrays).map(([key, array]) => [
    key,
    Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString("base64"),
  ]);
  return JSON.stringify({ json, bytes });
}

function decode(text) {
  const { json, bytes } = JSON.parse(text);
  const arrays = bytes.map(([key, base64]) => [
    key,
    new Float32Array(Uint8Array.from(Buffer.from(base64, "base64")).buffer),
  ]);
  return { json, arrays: Object.fromEntries(arrays) };
}
