// Compares settings by cross-validation inside the training parts of the tables that bench/tables/peers.py wrote, fitted as
// the engine fits them: held-out rows and, for few rows, folds say how many rounds; then all rows but the fold's are fitted.
// Usage: node bench/quality/compare.mjs ALGORITHM [--only table,…] [--seeds 2] -- 'name: setting=value …' 'name: …' …
// Prints the mean loss of each configuration relative to the first, and how sure that is.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadAlgorithm } from "../../dist/algorithms/index.js";
import { randomStream, resolveParameters } from "../../dist/core/index.js";
import { datasetOf, metricsOf, rowsOfTable } from "./dataset.mjs";
import { headed } from "./tables.mjs";

const OUTER = 3;
const ROWS = 6000;
const words = process.argv.slice(2);
const configurations = words.splice(words.indexOf("--")).slice(1).map(parse);
const option = (name, otherwise) => (words.includes(name) ? words[words.indexOf(name) + 1] : otherwise);
const algorithm = await loadAlgorithm(words[0]);
const only = option("--only", "").split(",").filter(Boolean);
const seeds = Number(option("--seeds", "1"));
const folder = fileURLToPath(new URL("../.cache/tables", import.meta.url));

function parse(text) {
  const [name, rest] = text.split(":");
  const {
    folds = "5",
    few = "4000",
    rounding = "mean",
    ...parameters
  } = Object.fromEntries(
    rest
      .trim()
      .split(/\s+/)
      .filter(Boolean)
      .map((word) => word.split("=")),
  );
  return { name, folds: Number(folds), few: Number(few), rounding, parameters };
}

async function trainOn(dataset, parameters, seed) {
  const trainer = await algorithm.createTrainer({
    dataset,
    parameters: resolveParameters(algorithm.parameters, parameters, "setting"),
    seed,
    threads: 1,
    backend: "auto",
    notify: () => {},
  });
  while (!(await trainer.step()).done);
  const model = await trainer.model();
  await trainer.dispose();
  return model;
}

async function score(table, rows, model) {
  const predictor = await algorithm.createPredictor(model, {
    task: table.task,
    features: table.columns,
    threads: 1,
    backend: "auto",
  });
  const predictions = await predictor.predict(rowsOfTable(table, rows));
  await predictor.dispose();
  return metricsOf(
    table.task,
    Float64Array.from(rows, (row) => table.target[row]),
    predictions,
  );
}

/** Numbers of rounds of one held-out tenth and, where the rows are few, of folds. */
async function roundsOf(table, { folds, few, parameters }, seed) {
  const rows = table.isTest.filter((test) => !test).length;
  const sizes = [{ seed, validationSize: 0.1 }];
  if (rows < few)
    for (let k = 0; k < folds; k++) sizes.push({ seed: seed * 1000 + 1, validationSize: 1 / folds, part: k });
  const rounds = [];
  for (const size of sizes) rounds.push((await trainOn(datasetOf(table, size), parameters, seed)).json.bestRound);
  return rounds;
}

async function losses(table, configuration, seed) {
  const rounds = await roundsOf(table, configuration, seed);
  const sorted = [...rounds].sort((a, b) => a - b);
  const { rounding } = configuration;
  const mean = rounds.reduce((a, b) => a + b, 0) / rounds.length;
  const chosen = rounding === "median" ? sorted[sorted.length >> 1] : rounding === "grown" ? mean * 1.1 : mean;
  const whole = datasetOf(table, { seed, validationSize: 0 });
  const final = { ...configuration.parameters, rounds: Math.max(1, Math.round(chosen)), earlyStoppingRounds: 0 };
  return { ...(await score(table, whole.testRows, await trainOn(whole, final, seed))), rounds: Math.round(chosen) };
}

const peers = JSON.parse(readFileSync(`${folder}/peers.json`, "utf8"));
const totals = configurations.map(() => ({}));
for (const [name, { task }] of Object.entries(peers)) {
  if ((only.length > 0 && !only.includes(name)) || !existsSync(`${folder}/${name}/train.csv`)) continue;
  const table = headed(`${folder}/${name}/train.csv`, name, task);
  const results = configurations.map(() => []);
  for (let seed = 1; seed <= seeds; seed++) {
    const order = randomStream(seed, "rows").shuffle(Array.from(table.target.keys())).slice(0, ROWS);
    const foldOf = new Map(order.map((row, i) => [row, i % OUTER]));
    for (let k = 0; k < OUTER; k++) {
      const part = only_rows(table, order, (row) => foldOf.get(row) === k);
      for (const [i, configuration] of configurations.entries())
        results[i].push(await losses(part, configuration, seed));
    }
  }
  print(name, results);
}

function only_rows(table, rows, isTest) {
  return {
    ...table,
    columns: rowsOfTable(table, rows).columns,
    target: Float64Array.from(rows, (row) => table.target[row]),
    isTest: rows.map(isTest),
  };
}

function print(name, results) {
  for (const metric of ["rmse", "logLoss", "accuracy"]) {
    if (results[0][0][metric] === undefined) continue;
    const line = results.map((list, i) => {
      const change = list.map(
        (own, j) =>
          100 * (metric === "accuracy" ? own[metric] - results[0][j][metric] : own[metric] / results[0][j][metric] - 1),
      );
      const mean = change.reduce((a, b) => a + b, 0) / change.length;
      if (i === 0) return (list.reduce((sum, own) => sum + own[metric], 0) / list.length).toPrecision(5).padStart(12);
      totals[i][metric] = [...(totals[i][metric] ?? []), mean];
      const error = Math.sqrt(change.reduce((a, b) => a + (b - mean) ** 2, 0) / change.length / change.length);
      return `${mean.toFixed(2)}±${error.toFixed(2)}`.padStart(14);
    });
    process.stdout.write(
      `${name.padEnd(15)} ${metric.padEnd(9)}${line.join("")}   rounds ${results.map((list) => Math.round(list.reduce((a, b) => a + b.rounds, 0) / list.length)).join(" ")}\n`,
    );
  }
}
for (const [i, { name }] of configurations.entries())
  process.stdout.write(
    `${name}: ${Object.entries(totals[i])
      .map(
        ([metric, list]) =>
          `${metric} ${(list.reduce((a, b) => a + b, 0) / list.length).toFixed(3)} (worst ${Math.max(...list.map((x) => (metric === "accuracy" ? -x : x))).toFixed(2)})`,
      )
      .join(", ")}\n`,
  );
