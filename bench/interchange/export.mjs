// Trains small models of ours, writes each in every format, with rows and our scores beside them: what check.py compares.
// Usage: node bench/interchange/export.mjs FOLDER   (after npm run build)
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadAlgorithm } from "../../dist/algorithms/index.js";
import { toLightgbmText, toOnnx, toXgboostJson } from "../../dist/algorithms/trees/interchange/index.js";
import { randomStream, resolveParameters } from "../../dist/core/index.js";

const folder = process.argv[2] ?? "bench/.cache/interchange";
mkdirSync(folder, { recursive: true });
const ROWS = 4000;

/** Columns with missing values and categories, drawn by a seed; float64 columns hold float32 values unless `wide`. */
function columnsOf(seed, categories, wide) {
  const random = randomStream(seed, "interchange");
  const numbers = Array.from({ length: 4 }, (_, feature) => {
    const values = wide ? new Float64Array(ROWS) : new Float32Array(ROWS);
    for (let i = 0; i < ROWS; i++) {
      const value = (random.float() - 0.5) * 10 ** (feature * 2 - 2);
      values[i] = random.float() < 0.1 ? Number.NaN : value;
    }
    return { kind: "numeric", name: `number ${feature}`, values };
  });
  const codes = new Uint16Array(ROWS);
  for (let i = 0; i < ROWS; i++) codes[i] = Math.floor(random.float() ** 2 * (categories + 1));
  return [...numbers, { kind: "categorical", name: "kind", codes, cardinality: categories }];
}

function targetOf(columns, task, seed) {
  const random = randomStream(seed, "target");
  return Float64Array.from({ length: ROWS }, (_, i) => {
    const value = (column) => (Number.isNaN(column.values[i]) ? 0.3 : column.values[i]);
    const score = Math.sin(value(columns[1]) * 9) + value(columns[3]) / 4000 + ((columns[4].codes[i] * 7) % 5) / 2 - 1;
    const noisy = score + random.float() - 0.5;
    if (task.kind === "regression") return noisy * 1000 + 50_000;
    return task.kind === "binary" ? Number(noisy > 0.5) : noisy > 0.6 ? 2 : noisy > -0.5 ? 1 : 0;
  });
}

const REGRESSION = { kind: "regression", target: "y" };
const BINARY = { kind: "binary", target: "y", classes: ["no", "yes"] };
const SEVERAL = { kind: "multiclass", target: "y", classes: ["a", "b", "c"] };
const LOSSES = ["absolute", "huber", "quantile", "poisson", "gamma", "tweedie"];

const CASES = [
  ...[REGRESSION, BINARY, SEVERAL].flatMap((task) => [
    { task, name: "hist-gradient", categories: 12 },
    { task, name: "xgboost", categories: 400 },
    { task, name: "hist-gradient", categories: 40, wide: true },
    { task, name: "random-forest", categories: 40 },
  ]),
  ...LOSSES.map((objective) => ({ task: REGRESSION, name: "hist-gradient", categories: 600, objective })),
];

const SETTINGS = (name, objective) =>
  name === "random-forest" ? { trees: 20, maxDepth: 10 } : { rounds: 40, ...(objective ? { objective } : {}) };

const list = [];
for (const { task, name, categories, wide = false, objective } of CASES) {
  const ofMean = ["poisson", "gamma", "tweedie"].includes(objective);
  const columns = columnsOf(list.length, categories, wide);
  const features = columns.map((column) => ({
    name: column.name,
    kind: column.kind,
    cardinality: column.cardinality ?? 0,
    mean: 0,
    std: 1,
    min: 0,
    max: 1,
    missing: 0,
  }));
  const target = targetOf(columns, task, list.length).map((y) => (ofMean ? Math.exp((y - 50_000) / 1000) : y));
  const table = { rows: ROWS, columns };
  const dataset = {
    task,
    features,
    rows: { train: ROWS, validation: 0, test: 0 },
    target: { mean: 0, std: 1, min: 0, max: 1, classCounts: [] },
    inMemory: true,
    examples: async () => ({ table, rows: null, target, weight: null }),
  };
  const algorithm = await loadAlgorithm(name);
  const parameters = resolveParameters(algorithm.parameters, SETTINGS(name, objective), name);
  const trainer = await algorithm.createTrainer({
    dataset,
    parameters,
    seed: 1,
    threads: 1,
    backend: "cpu",
    notify() {},
  });
  while (!(await trainer.step()).done);
  const content = await trainer.model();
  await trainer.dispose();
  const predictor = await algorithm.createPredictor(content, { task, features, threads: 1, backend: "cpu" });
  const predictions = await predictor.predict(table);
  await predictor.dispose();
  const model = { content, task, features };
  const id = `${objective ?? task.kind}-${name}-${categories}${wide ? "-wide" : ""}`;
  writeFileSync(join(folder, `${id}.json`), toXgboostJson(model));
  writeFileSync(join(folder, `${id}.txt`), toLightgbmText(model));
  writeFileSync(join(folder, `${id}.onnx`), toOnnx(model));
  const cells = new Float64Array(ROWS * columns.length);
  columns.forEach((column, feature) => {
    for (let i = 0; i < ROWS; i++) {
      const value =
        column.kind === "numeric" ? column.values[i] : column.codes[i] === 0 ? Number.NaN : column.codes[i] - 1;
      cells[i * columns.length + feature] = value;
    }
  });
  writeFileSync(join(folder, `${id}.cells`), cells);
  writeFileSync(join(folder, `${id}.predictions`), predictions);
  list.push({ id, kind: task.kind, rows: ROWS, features: columns.length });
}
writeFileSync(join(folder, "models.list"), JSON.stringify(list));
console.log(`${list.length} models in ${folder}`);
