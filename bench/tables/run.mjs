// Trains every table that peers.py wrote with kaayko's defaults and prints the scores beside LightGBM's.
// Usage: node bench/tables/run.mjs [FOLDER] [--algorithms hist-gradient,…]
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const args = process.argv.slice(2);
const flag = args.indexOf("--algorithms");
const algorithms = flag >= 0 ? args.splice(flag, 2)[1] : "hist-gradient";
const only = args.indexOf("--only") >= 0 ? args.splice(args.indexOf("--only"), 2)[1].split(",") : null;
const folder = args[0] ?? join(root, "bench", ".cache", "tables");
const peers = JSON.parse(readFileSync(join(folder, "peers.json"), "utf8"));
const HIGHER = new Set(["accuracy", "auc"]);

let worst = 0;
process.stdout.write(
  `${"table".padEnd(15)}${"algorithm".padEnd(15)}${"metric".padEnd(10)}${"ours".padStart(12)}${"LightGBM".padStart(12)}${"better by".padStart(11)}${"seconds".padStart(9)}\n`,
);
for (const [name, { task, lightgbm }] of Object.entries(peers)) {
  if (only && !only.includes(name)) continue;
  const work = mkdtempSync(join(tmpdir(), "kaayko-quality-"));
  const run = spawnSync(
    process.execPath,
    [
      join(root, "bin", "kaayko"),
      "train",
      "--data",
      join(folder, name, "train.csv"),
      "--test",
      join(folder, name, "test.csv"),
      "--target",
      "y",
      "--task",
      task,
      "--algorithms",
      algorithms,
      "--no-input",
      "--json",
      "--checkpoints-dir",
      join(work, "c"),
      "--models-dir",
      join(work, "m"),
    ],
    { encoding: "utf8", maxBuffer: 1 << 28 },
  );
  if (run.status !== 0) process.stdout.write(`${name.padEnd(15)} failed: ${run.stderr.trim().split("\n").at(-1)}\n`);
  else {
    for (const algorithm of JSON.parse(run.stdout).algorithms) {
      const metrics = algorithm.metrics?.test;
      if (!metrics) continue;
      for (const [metric, peer] of Object.entries(lightgbm)) {
        const ours = metrics[metric];
        const better = HIGHER.has(metric) ? ours / peer - 1 : 1 - ours / peer;
        worst = Math.min(worst, better);
        process.stdout.write(
          `${name.padEnd(15)}${algorithm.name.padEnd(15)}${metric.padEnd(10)}${ours.toPrecision(5).padStart(12)}${peer.toPrecision(5).padStart(12)}${`${(100 * better).toFixed(2)} %`.padStart(11)}${algorithm.seconds.toFixed(2).padStart(9)}\n`,
        );
      }
    }
  }
  rmSync(work, { recursive: true, force: true });
}
process.stdout.write(`worst: ${(100 * worst).toFixed(2)} %\n`);
