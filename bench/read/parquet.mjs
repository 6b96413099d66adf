// Parquet against pyarrow: 2.4 M rows × 36 into float32 and dictionary columns, two threads each, taking turns.
//   npm run build && node bench/read/parquet.mjs [rounds]
// Needs Python 3; pyarrow goes into a virtual environment under bench/.cache, and the files too (0.9 GB).
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROWS = 2_400_000;
const CACHE = fileURLToPath(new URL("../.cache/", import.meta.url));
const VENV = join(CACHE, "venv");
const PYTHON = join(VENV, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
const READER = new URL("../../dist/data/formats/parquet/index.js", import.meta.url).href;
const MEBIBYTE = 1024 * 1024;

// 35 columns of numbers of different kinds (continuous, rounded, walking, small whole numbers, some with gaps) and one of
// strings; as pandas writes them, and once as one row group.
const MAKE = `
import sys, numpy as np, pandas as pd
path, dtype, rows, group = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
random = np.random.default_rng(1)
columns = {}
for i in range(35):
    values = [
        lambda: random.normal(size=rows),
        lambda: np.round(random.gamma(2, 30, size=rows), 2),
        lambda: np.cumsum(random.normal(size=rows)),
        lambda: random.integers(0, 500, size=rows).astype(float),
        lambda: np.round(random.normal(size=rows) * 10, 1),
    ][i % 5]().astype(dtype)
    if i % 7 == 0:
        values[random.random(rows) < 0.03] = np.nan
    columns[f"x{i}"] = values
words = np.array([f"category {i}" for i in range(5)], dtype=object)
columns["word"] = words[random.integers(0, 5, size=rows)]
pd.DataFrame(columns).to_parquet(path, index=False, row_group_size=group)
`;

const THEIRS = `
import sys, time, pyarrow as pa, pyarrow.parquet as pq
pa.set_cpu_count(2)
pa.set_io_thread_count(2)
start = time.perf_counter()
table = pq.read_table(sys.argv[1], use_threads=True)
print(time.perf_counter() - start)
`;

const OURS = `
import { openParquet } from ${JSON.stringify(READER)};
const [path, threads, retain] = process.argv.slice(1);
const start = performance.now();
const reader = await (await openParquet(path)).open({ threads: Number(threads), retain: retain === "true" });
let rows = 0;
for (let batch = await reader.next(); batch !== null; batch = await reader.next()) rows += batch.rows;
const seconds = (performance.now() - start) / 1000;
if (retain === "true" && reader.table().rows !== rows) throw new Error("rows are missing");
await reader.close();
console.log(JSON.stringify({ seconds, rows, peak: process.resourceUsage().maxRSS * 1024 }));
`;

function python(code, ...args) {
  return execFileSync(PYTHON, ["-c", code, ...args.map(String)], { encoding: "utf8" });
}

function ours(path, threads, retain) {
  const args = ["--input-type=module", "-e", OURS, path, String(threads), String(retain)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
}

function prepare() {
  mkdirSync(CACHE, { recursive: true });
  if (existsSync(PYTHON)) return;
  execFileSync("python3", ["-m", "venv", VENV], { stdio: "inherit" });
  execFileSync(PYTHON, ["-m", "pip", "install", "-q", "pyarrow", "pandas", "numpy"], { stdio: "inherit" });
}

function fileOf(dtype, rows, group) {
  const path = join(CACHE, `table-${dtype}-${rows}-${group}.parquet`);
  if (!existsSync(path)) python(MAKE, path, dtype, rows, group);
  return path;
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const megabytes = (bytes) => `${Math.round(bytes / MEBIBYTE)} MiB`;

prepare();
const rounds = Number(process.argv[2] ?? 5);
for (const dtype of ["float32", "float64"]) {
  const path = fileOf(dtype, ROWS, 1 << 20);
  const pairs = Array.from({ length: rounds }, () => ({
    theirs: Number(python(THEIRS, path)),
    ours: ours(path, 2, true),
  }));
  const ratio = median(pairs.map((pair) => pair.ours.seconds / pair.theirs));
  const seconds = median(pairs.map((pair) => pair.ours.seconds));
  const peak = Math.max(...pairs.map((pair) => pair.ours.peak));
  console.log(
    `${dtype}, kept: ${seconds.toFixed(2)} s, ${ratio.toFixed(2)} × pyarrow (bar 3), peak ${megabytes(peak)} (bar 450)`,
  );
}
for (const rows of [ROWS / 4, ROWS]) {
  for (const threads of [1, 2]) {
    const { seconds, peak } = ours(fileOf("float64", rows, rows), threads, false);
    const what = `one row group of ${rows} rows, streamed, ${threads} thread${threads > 1 ? "s" : ""}`;
    console.log(`${what}: ${seconds.toFixed(2)} s, peak ${megabytes(peak)}`);
  }
}
