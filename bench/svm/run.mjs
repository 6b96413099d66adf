// Our svm with its defaults on the tables of bench/svm/peers.py, beside scikit-learn's. Usage: node bench/svm/run.mjs [table …] [name=value …]
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const cache = fileURLToPath(new URL("../.cache/svm", import.meta.url));
const launcher = fileURLToPath(new URL("../../bin/kaayko", import.meta.url));
const peers = JSON.parse(readFileSync(join(cache, "peers.json"), "utf8"));
const words = process.argv.slice(2);
const chosen = words.filter((word) => !word.includes("="));
const settings = words.filter((word) => word.includes("=")).flatMap((word) => ["--set", `svm.${word}`]);
const SHOWN = ["rmse", "mae", "accuracy", "logLoss", "auc"];

function show(metrics) {
  return SHOWN.flatMap((name) => (metrics[name] == null ? [] : [`${name} ${metrics[name].toPrecision(4)}`])).join("  ");
}

for (const [name, { peers: found }] of Object.entries(peers)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  for (const [title, metrics] of Object.entries(found))
    process.stdout.write(
      `${name.padEnd(12)} scikit-learn ${title.padEnd(6)} ${show(metrics)}  ${metrics.seconds} s CPU\n`,
    );
  const folder = mkdtempSync(join(tmpdir(), "kaayko-svm-"));
  const files = [
    "--data",
    join(cache, `${name}-train.csv`),
    "--test",
    join(cache, `${name}-test.csv`),
    "--target",
    "y",
  ];
  const kept = [
    "--checkpoints-dir",
    join(folder, "c"),
    "--models-dir",
    join(folder, "m"),
    "--no-input",
    "--json",
    "--refit",
    "never",
  ];
  const run = spawnSync(process.execPath, [launcher, "train", "--algorithms", "svm", ...files, ...kept, ...settings]);
  rmSync(folder, { recursive: true, force: true });
  if (run.status !== 0) process.stdout.write(`${name.padEnd(12)} ${run.stderr.toString()}`);
  else {
    const [result] = JSON.parse(run.stdout.toString()).algorithms;
    process.stdout.write(`${name.padEnd(12)} ours                ${show(result.metrics.test)}  ${result.seconds} s\n`);
  }
}
