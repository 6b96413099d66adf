// Ours, once: node bench/forest/ours.mjs rows depth [setting=value …]. Prints JSON.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadAlgorithm } from "../../dist/algorithms/index.js";
import { resolveParameters } from "../../dist/core/index.js";

const HELD_OUT = 240_000;
const [rowsAsked, maxDepth, ...pairs] = process.argv.slice(2);
const rows = Number(rowsAsked);
const threads = Number(process.env.THREADS ?? 2);
const folder = fileURLToPath(new URL("../.cache/forest/", import.meta.url));

/** Bytes of a file as an array, in shared memory, from one element to another. */
function readArray(name, ArrayType, from, to) {
  const bytes = readFileSync(`${folder}${name}.bin`).subarray(
    from * ArrayType.BYTES_PER_ELEMENT,
    to * ArrayType.BYTES_PER_ELEMENT,
  );
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return new ArrayType(shared.buffer);
}

const specs = JSON.parse(readFileSync(`${folder}columns.json`, "utf8"));
const columns = (from, to) =>
  specs.map(({ name, kind, cardinality }, place) =>
    kind === "numeric"
      ? { kind, name, values: readArray(place, Float32Array, from, to) }
      : { kind, name, cardinality, codes: readArray(place, Uint16Array, from, to) },
  );
const task = { kind: "regression", target: "target" };
const table = { rows, columns: columns(HELD_OUT, HELD_OUT + rows) };
const features = table.columns.map((column) => ({
  name: column.name,
  kind: column.kind,
  cardinality: column.cardinality ?? 0,
  mean: 0,
  std: 0,
  min: 0,
  max: 0,
  missing: column.kind === "numeric" && column.values.some(Number.isNaN) ? 1 : 0,
}));
const dataset = {
  task,
  features,
  rows: { train: rows, validation: 0, test: 0 },
  target: { mean: 0, std: 1, min: 0, max: 1, classCounts: [] },
  inMemory: true,
  examples: async () => ({
    table,
    rows: null,
    target: readArray("target", Float64Array, HELD_OUT, HELD_OUT + rows),
    weight: null,
  }),
};
const algorithm = await loadAlgorithm("random-forest");
const same = { maxDepth: Number(maxDepth), maxFeatures: "sqrt", minLeafRows: 1 };
const given = { ...same, ...Object.fromEntries(pairs.map((pair) => pair.split("="))) };
const parameters = resolveParameters(algorithm.parameters, given, "setting");
const tableMiB = process.memoryUsage().rss / 2 ** 20;
const processor = process.cpuUsage();
let start = performance.now();
const context = { dataset, parameters, seed: 42, threads, backend: "auto", notify: () => {} };
const trainer = await algorithm.createTrainer(context);
let report;
do {
  report = await trainer.step();
  await new Promise((resolve) => setImmediate(resolve));
} while (!report.done);
const train = performance.now() - start;
const { user, system } = process.cpuUsage(processor);
const trainedMiB = process.resourceUsage().maxRSS / 1024;
const model = await trainer.model();
await trainer.dispose();
const predictor = await algorithm.createPredictor(model, { task, features, threads, backend: "auto" });
const heldOut = { rows: HELD_OUT, columns: columns(0, HELD_OUT) };
await predictor.predict({ rows: 0, columns: heldOut.columns });
start = performance.now();
const found = await predictor.predict(heldOut);
const predict = performance.now() - start;
await predictor.dispose();
const truth = readArray("target", Float64Array, 0, HELD_OUT);
const squares = found.reduce((sum, value, i) => sum + (value - truth[i]) ** 2, 0);
const seconds = (ms) => Number((ms / 1000).toFixed(2));
process.stdout.write(
  `${JSON.stringify({
    who: "random-forest",
    rows,
    train: seconds(train),
    trainCpu: seconds((user + system) / 1000),
    predict: seconds(predict),
    error: Number(Math.sqrt(squares / HELD_OUT).toFixed(5)),
    outOfBag: Number(report.metrics["oob.rmse"].toFixed(5)),
    modelMiB: Math.round(Object.values(model.arrays).reduce((sum, { byteLength }) => sum + byteLength, 0) / 2 ** 20),
    beyondTableMiB: Math.round(trainedMiB - tableMiB),
    peakMiB: Math.round(process.resourceUsage().maxRSS / 1024),
  })}\n`,
);
