// Peak memory and time of `train --algorithms mlp` through the command line on Parquet files of 0.6 M and 2.4 M rows × 36:
// the peaks must lie within 5 %. First: npm run build.
// usage: node bench/neural/file-memory.mjs [--rows 600000,2400000] [--files A.parquet,B.parquet] [--epochs 1] [--backend auto]
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values: options } = parseArgs({
  options: {
    rows: { type: "string", default: "600000,2400000" },
    files: { type: "string" },
    target: { type: "string", default: "score" },
    epochs: { type: "string", default: "1" },
    backend: { type: "string", default: "auto" },
    threads: { type: "string", default: "2" },
  },
});
const command = fileURLToPath(new URL("../../bin/kaayko", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "kaayko-memory-"));

function kaayko(...args) {
  const run = spawnSync(process.execPath, [command, ...args], { cwd: folder, encoding: "utf8", maxBuffer: 1 << 28 });
  if (run.status !== 0) throw new Error(run.stderr);
  return run.stdout;
}

function generate(rows) {
  const file = join(folder, `${rows}.parquet`);
  kaayko("data", "generate", "--recipe", "paddle-safety", "--rows", rows, "--out", file);
  return file;
}

function measure(file) {
  const flags = ["--algorithms", "mlp", "--epochs", options.epochs, "--backend", options.backend];
  const where = ["--data", file, "--target", options.target, "--threads", options.threads];
  const { stages, rows } = JSON.parse(kaayko("train", ...where, ...flags, "--no-input", "--json"));
  const peak = Math.max(...Object.values(stages).map(({ peakRssBytes }) => peakRssBytes)) / 2 ** 20;
  const times = Object.entries(stages).map(([name, stage]) => `${stage.name ?? name} ${stage.seconds.toFixed(1)} s`);
  console.log(`${JSON.stringify(rows)}: peak ${peak.toFixed(0)} MiB; ${times.join(", ")}`);
  return peak;
}

try {
  const files = options.files?.split(",") ?? options.rows.split(",").map(generate);
  const peaks = files.map(measure);
  console.log(`largest over smallest: ${(Math.max(...peaks) / Math.min(...peaks)).toFixed(3)}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
