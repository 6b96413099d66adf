/**
 * The whole paddle-safety job beside pandas, scikit-learn and XGBoost: time and peak memory of both, one after the other.
 *
 *   node bench/paddle/run.mjs FILE.parquet [--python PYTHON] [--threads 2] [--rounds 500]
 *
 * Wants ours at most 0.4 of the time and 0.5 of the memory, under 900 MB, all measured in the same run on a quiet machine; on
 * a busy one the ratio of processor time says more than that of time.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { runMeasured } from "../support/run-measured.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    python: { type: "string", default: "python3" },
    threads: { type: "string", default: "2" },
    rounds: { type: "string", default: "500" },
  },
});
const file = resolve(positionals[0]);
// What the recipe sets for all rows; both sides get the same.
const shared = {
  rounds: Number(values.rounds),
  learningRate: 0.15,
  maxDepth: 8,
  maxLeaves: 255,
  trees: 40,
  sampleShare: 0.25,
};
const folder = mkdtempSync(join(tmpdir(), "kaayko-bench-"));

function ours() {
  const flags = [
    "train",
    "--recipe",
    "paddle-safety",
    "--data",
    file,
    "--sample-size",
    "large",
    "--no-input",
    "--json",
  ];
  flags.push("--algorithms", "xgboost,hist-gradient,random-forest", "--threads", values.threads);
  const { rounds, learningRate, maxDepth, maxLeaves, trees, sampleShare } = shared;
  const settings = {
    xgboost: { rounds, learningRate, maxDepth },
    "hist-gradient": { rounds, learningRate, maxLeaves },
    "random-forest": { trees, sampleShare },
  };
  for (const [algorithm, own] of Object.entries(settings))
    for (const [name, value] of Object.entries(own)) flags.push("--set", `${algorithm}.${name}=${value}`);
  const { stdout: text, seconds, cpuSeconds } = runMeasured(flags, { cwd: folder });
  const document = JSON.parse(text);
  const scores = Object.fromEntries(document.algorithms.map(({ name, metrics }) => [name, metrics.test]));
  const peakRssBytes = Math.max(...document.stages.map((stage) => stage.peakRssBytes));
  return {
    seconds,
    cpuSeconds,
    peakRssBytes,
    best: document.champion,
    scores,
    within: document.bestPossible?.championWithin,
  };
}

function peers() {
  const script = fileURLToPath(new URL("peer.py", import.meta.url));
  const text = execFileSync(values.python, [script, file, values.threads, JSON.stringify(shared)], {
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "inherit"],
  });
  return JSON.parse(text);
}

try {
  const [mine, theirs] = [ours(), peers()];
  const ratio = {
    time: mine.seconds / theirs.seconds,
    cpuTime: mine.cpuSeconds / theirs.cpuSeconds,
    memory: mine.peakRssBytes / theirs.peakRssBytes,
  };
  console.log(JSON.stringify({ kaayko: mine, peer: theirs, ratio }, null, 2));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
