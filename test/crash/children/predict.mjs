// Predicts a table and dies by SIGKILL after some of its batches: node predict.mjs DIST MODEL TABLE OUT BATCHES (0: lives).
import { pathToFileURL } from "node:url";

const [dist, folder, data, out, batches] = process.argv.slice(2);
const load = (file) => import(new URL(file, `${pathToFileURL(dist).href}/`).href);
const { outputsOf } = await load("core/index.js");
const { createWriter, openSource } = await load("data/index.js");
const { createModelPredictor, loadModel, openPredictionLog, predictFile } = await load("models/index.js");

const { model, modelSha256 } = await loadModel(folder);
const log = await openPredictionLog({ out, plan: { modelSha256 }, outputs: outputsOf(model.task), commitMs: 0 });
process.stdout.write(`${log.rows}\n`);
let done = 0;
await predictFile({
  predictor: await createModelPredictor(model),
  source: await openSource(data),
  openWriter: (columns) => createWriter(out, columns),
  batchRows: 160,
  log,
  onProgress: () => {
    done++;
    if (done === Number(batches)) process.kill(process.pid, "SIGKILL");
  },
});
