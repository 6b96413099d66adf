/**
 * Speed of a model's standalone exports, warm: one row of JSON after the other, each a different one.
 *
 *   node bench/predict/alone.mjs MODEL_FOLDER ROWS.parquet
 *
 * Wants under 1 µs in TypeScript and under 0.7 µs in WebAssembly for 100 trees of depth 6, reading the row's cells included. Processor
 * time is the fairer figure on a machine that does other work besides.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createModelPredictor, loadModel, openSource } from "../../dist/index.js";
import { exportModel } from "../../dist/models/index.js";

const ROWS = 2000;
const [folder, file] = process.argv.slice(2);
const { model } = await loadModel(folder);
const columns = model.pipeline.columns.map(({ name }) => name);
const reader = await (await openSource(file)).open({ columns, batchRows: ROWS });
const batch = await reader.next();
await reader.close();
const cellOf = (column, row) => {
  const value = "codes" in column ? column.dictionary[column.codes[row] - 1] : column.values[row];
  return value === undefined || Number.isNaN(value) ? null : value;
};
const rows = Array.from({ length: ROWS }, (_, row) =>
  Object.fromEntries(batch.columns.map((column) => [column.name, cellOf(column, row)])),
);
const predictor = await createModelPredictor(model);
const known = await predictor.predictTable(predictor.encode(batch));
await predictor.dispose();

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
const output = mkdtempSync(join(tmpdir(), "kaayko-alone-"));
for (const format of ["javascript", "wasm"]) {
  const path = join(output, `${format}.mjs`);
  writeFileSync(path, (await exportModel(model, format)).content);
  const { predict } = await import(pathToFileURL(path).href);
  const clock = [];
  const processor = [];
  for (let i = 0; i < 61; i++) {
    const used = process.cpuUsage();
    const begun = performance.now();
    for (let row = 0; row < ROWS; row++) predict(rows[row]);
    clock.push((1000 * (performance.now() - begun)) / ROWS);
    const { user, system } = process.cpuUsage(used);
    processor.push((user + system) / ROWS);
  }
  const same = rows.every((row, i) => Object.is(predict(row).prediction, known[i]));
  const figures = { clock: median(clock), processor: median(processor), best: Math.min(...clock) };
  const text = Object.entries(figures).map(([name, value]) => [name, Number(value.toFixed(2))]);
  console.log(
    JSON.stringify({ format, trees: model.content.arrays.ends.length, microseconds: Object.fromEntries(text), same }),
  );
}
rmSync(output, { recursive: true, force: true });
