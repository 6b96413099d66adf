// Rows larger than memory: node bench/trees/scale.mjs [--rows 100000,2400000,24000000] [--rounds 10] [--limit 1GiB] [--tables DIR].
// Trains xgboost through the command line on paddle-safety: every table but the largest in memory, the largest in a control group of its
// own whose limit counts the page cache, too. Shows cost per row (clock and processor) against the table in memory before it. Where no
// control group can be made, the largest runs with --max-memory alone, and its resident memory and the file's share of the page cache say
// what it used. DIR keeps the tables (default: bench/.cache/trees); needs `npm run build`.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("../..", import.meta.url));
const BIN = join(root, "bin", "kaayko");
const GIB = 2 ** 30;
const { values: options } = parseArgs({
  options: {
    rows: { type: "string", default: "100000,2400000,24000000" },
    rounds: { type: "string", default: "10" },
    limit: { type: "string", default: "1GiB" },
    tables: { type: "string", default: join(root, "bench", ".cache", "trees") },
  },
});
const limit = Number.parseFloat(options.limit) * GIB;
const USAGE =
  'import fs from "node:fs"; process.on("exit", () => fs.writeFileSync(process.env.USAGE_FILE, JSON.stringify(process.cpuUsage())));';

function tableOf(rows) {
  const path = join(options.tables, `scale-${rows}.parquet`);
  if (existsSync(path)) return path;
  mkdirSync(options.tables, { recursive: true });
  const args = ["data", "generate", "--recipe", "paddle-safety", "--rows", String(rows), "--out", path, "--quiet"];
  const { status } = spawnSync(process.execPath, [BIN, ...args], { stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw new Error(`no table of ${rows} rows`);
  return path;
}

/** A control group under this process's own, of either version; null where none can be made. */
function makeGroup() {
  const own = readFileSync("/proc/self/cgroup", "utf8").split("\n");
  const first = own.find((line) => line.split(":")[1]?.split(",").includes("memory"));
  const second = own.find((line) => line.startsWith("0::"));
  const [base, file, most] =
    first !== undefined
      ? [`/sys/fs/cgroup/memory${first.split(":")[2]}`, "memory.limit_in_bytes", "memory.max_usage_in_bytes"]
      : [`/sys/fs/cgroup${second?.slice(3) ?? ""}`, "memory.max", "memory.peak"];
  const folder = join(base, `kaayko-scale-${process.pid}`);
  try {
    mkdirSync(folder);
    writeFileSync(join(folder, file), String(limit));
    return { folder, peak: () => Number(readFileSync(join(folder, most), "utf8")) };
  } catch (error) {
    process.stderr.write(`No control group (${error.code}): measuring resident memory instead of limiting it.\n`);
    return null;
  }
}

/** Trains once. `group` is entered by the child before it becomes node. */
function train(path, maxMemory, group) {
  const folder = mkdtempSync(join(tmpdir(), "kaayko-scale-"));
  const settings = ["xgboost.colsample=1", "xgboost.learningRate=0.1"].flatMap((pair) => ["--set", pair]);
  const sizes = ["--validation-size", "0.01", "--test-size", "0.01", "--refit", "never", "--report", "none"];
  const run = ["train", "--data", path, "--target", "score", "--algorithms", "xgboost", "--rounds", options.rounds];
  const args = [
    ...run,
    ...settings,
    ...sizes,
    "--max-memory",
    String(Math.round(maxMemory)),
    "--threads",
    "2",
    "--json",
  ];
  const preload = `data:text/javascript,${encodeURIComponent(USAGE)}`;
  const enter = group === null ? "" : `echo $$ > "${join(group.folder, "cgroup.procs")}" && `;
  const usage = join(folder, "usage.json");
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(
    "sh",
    ["-c", `${enter}exec "$@"`, "sh", process.execPath, "--import", preload, BIN, ...args],
    { cwd: folder, env: { ...process.env, USAGE_FILE: usage }, encoding: "utf8", maxBuffer: 1 << 28 },
  );
  const seconds = (performance.now() - started) / 1000;
  if (status !== 0) throw new Error(`train ended with ${status}\n${stderr.slice(-2000)}${stdout.slice(-2000)}`);
  const { user, system } = JSON.parse(readFileSync(usage, "utf8"));
  const document = JSON.parse(stdout);
  const stageOf = (name) => document.stages.find((stage) => stage.name === name).seconds;
  rmSync(folder, { recursive: true, force: true });
  return {
    seconds,
    busy: (user + system) / 1e6,
    load: stageOf("load") + stageOf("features"),
    train: stageOf("train"),
    rss: Math.max(...document.stages.map(({ peakRssBytes }) => peakRssBytes)),
    rmse: document.metrics.test?.rmse ?? document.algorithms[0].metrics.test?.rmse ?? Number.NaN,
  };
}

/** Bytes of a file in the page cache, where util-linux can say. */
function cachedBytes(path) {
  const { status, stdout } = spawnSync("fincore", ["--bytes", "--noheadings", "--output", "RES", path], {
    encoding: "utf8",
  });
  return status === 0 ? Number(stdout.trim()) : null;
}

const sizes = options.rows.split(",").map(Number);
const largest = Math.max(...sizes);
process.stdout.write(
  "| rows | held | load s | train s | whole s | processor s | train µs a row | processor µs a row | peak MiB | RMSE |\n|---|---|---|---|---|---|---|---|---|---|\n",
);
for (const rows of sizes) {
  const path = tableOf(rows);
  const group = rows === largest && sizes.length > 1 ? makeGroup() : null;
  const inMemory = rows !== largest || sizes.length === 1;
  const result = train(path, inMemory ? 16 * GIB : limit / 2, group);
  const mebi = (bytes) => Math.round(bytes / 2 ** 20);
  const peak =
    group === null ? `${mebi(result.rss)} resident` : `${mebi(group.peak())} of ${mebi(limit)}, cache included`;
  const cached = group === null && !inMemory ? `, ${mebi(cachedBytes(path) ?? 0)} of the file cached` : "";
  const figures = [result.load, result.train, result.seconds, result.busy].map((value) => value.toFixed(2));
  const perRow = [result.train, result.busy].map((value) => ((value / rows) * 1e6).toFixed(3));
  process.stdout.write(
    `| ${rows.toLocaleString("en-US")} | ${inMemory ? "memory" : "stream"} | ${[...figures, ...perRow].join(" | ")} | ${peak}${cached} | ${result.rmse.toFixed(5)} |\n`,
  );
  if (group !== null) rmdirSync(group.folder);
}
