// Time of one text through a stored model (median and 99th percentile, in microseconds), and texts a second in one batch, as JSON.
// Usage: node bench/text/predict.mjs MODEL-FOLDER TABLE.csv COLUMN [rows]
import { performance } from "node:perf_hooks";
import { openSource } from "../../dist/data/index.js";
import { createModelPredictor, createRowPredictor, loadModel, predictRows } from "../../dist/models/index.js";

const [folder, table, column, rows = "2000"] = process.argv.slice(2);
const reader = await (await openSource(table)).open({ columns: [column], batchRows: Number(rows) });
const { columns } = await reader.next();
const texts = Array.from(columns[0].codes, (code) => ({
  [column]: code === 0 ? null : columns[0].dictionary[code - 1],
}));
await reader.close();
const predictor = await createModelPredictor((await loadModel(folder)).model);
const single = createRowPredictor(predictor);
for (const row of texts.slice(0, 200)) await single.predict(row);
const times = [];
for (const row of texts) {
  const begun = performance.now();
  await single.predict(row);
  times.push(1000 * (performance.now() - begun));
}
times.sort((a, b) => a - b);
const begun = performance.now();
await predictRows(predictor, texts);
const seconds = (performance.now() - begun) / 1000;
await predictor.dispose();
const at = (share) => Math.round(times[Math.floor(share * (times.length - 1))]);
console.log(
  JSON.stringify({
    medianMicroseconds: at(0.5),
    p99Microseconds: at(0.99),
    textsPerSecond: Math.round(texts.length / seconds),
  }),
);
