// How well mlp learns the training parts of public tables, by cross-validation: for choosing defaults without looking at test
// rows. First: python bench/tables/peers.py FOLDER, then npm run build. Prints the mean score of each table (root mean squared
// error over the target's deviation, or log loss) and their geometric mean.
// usage: node bench/neural/folds.mjs FOLDER [--only a,b] [--folds 4] [--seeds 1] [--set name=value]… [--skip large]
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadAlgorithm } from "../../dist/algorithms/index.js";
import { outputsOf, resolveParameters } from "../../dist/core/index.js";
import { arrayDataset } from "./array-dataset.mjs";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string" },
    folds: { type: "string", default: "4" },
    seeds: { type: "string", default: "1" },
    threads: { type: "string", default: "1" },
    set: { type: "string", multiple: true, default: [] },
    refit: { type: "boolean", default: false },
  },
});
const FOLDS = Number(options.folds);

function readTable(name, kind) {
  const [header, ...lines] = readFileSync(join(positionals[0], name, "train.csv"), "utf8")
    .trim()
    .split("\n");
  const names = header.split(",");
  const rows = lines.map((line) => line.split(","));
  const cellsOf = (column) => rows.map((row) => row[names.indexOf(column)]);
  const labels = cellsOf("y");
  const classes = kind === "regression" ? undefined : [...new Set(labels)].sort();
  const target = Float64Array.from(labels, (label) => (classes === undefined ? Number(label) : classes.indexOf(label)));
  const columns = names.filter((column) => column !== "y").map((column) => toColumn(column, cellsOf(column)));
  return { task: { kind, target: "y", ...(classes === undefined ? {} : { classes }) }, columns, target };
}

function toColumn(name, cells) {
  if (cells.every((cell) => cell === "" || !Number.isNaN(Number(cell)))) {
    const values = Float64Array.from(cells, (cell) => (cell === "" ? Number.NaN : Number(cell)));
    return { kind: "numeric", name, values };
  }
  const categories = [...new Set(cells.filter((cell) => cell !== ""))].sort();
  return {
    kind: "categorical",
    name,
    cardinality: categories.length,
    codes: Uint16Array.from(cells, (cell) => categories.indexOf(cell) + 1),
  };
}

async function trainOnce(table, roles, given, seed) {
  const mlp = await loadAlgorithm("mlp");
  const dataset = arrayDataset({ ...table, roles });
  const parameters = resolveParameters(mlp.parameters, given, "mlp");
  const context = {
    dataset,
    parameters,
    seed,
    threads: Number(options.threads),
    backend: "auto",
    notify: console.error,
  };
  const trainer = await mlp.createTrainer(context);
  let report = await trainer.step();
  while (!report.done) report = await trainer.step();
  const model = await trainer.model();
  const predictor = await mlp.createPredictor(model, {
    task: table.task,
    features: dataset.features,
    threads: 1,
    backend: "cpu",
  });
  const predicted = await predictor.predict({ rows: table.target.length, columns: table.columns });
  await trainer.dispose();
  return { predicted, model };
}

function score(table, predicted, rows) {
  if (table.task.kind === "regression") {
    const mean = rows.reduce((sum, row) => sum + table.target[row], 0) / rows.length;
    const spread = rows.reduce((sum, row) => sum + (table.target[row] - mean) ** 2, 0);
    return Math.sqrt(rows.reduce((sum, row) => sum + (table.target[row] - predicted[row]) ** 2, 0) / spread);
  }
  const width = outputsOf(table.task);
  const probability = (row) => {
    const label = table.target[row];
    return width > 1 ? predicted[row * width + label] : label === 1 ? predicted[row] : 1 - predicted[row];
  };
  return -rows.reduce((sum, row) => sum + Math.log(Math.max(1e-7, probability(row))), 0) / rows.length;
}

async function crossValidate(name, kind) {
  const table = readTable(name, kind);
  const all = Array.from(table.target, (_, row) => row);
  const given = Object.fromEntries(options.set.map((item) => item.split("=")));
  let sum = 0;
  const runs = FOLDS * Number(options.seeds);
  for (let run = 0; run < runs; run++) {
    const held = all.filter((row) => row % FOLDS === run % FOLDS);
    const rest = all.filter((row) => row % FOLDS !== run % FOLDS);
    const roles = {
      test: Uint32Array.from(held),
      validation: Uint32Array.from(rest.filter((_, i) => i % 9 === 4)),
      train: Uint32Array.from(rest.filter((_, i) => i % 9 !== 4)),
    };
    let { predicted, model } = await trainOnce(table, roles, given, run + 1);
    if (options.refit) {
      const mlp = await loadAlgorithm("mlp");
      const whole = { ...roles, train: Uint32Array.from(rest), validation: new Uint32Array(0) };
      ({ predicted } = await trainOnce(table, whole, { ...given, ...mlp.refitParameters([model.json]) }, run + 1));
    }
    sum += score(table, predicted, held);
  }
  return sum / runs;
}

const peers = JSON.parse(readFileSync(join(positionals[0], "peers.json"), "utf8"));
const names = readdirSync(positionals[0]).filter((name) => existsSync(join(positionals[0], name, "train.csv")));
const wanted = options.only?.split(",") ?? names;
let product = 0;
for (const name of wanted) {
  const begin = performance.now();
  const result = await crossValidate(name, peers[name].task);
  product += Math.log(result) / wanted.length;
  console.log(`${name.padEnd(14)} ${result.toFixed(4)} ${((performance.now() - begin) / 1000).toFixed(1)} s`);
}
console.log(`${"mean".padEnd(14)} ${Math.exp(product).toFixed(4)}`);
