// Reads a CSV of 1 M rows × 20 (11 floats, 6 whole numbers, 3 strings) into typed columns, in turn with pyarrow on two threads.
//   node bench/read/csv.mjs [--python PATH] [--rounds 7] [--rows 1000000] [--threads 2]
// Needs `npm run build`, and a Python with pyarrow for the ratio. Prints the median ratio and the peak memory of both.
import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, existsSync, mkdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    python: { type: "string", default: "python3" },
    rounds: { type: "string", default: "7" },
    rows: { type: "string", default: "1000000" },
    threads: { type: "string", default: "2" },
    child: { type: "string" },
  },
});

if (values.child !== undefined) {
  await readOnce(values.child, Number(values.threads));
} else {
  const file = await makeFile(Number(values.rows));
  console.log(`${values.rows} rows, ${(statSync(file).size / 1e6).toFixed(0)} MB, ${values.threads} threads`);
  const ours = [];
  const theirs = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    ours.push(child(process.execPath, [fileURLToPath(import.meta.url), "--child", file, "--threads", values.threads]));
    theirs.push(child(values.python, [fileURLToPath(new URL("csv.py", import.meta.url)), file]));
  }
  const ratios = ours.map((run, round) => run[0] / theirs[round][0]);
  console.log(`kaayko  ${show(ours)}`);
  console.log(`pyarrow ${show(theirs)}`);
  console.log(`ratio   ${median(ratios).toFixed(2)} (median of ${ratios.map((ratio) => ratio.toFixed(2)).join(" ")})`);
}

/** Opens, describes and reads the whole table, as `train` does: nothing is known before. */
async function readOnce(file, threads) {
  const { openCsv } = await import("../../dist/data/formats/csv/index.js");
  const start = performance.now();
  const source = await openCsv(file);
  const { rows } = await source.describe();
  const described = performance.now();
  const reader = await source.open({ retain: true, threads });
  while ((await reader.next()) !== null);
  const table = reader.table();
  await reader.close();
  const end = performance.now();
  if (table.columns.length !== 20) throw new Error(`${table.columns.length} columns`);
  const peak = process.resourceUsage().maxRSS / 1024;
  console.log((end - start) / 1000, peak, rows, `describe ${((described - start) / 1000).toFixed(2)}`);
}

function child(program, args) {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${program}: ${stderr}`);
  return stdout.trim().split(" ").map(Number);
}

function show(runs) {
  const seconds = runs.map(([value]) => value);
  const peak = Math.max(...runs.map((run) => run[1]));
  return `median ${median(seconds).toFixed(2)} s, peak ${peak.toFixed(0)} MB`;
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

/** Made once, from a fixed seed. */
async function makeFile(rows) {
  const folder = fileURLToPath(new URL("../.cache/", import.meta.url));
  const file = `${folder}mixed-${rows}.csv`;
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  let state = 42;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
  const columns = [
    ...Array.from({ length: 4 }, () => () => String(random() * 100 - 50)),
    ...Array.from({ length: 7 }, (_, index) => () => (random() * 10 ** index).toFixed(4)),
    ...Array.from({ length: 6 }, (_, index) => () => String(Math.floor(random() * 10 ** (index + 1)))),
    () => ["red", "green", "blue", ""][Math.floor(random() * 4)],
    () => `city ${Math.floor(random() * 500)}`,
    () => (random() < 0.1 ? `"Smith, ${Math.floor(random() * 50)}"` : `name ${Math.floor(random() * 5000)}`),
  ];
  const stream = createWriteStream(`${file}.part`);
  stream.write(`${columns.map((_, index) => `column_${index}`).join(",")}\n`);
  for (let row = 0; row < rows; ) {
    let text = "";
    for (const end = Math.min(rows, row + 5000); row < end; row++)
      text += `${columns.map((make) => make()).join(",")}\n`;
    if (!stream.write(text)) await once(stream, "drain");
  }
  stream.end();
  await once(stream, "finish");
  execFileSync("mv", [`${file}.part`, file]);
  return file;
}
