// The comparison, whole: node bench/trees/run.mjs [--only paddle,leaves,binary,multiclass,dense,small,forest,threads,evaluation]
// [--times 3] [--rounds N]. Says of each bar whether it is reached; a quarter of an hour with --times 1 on two quiet cores.
// Installs the peers into bench/.cache/venv (PYTHON names another interpreter that has them), makes the tables, runs ours and the
// peers in turn and prints medians. THREADS: default 2.
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
/** What the peers are told as well. */
const SAME = ["colsample=1", "lambda=1", "minChildRows=20"];
/** Each row of the table: ours, the leaves that peers may grow, and the bar: our time as a share of the fastest of some peers. */
const WORKS = {
  paddle: {
    table: "paddle",
    rounds: 100,
    ours: ["xgboost", ...DEPTH],
    peers: ["xgb", "lgb", "lgbq", "sk"],
    bar: { time: 0.38, of: ["xgb", "lgbq"], error: 1.002, memory: 0.65 },
  },
  leaves: {
    table: "paddle",
    rounds: 200,
    ours: ["hist-gradient", "learningRate=0.1", "maxLeaves=255", ...SAME],
    leaves: 255,
    peers: ["lgb", "lgbq"],
    bar: { time: 0.5, of: ["lgb", "lgbq"] },
  },
  binary: {
    table: "paddle",
    task: "binary",
    rounds: 100,
    ours: ["xgboost", ...DEPTH],
    peers: ["xgb", "lgb", "lgbq"],
    bar: { time: 0.45, of: ["xgb", "lgb", "lgbq"] },
  },
  multiclass: {
    table: "paddle",
    task: "multiclass",
    rounds: 40,
    ours: ["xgboost", ...DEPTH],
    peers: ["xgb", "lgb", "lgbq"],
    bar: { time: 0.5, of: ["xgb", "lgb", "lgbq"] },
  },
  dense: {
    table: "dense",
    rounds: 100,
    ours: ["xgboost", ...DEPTH],
    peers: ["xgb", "lgb", "lgbq"],
    bar: { time: 0.5, of: ["xgb", "lgb", "lgbq"] },
  },
  small: {
    table: "small",
    rounds: 200,
    ours: ["hist-gradient", "learningRate=0.1", "maxLeaves=31", ...SAME],
    leaves: 31,
    peers: ["lgb", "xgb"],
    bar: { time: 1, of: ["lgb"] },
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
  if (name === "paddle")
    run(process.execPath, [
      join(root, "bin", "kaayko"),
      "data",
      "generate",
      "--recipe",
      "paddle-safety",
      "--out",
      path,
    ]);
  else run(python, [join(folder, "generate.py"), name]);
}

/** One run of one side: what it printed. */
function measure(python, who, { table, task = "regression", rounds, ours, leaves = 64 }, env = {}) {
  const count = options.rounds ?? String(rounds);
  const [algorithm, ...settings] = ours;
  return who === "kaayko"
    ? printed(process.execPath, [join(folder, "ours.mjs"), algorithm, table, count, task, ...settings], env)
    : printed(python, [join(folder, "peers.py"), who, table, count, task], { LEAVES: String(leaves), ...env });
}

function printed(command, args, env = {}) {
  return JSON.parse(run(command, args, env).trim().split("\n").at(-1));
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

const timeOf = (result) => result.bin + result.train;

function say(what, value, limit, highest = true) {
  const reached = highest ? value <= limit : value >= limit;
  process.stdout.write(
    `- ${what}: ${value.toFixed(4)}, bar ${limit} ${highest ? "at most" : "at least"}: ${reached ? "reached" : "NOT REACHED"}\n`,
  );
}

/** Runs each side of a work in turn, prints the medians and what they say about the bar. */
function compare(name, work) {
  makeTable(python, work.table);
  const sides = ["kaayko", ...work.peers];
  const runs = new Map(sides.map((side) => [side, []]));
  for (let i = 0; i < times; i++) for (const side of sides) runs.get(side).push(measure(python, side, work));
  const of = (side, read) => median(runs.get(side).map(read));
  process.stdout.write(
    `\n${name}\n\n| | load s | bin s | train s | bin + train s | processor s | predict ms | peak MiB | error |\n|---|---|---|---|---|---|---|---|---|\n`,
  );
  for (const side of sides) {
    const reads = [(r) => r.load, (r) => r.bin, (r) => r.train, timeOf, (r) => r.busy];
    const figures = reads.map((read) => of(side, read).toFixed(2));
    process.stdout.write(
      `| ${side} | ${figures.join(" | ")} | ${of(side, (r) => r.predictMs)} | ${of(side, (r) => r.peakMiB)} | ${of(side, (r) => r.error)} |\n`,
    );
  }
  const { bar } = work;
  const share = (read, among) => of("kaayko", read) / Math.min(...among.map((side) => of(side, read)));
  process.stdout.write("\n");
  say(`time as a share of the faster of ${bar.of.join(", ")}`, share(timeOf, bar.of), bar.time);
  process.stdout.write(`- processor time as such a share: ${share((r) => r.busy, bar.of).toFixed(4)}\n`);
  if (bar.error)
    say(
      "error as a share of the best",
      share((r) => r.error, work.peers),
      bar.error,
    );
  if (bar.memory)
    say(
      "peak memory as a share of the smallest",
      share((r) => r.peakMiB, work.peers),
      bar.memory,
    );
}

/** 100 trees of depth 16 over half a million rows, the square root of the features at each node. */
function compareForests() {
  makeTable(python, "paddle");
  const forest = join(root, "bench", "forest");
  const table = process.env.TABLE ?? join(cache, "trees", "paddle.parquet");
  if (!existsSync(join(cache, "forest", "columns.json"))) run(python, [join(forest, "export.py"), table, "score"]);
  const runs = Array.from({ length: times }, () => [
    printed(process.execPath, [join(forest, "ours.mjs"), "500000", "16"]),
    printed(python, [join(forest, "peer.py"), "500000", "16"]),
  ]);
  const share = (name) => median(runs.map(([ours, peer]) => ours[name] / peer[name]));
  process.stdout.write("\nforest\n\n");
  say("time as a share of scikit-learn's", share("train"), 0.4);
  process.stdout.write(`- processor time as such a share: ${share("trainCpu").toFixed(4)}\n`);
  say("error as a share of scikit-learn's", share("error"), 1);
}

/** Ours under two environments in turn: the median ratio of the first's time to the second's. */
function ratioOfOurs(first, second, read) {
  makeTable(python, WORKS.paddle.table);
  const ratios = Array.from({ length: times }, () => {
    const [a, b] = [first, second].map((env) => read(measure(python, "kaayko", WORKS.paddle, env)));
    return a / b;
  });
  return median(ratios);
}

const python = findPython();
const times = Number(options.times);
const OTHERS = {
  forest: compareForests,
  threads: () => {
    process.stdout.write("\nthreads\n\n");
    say(
      "training on one thread over two",
      ratioOfOurs({ THREADS: "1" }, { THREADS: "2" }, (r) => r.train),
      1.8,
      false,
    );
  },
  evaluation: () => {
    process.stdout.write("\nevaluation of a tenth of the rows each round\n\n");
    say(
      "processor time over that without",
      ratioOfOurs({ VALIDATE: "1" }, {}, (r) => r.busy),
      1.05,
    );
  },
};
const names = options.only?.split(",") ?? [...Object.keys(WORKS), ...Object.keys(OTHERS)];
for (const name of names) {
  if (name in WORKS) compare(name, WORKS[name]);
  else if (name in OTHERS) OTHERS[name]();
  else throw new RangeError(`--only knows ${[...Object.keys(WORKS), ...Object.keys(OTHERS)].join(", ")}, not ${name}`);
}
