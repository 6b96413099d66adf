// Peak memory of streaming a CSV without keeping it, at 0.6 M and 2.4 M rows × 20: it must not grow with the file.
//   node bench/read/csv-memory.mjs [--threads 1]
// Needs `npm run build`. Takes 600 MB under bench/.cache while it runs.
import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { threads: { type: "string", default: "1" }, child: { type: "string" } } });
const ROWS = 20_000;

if (values.child !== undefined) {
  const { openCsv } = await import("../../dist/data/formats/csv/index.js");
  const reader = await (await openCsv(values.child)).open({ threads: Number(values.threads) });
  let rows = 0;
  for (let batch = await reader.next(); batch !== null; batch = await reader.next()) rows += batch.rows;
  await reader.close();
  console.log(rows, (process.resourceUsage().maxRSS / 1024).toFixed(0));
} else {
  const folder = fileURLToPath(new URL("../.cache/", import.meta.url));
  mkdirSync(folder, { recursive: true });
  const lines = Array.from({ length: ROWS }, (_, row) => {
    const numbers = Array.from({ length: 17 }, (_, column) => ((row * 7919 + column * 104729) % 1000003) / 1000);
    return [...numbers, `city ${row % 500}`, `user ${row}`, row % 2 === 0].join(",");
  });
  const block = `${lines.join("\n")}\n`;
  for (const blocks of [30, 120]) {
    const file = `${folder}stream-${blocks}.csv`;
    writeFileSync(file, `${Array.from({ length: 20 }, (_, column) => `column_${column}`).join(",")}\n`);
    for (let index = 0; index < blocks; index++) appendFileSync(file, block);
    const run = [fileURLToPath(import.meta.url), "--child", file, "--threads", values.threads];
    const { stdout, stderr } = spawnSync(process.execPath, run, { encoding: "utf8" });
    const [rows, peak] = stdout.trim().split(" ");
    console.log(rows === undefined || peak === undefined ? stderr : `${rows} rows: peak ${peak} MB`);
    rmSync(file);
  }
}
