// Writes made-up traffic tables in the form of two published ones: speeds.csv, speeds.parquet (207 sensors, speeds.mjs) and volumes.csv
// (weather and holidays, volumes.mjs). First: npm run build.
// usage: node bench/traffic/tables.mjs FOLDER [--sensors 207] [--steps 34272] [--seed 1]
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createWriter } from "../../dist/data/index.js";
import { drawSpeeds } from "./speeds.mjs";
import { drawVolumes } from "./volumes.mjs";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sensors: { type: "string", default: "207" },
    steps: { type: "string", default: "34272" },
    seed: { type: "string", default: "1" },
  },
});
const folder = positionals[0];
if (folder === undefined) throw new Error("usage: node bench/traffic/tables.mjs FOLDER");
mkdirSync(folder, { recursive: true });

const [sensors, steps, seed] = [options.sensors, options.steps, options.seed].map(Number);
const { names, times, speeds } = drawSpeeds({ sensors, steps, seed });
const text = (step) => new Date(times[step]).toISOString().slice(0, 19).replace("T", " ");
writeCsv("speeds.csv", ["", ...names], steps, (step) => [text(step), ...speeds.map((own) => shortest(own[step]))]);
await write("speeds.parquet", [
  { kind: "date", physical: "timestamp (ms)", name: "timestamp", values: times },
  ...names.map((name, i) => ({ kind: "numeric", physical: "double", name, values: speeds[i] })),
]);

const rows = drawVolumes({ seed });
const columns = Object.keys(rows[0]);
writeCsv("volumes.csv", columns, rows.length, (row) => columns.map((name) => rows[row][name]));

/** Float32's digits, as the published table has them. */
function shortest(value) {
  return Number(Math.fround(value).toPrecision(8));
}

function writeCsv(name, header, count, cells) {
  const lines = Array.from({ length: count }, (_, row) => cells(row).join(","));
  writeFileSync(join(folder, name), `${[header.join(","), ...lines].join("\n")}\n`);
}

async function write(name, columns) {
  const schema = columns.map(({ name: column, kind, physical }) => ({ name: column, kind, physical }));
  const writer = await createWriter(join(folder, name), schema);
  await writer.write({ firstRow: 0, rows: columns[0].values.length, columns });
  await writer.finish();
}
