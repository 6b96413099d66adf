import { availableParallelism } from "node:os";
import { performance } from "node:perf_hooks";
import type { JsonObject, TableSource } from "../../core/index.ts";
import { openSource } from "../../data/index.ts";
import { loadUserFeatures } from "../../features/index.ts";
import {
  createModelPredictor,
  findModel,
  type ModelPredictor,
  type StoredModel,
  withIntervalLevel,
} from "../../models/index.ts";
import { adaptTable, recipeOf } from "../../recipes/index.ts";
import type { ModelLocation, Watch } from "../services.ts";

/** For reading and for predicting; what needs fewer starts fewer. */
export const THREADS = Math.min(8, availableParallelism());

/** Does something with a model that was found, and lets go of it. */
export async function withPredictor<T>(
  { model, modelsDir, features, level }: ModelLocation,
  work: (predictor: ModelPredictor, stored: StoredModel) => Promise<T>,
): Promise<T> {
  const stored = await findModel(model, modelsDir);
  const user = features === undefined ? null : await loadUserFeatures(features);
  const asked = level === undefined ? stored.model : withIntervalLevel(stored.model, level);
  const predictor = await createModelPredictor(asked, { user, threads: THREADS });
  try {
    return await work(predictor, stored);
  } finally {
    await predictor.dispose();
  }
}

/** A table as the recipe of a model's run reads it. */
export async function openFor({ metadata }: StoredModel, path: string): Promise<TableSource> {
  const settings = (metadata.request as JsonObject | undefined)?.settings as JsonObject | undefined;
  return adaptTable(await recipeOf(settings ?? {}), await openSource(path), settings);
}

/** Tells who watches how many rows are done. */
export function progressOf({ observer }: Watch, stage: string): (rows: number, total: number | undefined) => void {
  const began = performance.now();
  observer.stage(stage, 0, 1);
  return (rows, total) => {
    const seconds = (performance.now() - began) / 1000;
    const report = { done: rows === total, step: rows, unit: "row", ...(total === undefined ? {} : { total }) };
    observer.progress({ stage, seconds, report });
  };
}
