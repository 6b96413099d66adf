// The comparison, whole: node bench/trees/run.mjs [--only paddle,leaves,binary,multiclass,dense,small] [--times 3] [--rounds N].
// Installs the peers into bench/.cache/venv (PYTHON names another interpreter that has them), makes the tables, runs ours and the peers
// in turn and prints medians. THREADS: default 2.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const folder = fileURLToPath(new URL(".", import.meta.url));
const root = join(folder, "..", "..");
const cache = join(root, "bench", ".cache");
const { values: options } = parseArgs({
  options: { only: { type: "string" }, times: { type: "string", default: "3" }, rounds: { type: "string" } },
});
const PACKAGES = ["numpy", "pandas", "pyarrow", "scikit-learn", "xgboost", "lightgbm"];
const DEPTH = ["learningRate=0.1", "colsample=1", "subsample=1"];
/** Each row of the table: ours, and the leaves that peers may grow. */
const WORKS = {
  paddle: { table: "paddle", rounds: 100, ours: ["xgboost", ...DEPTH], peers: ["xgb", "lgb", "lgbq", "sk"] },
  leaves: {
    table: "paddle",
    rounds: 200,
    ours: ["hist-gradient", "learningRate=0.1", "maxLeaves=255"],
    leaves: 255,
    peers: ["lgb", "lgbq"],
  },
  binary: { table: "paddle", task: "binary", rounds: 100, ours: ["xgboost", ...DEPTH], peers: ["xgb", "lgb", "lgbq"] },
  multiclass: {
    table: "paddle",
    task: "multiclass",
    rounds: 40,
    ours: ["xgboost", ...DEPTH],
    peers: ["xgb", "lgb", "lgbq"],
  },
  dense: { table: "dense", rounds: 100, ours: ["xgboost", ...DEPTH], peers: ["xgb", "lgb", "lgbq"] },
  small: {
    table: "small",
    rounds: 200,
    ours: ["hist-gradient", "learningRate=0.1", "maxLeaves=31"],
    leaves: 31,
    peers: ["lgb", "xgb"],
  },
};

function run(command, args, env = {}) {
  const result = spawnSync(command, args, { encoding: "utf8", env: { ...process.env, ...env }, maxBuffer: 1 << 26 });
  if (result.status !== 0) throw new Error(`${command} ${args.join(" ")}\n${result.stderr}`);
  return result.stdout;
}

function findPython() {
  if (process.env.PYTHON) return process.env.PYTHON;
  const python = join(cache, "venv", "bin", "python");
  if (!existsSync(python)) {
    mkdirSync(cache, { recursive: true });
    run("python3", ["-m", "venv", join(cache, "venv")]);
    run(python, ["-m", "pip", "install", "--quiet", ...PACKAGES]);
  }
  return python;
}

function makeTable(python, name) {
  const path = join(cache, "trees", `${name}.parquet`);
  if (existsSync(path)) return;
  mkdirSync(join(cache, "trees"), { recursive: true });
  if (name === "paddle") run(process.execPath, [join(root, "bin", "kaayko"), "data", "generate", "--out", path]);
  else run(python, [join(folder, "generate.py"), name]);
}

/** One run of one side: what it printed. */
function measure(python, who, { table, task = "regression", rounds, ours, leaves = 64 }) {
  const count = options.rounds ?? String(rounds);
  const [algorithm, ...settings] = ours;
  const printed =
    who === "kaayko"
      ? run(process.execPath, [join(folder, "ours.mjs"), algorithm, table, count, task, ...settings])
      : run(python, [join(folder, "peers.py"), who, table, count, task], { LEAVES: String(leaves) });
  return JSON.parse(printed.trim().split("\n").at(-1));
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

const python = findPython();
const names = options.only?.split(",") ?? Object.keys(WORKS);
for (const name of names) {
  const work = WORKS[name];
  makeTable(python, work.table);
  const sides = ["kaayko", ...work.peers];
  const runs = new Map(sides.map((side) => [side, []]));
  for (let i = 0; i < Number(options.times); i++)
    for (const side of sides) runs.get(side).push(measure(python, side, work));
  process.stdout.write(
    `\n${name}\n\n| | load s | bin s | train s | bin + train s | processor s | predict ms | peak MiB | error |\n|---|---|---|---|---|---|---|---|---|\n`,
  );
  for (const side of sides) {
    const of = (read) => median(runs.get(side).map(read));
    const figures = [(r) => r.load, (r) => r.bin, (r) => r.train, (r) => r.bin + r.train, (r) => r.busy].map((read) =>
      of(read).toFixed(2),
    );
    process.stdout.write(
      `| ${side} | ${figures.join(" | ")} | ${of((r) => r.predictMs)} | ${of((r) => r.peakMiB)} | ${of((r) => r.error)} |\n`,
    );
  }
}
