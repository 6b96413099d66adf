// Trains the real tables of gather.py with kaayko's defaults, on the splits of peers.py, and prints the scores beside the peers'.
// Usage: node bench/tables/real/run.mjs FOLDER [--algorithms xgboost,hist-gradient] [--only a,b] [--seeds 3] [--set key=value …] [--out FILE]
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    algorithms: { type: "string", default: "xgboost,hist-gradient" },
    only: { type: "string" },
    seeds: { type: "string", default: "3" },
    set: { type: "string", multiple: true, default: [] },
    out: { type: "string" },
  },
});
const folder = positionals[0];
const HIGHER = new Set(["accuracy", "auc"]);
/** Metrics that are compared, by task. */
const METRICS = { regression: ["rmse"], binary: ["logLoss", "auc"], multiclass: ["logLoss", "accuracy"] };

const tables = JSON.parse(readFileSync(join(folder, "tables.json"), "utf8"));
const only = options.only?.split(",");
const all = {};
print(["table", "metric", "ours", "value", "best peer", "value", "better by", "defaults", "seconds", "peers'"]);
for (const [name, { task, target }] of Object.entries(tables)) {
  if (only && !only.includes(name)) continue;
  const ours = [];
  const seeds = Array.from({ length: Number(options.seeds) }, (_, seed) => String(seed));
  for (const seed of seeds) ours.push(train(name, task, target, seed));
  all[name] = ours;
  const path = join(folder, name, "peers.json");
  const peers = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
  compare(
    name,
    task,
    ours,
    seeds.map((seed) => peers[seed] ?? {}),
  );
  if (options.out) writeFileSync(options.out, JSON.stringify(all, null, 1));
}

/** Scores of each algorithm on a split. */
function train(name, task, target, seed) {
  const work = mkdtempSync(join(tmpdir(), "kaayko-real-"));
  const at = (file) => join(folder, name, seed, file);
  const chosen = ["--target", target, "--task", task, "--algorithms", options.algorithms, "--seed", seed];
  const places = ["--checkpoints-dir", join(work, "c"), "--models-dir", join(work, "m")];
  const sets = options.set.flatMap((pair) => ["--set", pair]);
  const run = spawnSync(
    process.execPath,
    [
      join(root, "bin", "kaayko"),
      "train",
      "--data",
      at("train.csv"),
      "--test",
      at("test.csv"),
      ...chosen,
      ...sets,
      "--no-input",
      "--json",
      ...places,
    ],
    { encoding: "utf8", maxBuffer: 1 << 28 },
  );
  rmSync(work, { recursive: true, force: true });
  if (run.status !== 0) {
    process.stdout.write(`${name} failed: ${run.stderr.trim().split("\n").at(-1)} ${run.stdout.slice(0, 300)}\n`);
    return {};
  }
  const { algorithms, champion } = JSON.parse(run.stdout);
  return {
    ...Object.fromEntries(algorithms.map((found) => [found.name, { ...found.metrics?.test, seconds: found.seconds }])),
    champion: champion?.algorithm ?? champion?.name ?? champion,
  };
}

/** A line for every metric and algorithm: means over the seeds, beside the best of all peers and the best with plain defaults. */
function compare(name, task, ours, peers) {
  for (const metric of METRICS[task]) {
    const sign = HIGHER.has(metric) ? 1 : -1;
    const best = (names) =>
      names
        .map((peer) => ({
          peer,
          value: mean(peers.map((of) => of[peer]?.[metric])),
          seconds: mean(peers.map((of) => of[peer]?.seconds)),
        }))
        .filter(({ value }) => Number.isFinite(value))
        .sort((a, b) => sign * (b.value - a.value))[0];
    const names = Object.keys(peers[0] ?? {});
    const top = best(names);
    const plain = best(names.filter((peer) => !peer.endsWith("-stopped")));
    for (const algorithm of options.algorithms.split(",")) {
      const value = mean(ours.map((of) => of[algorithm]?.[metric]));
      const seconds = mean(ours.map((of) => of[algorithm]?.seconds));
      const better = (peer) =>
        peer === undefined
          ? ""
          : `${(100 * (sign > 0 ? value / peer.value - 1 : 1 - value / peer.value)).toFixed(2)} %`;
      print([
        name,
        metric,
        algorithm,
        value.toPrecision(5),
        top?.peer ?? "",
        top?.value.toPrecision(5) ?? "",
        better(top),
        better(plain),
        seconds.toFixed(1),
        top?.seconds.toFixed(1) ?? "",
      ]);
    }
  }
}

function mean(values) {
  return values.reduce((sum, value) => sum + (value ?? Number.NaN), 0) / values.length;
}

function print(cells) {
  const widths = [15, 17, 14, 10, 18, 10, 11, 11, 9, 8];
  process.stdout.write(
    `${cells.map((cell, i) => (i < 3 || i === 4 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(" ")}\n`,
  );
}
