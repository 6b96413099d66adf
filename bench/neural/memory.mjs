// Peak memory and speed of the mlp trainer over made-up rows that are generated on the way, so that only the trainer's own
// memory is seen. First: npm run build.
// usage: node bench/neural/memory.mjs [--backend tensorflow] [--threads 2]     (runs itself once for each number of rows)
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { loadAlgorithm } from "../../dist/algorithms/index.js";
import { resolveParameters, rowHash } from "../../dist/core/index.js";

const { values: options } = parseArgs({
  options: {
    backend: { type: "string", default: "auto" },
    threads: { type: "string", default: "2" },
    rows: { type: "string" },
    epochs: { type: "string", default: "1" },
    batch: { type: "string" },
  },
});
const FEATURES = 35;

function generatedDataset(rows) {
  const feature = (i) => ({
    name: `x${i}`,
    kind: "numeric",
    cardinality: 0,
    mean: 0,
    std: 0.2887,
    min: -0.5,
    max: 0.5,
    missing: 0,
  });
  return {
    task: { kind: "regression", target: "y" },
    features: Array.from({ length: FEATURES }, (_, i) => feature(i)),
    rows: { train: rows, validation: Math.round(rows / 10), test: 0 },
    target: { mean: 0, std: 1, min: -3, max: 3, classCounts: [] },
    inMemory: false,
    examples: async () => {
      throw new Error("only streamed");
    },
    stream: async (role, { batchRows }) => generatedStream(role === "train" ? rows : Math.round(rows / 10), batchRows),
  };
}

function generatedStream(rows, batchRows) {
  const columns = Array.from({ length: FEATURES }, (_, i) => ({
    kind: "numeric",
    name: `x${i}`,
    values: new Float32Array(batchRows),
  }));
  const target = new Float64Array(batchRows);
  let at = 0;
  return {
    next: async () => {
      const count = Math.min(batchRows, rows - at);
      if (count <= 0) return null;
      for (let i = 0; i < FEATURES; i++)
        for (let row = 0; row < count; row++) columns[i].values[row] = rowHash([i, 7], at + row) / 4294967296 - 0.5;
      for (let row = 0; row < count; row++)
        target[row] = 2 * columns[0].values[row] + columns[1].values[row] * columns[2].values[row];
      at += count;
      const used = columns.map((column) => ({ ...column, values: column.values.subarray(0, count) }));
      return { table: { rows: count, columns: used }, rows: null, target, weight: null };
    },
    position: () => ({ at }),
    seek: async (position) => {
      at = position.at;
    },
    close: async () => {},
  };
}

async function measure(rows) {
  const mlp = await loadAlgorithm("mlp");
  const given = { epochs: options.epochs, ...(options.batch === undefined ? {} : { batchSize: options.batch }) };
  const parameters = resolveParameters(mlp.parameters, given, "mlp");
  const context = {
    dataset: generatedDataset(rows),
    parameters,
    seed: 1,
    threads: Number(options.threads),
    backend: options.backend,
    notify: console.error,
  };
  const trainer = await mlp.createTrainer(context);
  await trainer.step();
  const begin = performance.now();
  for (let done = false; !done; ) {
    const report = await trainer.step();
    done = report.done;
    // What a run does between steps: a state now and then.
    if (report.step % 500 === 0) await trainer.getState();
  }
  const seconds = (performance.now() - begin) / 1000;
  await trainer.dispose();
  const mega = process.resourceUsage().maxRSS / 1024;
  console.log(
    `${rows} rows: peak ${mega.toFixed(0)} MiB, ${((rows * Number(options.epochs)) / seconds / 1e3).toFixed(0)} k rows/s with reading`,
  );
}

if (options.rows !== undefined) await measure(Number(options.rows));
else
  for (const rows of [600_000, 2_400_000])
    spawnSync(process.execPath, [fileURLToPath(import.meta.url), ...process.argv.slice(2), "--rows", String(rows)], {
      stdio: "inherit",
    });
