// Fits text-linear's hyperplanes on a sparse matrix that peer.py wrote, and prints seconds and objective as JSON.
// Usage: node bench/text/ours.mjs FOLDER LOSS COST THREADS
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LinearMachine } from "../../dist/kernels/linear/index.js";

const [folder, loss, cost, threads] = process.argv.slice(2);
const { rows, width, count } = JSON.parse(readFileSync(join(folder, "shape.json"), "utf8"));
const read = (name, Type) => {
  const bytes = readFileSync(join(folder, name));
  return new Type(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
};
const matrix = {
  rows,
  width,
  offsets: read("offsets", Uint32Array),
  indices: read("indices", Uint32Array),
  values: read("values", Float32Array),
};
const truth = read("labels", Int8Array);
const started = performance.now();
const GROUP = 8;
const machine = new LinearMachine({
  matrix,
  weights: null,
  loss,
  problems: Math.min(GROUP, count),
  threads: Number(threads),
});
const planes = [];
for (let first = 0; first < count; first += GROUP) {
  const problems = Array.from({ length: Math.min(GROUP, count - first) }, (_, i) => ({
    labels: truth.subarray((first + i) * rows, (first + i + 1) * rows),
    costs: [Number(cost), Number(cost)],
    tolerance: 0.01,
    maxPasses: 200,
    key: [1, first + i + 1],
  }));
  machine.load(problems, null);
  while (machine.pass() > 0);
  planes.push(...problems.map((_, i) => machine.hyperplane(i).slice()));
}
const seconds = (performance.now() - started) / 1000;
await machine.dispose();
let objective = 0;
planes.forEach((plane, k) => {
  let sum = 0;
  for (const weight of plane) sum += weight * weight;
  objective += sum / 2;
  for (let row = 0; row < rows; row++) {
    let slope = plane[width];
    for (let at = matrix.offsets[row]; at < matrix.offsets[row + 1]; at++)
      slope += matrix.values[at] * plane[matrix.indices[at]];
    const margin = truth[k * rows + row] * slope;
    const slack = Math.max(0, 1 - margin);
    objective +=
      Number(cost) * (loss === "logistic" ? Math.log1p(Math.exp(-margin)) : loss === "hinge" ? slack : slack * slack);
  }
});
console.log(JSON.stringify({ seconds, objective, cpu: process.cpuUsage().user / 1e6 }));
