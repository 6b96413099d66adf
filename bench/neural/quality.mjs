// How well mlp with defaults learns real tables. First: python bench/neural/quality.py DATA_FOLDER FOLDER, then npm run build.
// usage: node bench/neural/quality.mjs FOLDER [--backend wasm] [--only NAME] [--set name=value]…
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadAlgorithm } from "../../dist/algorithms/index.js";
import { outputsOf, resolveParameters } from "../../dist/core/index.js";
import { arrayDataset } from "./array-dataset.mjs";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    backend: { type: "string", default: "auto" },
    only: { type: "string" },
    seeds: { type: "string", default: "1" },
    set: { type: "string", multiple: true, default: [] },
  },
});

function readTable(file, kind) {
  const [header, ...lines] = readFileSync(file, "utf8").trim().split("\n");
  const names = header.split(",");
  const rows = lines.map((line) => line.split(","));
  const column = (name) => rows.map((row) => row[names.indexOf(name)]);
  const target = Float64Array.from(column("target"), Number);
  const classes = kind === "regression" ? undefined : [...new Set(target)].sort((a, b) => a - b).map(String);
  const columns = names
    .filter((name) => name !== "target" && name !== "role")
    .map((name) => {
      const cells = column(name);
      if (cells.every((cell) => cell === "" || !Number.isNaN(Number(cell))))
        return {
          kind: "numeric",
          name,
          values: Float64Array.from(cells, (cell) => (cell === "" ? Number.NaN : Number(cell))),
        };
      const categories = [...new Set(cells)].sort();
      return {
        kind: "categorical",
        name,
        cardinality: categories.length,
        codes: Uint8Array.from(cells, (cell) => categories.indexOf(cell) + 1),
      };
    });
  const all = rows.map((_, row) => row);
  const test = column("role").map((role) => role === "test");
  const held = all.filter((row) => !test[row]);
  // Every tenth of the training rows is for validation.
  const roles = {
    test: Uint32Array.from(all.filter((row) => test[row])),
    validation: Uint32Array.from(held.filter((_, i) => i % 10 === 3)),
    train: Uint32Array.from(held.filter((_, i) => i % 10 !== 3)),
  };
  return { task: { kind, target: "target", ...(classes === undefined ? {} : { classes }) }, columns, target, roles };
}

async function run(name, kind, seed) {
  const table = readTable(join(positionals[0], `${name}-${kind}.csv`), kind);
  const dataset = arrayDataset(table);
  const mlp = await loadAlgorithm("mlp");
  const given = Object.fromEntries(options.set.map((item) => item.split("=")));
  const parameters = resolveParameters(mlp.parameters, given, "mlp");
  const context = {
    dataset,
    parameters,
    seed,
    threads: 2,
    backend: options.backend,
    notify: (text) => console.error(text),
  };
  const begin = performance.now();
  const trainer = await mlp.createTrainer(context);
  let epochs = 0;
  let steps = 0;
  for (let done = false; !done; ) {
    const report = await trainer.step();
    if ("train.loss" in report.metrics) epochs++;
    done = report.done;
    steps = report.step;
  }
  const seconds = (performance.now() - begin) / 1000;
  const predictor = await mlp.createPredictor(await trainer.model(), {
    task: table.task,
    features: dataset.features,
    threads: 1,
    backend: "cpu",
  });
  const predicted = await predictor.predict({ rows: table.target.length, columns: table.columns });
  const { best } = (await trainer.getState()).json.progress;
  await trainer.dispose();
  console.log(
    name.padEnd(14),
    `seed ${seed}`,
    scoreOf(table, predicted),
    `epochs ${epochs} (best ${best.epoch}) steps ${steps} ${seconds.toFixed(1)} s`,
  );
}

function scoreOf(table, predicted) {
  const width = outputsOf(table.task);
  const rows = [...table.roles.test];
  if (table.task.kind === "regression")
    return `rmse ${Math.sqrt(rows.reduce((sum, row) => sum + (predicted[row] - table.target[row]) ** 2, 0) / rows.length).toFixed(4)}`;
  let loss = 0;
  let right = 0;
  for (const row of rows) {
    const p =
      width === 1 ? [1 - predicted[row], predicted[row]] : [...predicted.subarray(row * width, (row + 1) * width)];
    loss -= Math.log(Math.max(1e-15, p[table.target[row]]));
    if (p.indexOf(Math.max(...p)) === table.target[row]) right++;
  }
  const text = `logLoss ${(loss / rows.length).toFixed(4)} accuracy ${(right / rows.length).toFixed(4)}`;
  return width === 1 ? `${text} auc ${auc(rows.map((row) => [predicted[row], table.target[row]])).toFixed(4)}` : text;
}

/** Share of pairs of a positive and a negative that are in order. */
function auc(pairs) {
  const positives = pairs.filter(([, y]) => y === 1).map(([p]) => p);
  const negatives = pairs.filter(([, y]) => y === 0).map(([p]) => p);
  let wins = 0;
  for (const a of positives) for (const b of negatives) wins += a > b ? 1 : a === b ? 0.5 : 0;
  return wins / (positives.length * negatives.length);
}

for (const file of readdirSync(positionals[0]).sort()) {
  const [, name, kind] = /^(\w+)-(\w+)\.csv$/.exec(file) ?? [];
  if (name === undefined || (options.only !== undefined && options.only !== name)) continue;
  for (let seed = 1; seed <= Number(options.seeds); seed++) await run(name, kind, seed);
}
