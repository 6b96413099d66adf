import type { JsonObject } from "../../core/index.ts";
import {
  checkHealth,
  findModel,
  listModels,
  type ModelEntry,
  type ModelPredictor,
  predictRows,
} from "../../models/index.ts";
import type { MetricSet } from "../../reports/index.ts";
import { evaluateFile } from "../../training/index.ts";
import type { ModelService, ModelSummary } from "../services.ts";
import { exportPackage, importPackage } from "./exchange-models.ts";
import { openFor, progressOf, withPredictor } from "./opened-model.ts";
import { predictTable } from "./predict-table.ts";
import { scoreTagFiles } from "./score-entities.ts";

/** Models in a folder. */
export const modelService: ModelService = {
  list: async (modelsDir) => (await listModels(modelsDir)).map(summaryOf),
  show: async ({ model, modelsDir }) => {
    const { name, version, path, modelSha256, metadata } = await findModel(model, modelsDir);
    return { schemaVersion: 1, ...metadata, name, version, path, modelSha256 };
  },
  health: (location) =>
    withPredictor(location, async (predictor, { name, version, path, modelSha256 }) => {
      return { model: `${name}/${version}`, modelSha256, ...(await checkHealth(path, predictor)) };
    }),
  importance: (location) => withPredictor(location, async (predictor) => importanceOf(predictor)),
  predictRows: (location, rows, options) =>
    withPredictor(location, (predictor) => predictRows(predictor, rows, options)),
  predictFile: (location, request, watch) =>
    withPredictor(location, (predictor, stored) => predictTable(predictor, stored, request, watch)),
  evaluate: (location, request, watch) =>
    withPredictor(location, async (predictor, stored) => {
      const source = await openFor(stored, request.data);
      const result = await evaluateFile({
        predictor,
        source,
        ...(request.weight === undefined ? {} : { weight: request.weight }),
        onProgress: progressOf(watch, "evaluate"),
        notify: (message) => watch.observer.notice(message),
        stop: () => watch.stop.aborted,
      });
      const { task } = predictor.model;
      return {
        schemaVersion: 1,
        model: `${stored.name}/${stored.version}`,
        modelSha256: stored.modelSha256,
        data: request.data,
        rows: result?.rows ?? 0,
        task: task.kind,
        target: task.target,
        metrics: result?.values ?? {},
        ...(result?.confusion ? { confusion: result.confusion } : {}),
        ...(result?.steps && result.steps.length > 1 ? { steps: result.steps } : {}),
      };
    }),
  scoreEntities: scoreTagFiles,
  importModel: importPackage,
  exportModel: exportPackage,
};

/** Features with their shares by measure, the most important first. */
function importanceOf({ model, importances }: ModelPredictor): JsonObject | null {
  const measures = importances();
  if (measures.length === 0) return null;
  const features = model.pipeline.features.map(({ name }, i) => ({
    feature: name,
    ...Object.fromEntries(measures.map(({ measure, values }) => [measure, values[i]!])),
  }));
  const first = measures[0]!.values;
  const order = features.map((_, i) => i).sort((a, b) => first[b]! - first[a]! || a - b);
  return { measures: measures.map(({ measure }) => measure), features: order.map((i) => features[i]!) };
}

function summaryOf({ name, version, path, bytes, metadata }: ModelEntry): ModelSummary {
  const text = (value: unknown): string => (typeof value === "string" ? value : "-");
  const metrics = metadata.metrics as JsonObject | undefined;
  const savedAt = Date.parse(text(metadata.savedAt));
  return {
    name,
    version,
    path,
    bytes,
    algorithm: text(metadata.algorithm),
    task: text(metadata.task),
    target: text(metadata.target),
    metrics: (metrics?.test ?? metrics?.validation ?? {}) as MetricSet,
    createdAt: Number.isNaN(savedAt) ? null : savedAt,
  };
}
