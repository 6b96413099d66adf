import { join } from "node:path";
import { localStore, readLatest } from "../../checkpoints/index.ts";
import { type JsonObject, KaaykoError, parseJson } from "../../core/index.ts";
import { locateModel } from "../../models/index.ts";
import { readTrainDocument, renderReports, type TrainDocument } from "../../reports/index.ts";
import { readFileCapped, writeFileAtomic } from "../../storage/index.ts";
import type { ReportService } from "../services.ts";
import { checkpointService } from "./checkpoints.ts";

const MAX_DOCUMENT_BYTES = 256 * 2 ** 20;

/** Documents of runs and models, as they were stored. */
export const reportService: ReportService = {
  find: async (name, { checkpointsDir, modelsDir }) => {
    const runs = await checkpointService.listRuns(checkpointsDir);
    const run = name === undefined ? runs[0] : runs.find(({ runId }) => runId === name);
    if (run !== undefined) return documentOfRun(checkpointsDir, run.runId);
    if (name === undefined) throw nothing(checkpointsDir);
    return documentOfModel(await locateModel(name, modelsDir));
  },
  render: renderReports,
  write: writeFileAtomic,
};

async function documentOfRun(checkpointsDir: string, run: string): Promise<TrainDocument> {
  const latest = await readLatest(localStore(checkpointsDir), run);
  const document = (latest?.state.json.run as JsonObject | undefined)?.document;
  if (document === undefined || document === null)
    throw new KaaykoError({
      action: `report on ${run}`,
      rule: "the run must have ended",
      remedy: `Go on with it: kaayko resume ${run}`,
      kind: "usage",
    });
  return readTrainDocument(document, `the result of ${run}`);
}

async function documentOfModel(folder: string): Promise<TrainDocument> {
  const path = join(folder, "report.json");
  const bytes = await readFileCapped(path, MAX_DOCUMENT_BYTES);
  if (bytes === undefined)
    throw new KaaykoError({
      action: `report on ${folder}`,
      rule: "report.json must lie beside the model",
      remedy: "A model that was imported has none; kaayko models show says what is known of it.",
      kind: "input",
    });
  return readTrainDocument(parseJson(new TextDecoder().decode(bytes), path, { anyKeys: true }), path);
}

function nothing(checkpointsDir: string): KaaykoError {
  return new KaaykoError({
    action: "write a report",
    rule: `there are no runs in ${checkpointsDir}`,
    remedy: "Name a model, or start a run with: kaayko train",
    kind: "usage",
  });
}
