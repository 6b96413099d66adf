/**
 * Prediction speed of a saved model, warm: one row with encoding and rules through the library, and a batch of typed columns.
 *
 *   node bench/predict/run.mjs MODEL_FOLDER ROWS.parquet
 *
 * Wants under 20 µs a row alone and over 500,000 rows a second in a batch.
 */
import { createModelPredictor, createRowPredictor, loadModel, openSource } from "../../dist/index.js";

const [folder, file] = process.argv.slice(2);
const { model } = await loadModel(folder);
const predictor = await createModelPredictor(model, { threads: 2 });
const columns = model.pipeline.columns.map(({ name }) => name);
const reader = await (await openSource(file)).open({ columns });
const batch = await reader.next();
const row = Object.fromEntries(
  batch.columns.map((column) => {
    const value = "codes" in column ? column.dictionary[column.codes[0] - 1] : column.values[0];
    return [column.name, value === undefined || Number.isNaN(value) ? null : value];
  }),
);

const one = createRowPredictor(predictor);
const singles = [];
for (let i = 0; i < 5000; i++) {
  const begun = performance.now();
  await one.predict(row);
  singles.push(performance.now() - begun);
}
const rates = [];
for (let i = 0; i < 7; i++) {
  const begun = performance.now();
  await predictor.predict(batch);
  rates.push(batch.rows / ((performance.now() - begun) / 1000));
}
await reader.close();
await predictor.dispose();
const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];
console.log(JSON.stringify({ oneRowMicroseconds: 1000 * median(singles), rowsPerSecond: Math.round(median(rates)) }));
