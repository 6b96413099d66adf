// Trains our boosters with their defaults on small public tables. Usage: node bench/quality/run.mjs [table …] [name=value …]
// Needs `npm run build`, and for the tables of scikit-learn `python bench/quality/export.py` once (it also runs LightGBM).
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadAlgorithm } from "../../dist/algorithms/index.js";
import { resolveParameters } from "../../dist/core/index.js";
import { datasetOf, metricsOf, rowsOfTable } from "./dataset.mjs";
import { agaricus, california, exported, lgbBinary } from "./tables.mjs";

const data = process.env.KAAYKO_DATA ?? fileURLToPath(new URL("../../../shared/data", import.meta.url));
const cache = fileURLToPath(new URL("../.cache/quality", import.meta.url));
const words = process.argv.slice(2);
const chosen = words.filter((word) => !word.includes("="));
const settings = Object.fromEntries(words.filter((word) => word.includes("=")).map((word) => word.split("=")));
const { seeds = "1", validationSize = "0.1", algorithm, ...parameters } = settings;

const list = existsSync(`${cache}/tables.json`) ? JSON.parse(readFileSync(`${cache}/tables.json`, "utf8")) : [];
const makers = {
  california: () => california(data),
  lgb_binary: () => lgbBinary(data),
  agaricus: () => agaricus(data),
  ...Object.fromEntries(list.map(({ name, task }) => [name, () => exported(cache, name, task)])),
};

for (const [name, make] of Object.entries(makers)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  let table;
  try {
    table = make();
  } catch {
    process.stdout.write(`${name.padEnd(22)} not here\n`);
    continue;
  }
  const peer =
    list.find((entry) => entry.name === name)?.lightgbm ??
    JSON.parse(existsSync(`${cache}/peer-${name}.json`) ? readFileSync(`${cache}/peer-${name}.json`, "utf8") : "{}");
  process.stdout.write(`${name.padEnd(22)} ${"lightgbm".padEnd(14)} ${show(peer)}\n`);
  for (const algorithmName of algorithm ? [algorithm] : ["hist-gradient", "xgboost"]) {
    const implementation = await loadAlgorithm(algorithmName);
    const sums = {};
    let rounds = 0;
    let ms = 0;
    const count = Number(seeds);
    for (let seed = 1; seed <= count; seed++) {
      const dataset = datasetOf(table, { seed, validationSize: Number(validationSize) });
      const start = performance.now();
      const trainer = await implementation.createTrainer({
        dataset,
        parameters: resolveParameters(implementation.parameters, parameters, "setting"),
        seed,
        threads: Number(process.env.THREADS ?? 2),
        backend: "auto",
        notify: () => {},
      });
      let report = await trainer.step();
      while (!report.done) report = await trainer.step();
      ms += performance.now() - start;
      const model = await trainer.model();
      await trainer.dispose();
      rounds += model.json.bestRound;
      const predictor = await implementation.createPredictor(model, {
        task: table.task,
        features: dataset.features,
        threads: 1,
        backend: "auto",
      });
      const predictions = await predictor.predict(rowsOfTable(table, dataset.testRows));
      await predictor.dispose();
      const metrics = metricsOf(
        table.task,
        Float64Array.from(dataset.testRows, (row) => table.target[row]),
        predictions,
      );
      for (const [key, value] of Object.entries(metrics)) sums[key] = (sums[key] ?? 0) + value / count;
    }
    process.stdout.write(
      `${"".padEnd(22)} ${algorithmName.padEnd(14)} ${show(sums)}  rounds ${(rounds / count).toFixed(0)}  ${(ms / count).toFixed(0)} ms\n`,
    );
  }
}

function show(metrics) {
  return Object.entries(metrics)
    .map(([key, value]) => `${key} ${Number(value).toPrecision(6)}`)
    .join("  ");
}
