import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setImmediate } from "node:timers/promises";
import { KaaykoError } from "../../core/index.ts";
import {
  agreesWithKept,
  createModelPredictor,
  loadModel,
  locateModel,
  type ModelPredictor,
  rowsToBatch,
  type StoredModel,
} from "../../models/index.ts";

/** A model in memory, verified. */
export interface ServedModel {
  readonly stored: StoredModel;
  readonly predictor: ModelPredictor;
  /** Time of one row of JSON, in microseconds: the fastest of some when it was loaded. */
  readonly oneRowMicroseconds: number;
  /** ISO 8601. */
  readonly loadedAt: string;
}

const PROBES = 40;
const PROBE_LIMIT_MS = 200;

/**
 * Loads the newest version of a model and verifies it: its hashes, its shape, and that it predicts what it did when it was saved.
 *
 * @param name a name that `isModelName` accepts: it becomes part of a path
 * @throws KaaykoError (input) where there is none, (damaged) where it is not whole or needs what a server does not have
 */
export async function loadServedModel(modelsDir: string, name: string): Promise<ServedModel> {
  const path = await locateModel(join(modelsDir, name), modelsDir);
  try {
    const stored = await loadModel(path);
    const predictor = await createModelPredictor(stored.model);
    const oneRowMicroseconds = await verify(path, predictor).catch(async (error: unknown) => {
      await predictor.dispose();
      throw error;
    });
    return { stored, predictor, oneRowMicroseconds, loadedAt: new Date().toISOString() };
  } catch (error) {
    const rule = error instanceof Error ? error.message : String(error);
    throw new KaaykoError({ action: `serve the model ${name}`, rule, kind: "damaged", cause: error });
  }
}

/** Names that can be a model's folder: letters, digits, `._-`, at most 200, no leading dot or dash. */
export function isModelName(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9._-]{0,199}$/.test(name);
}

/** Whether a folder holds a model of that name, one that `isModelName` accepts. */
export function isStored(modelsDir: string, name: string): Promise<boolean> {
  return locateModel(join(modelsDir, name), modelsDir).then(
    () => true,
    () => false,
  );
}

async function verify(path: string, predictor: ModelPredictor): Promise<number> {
  if ((await agreesWithKept(path, predictor)) === false)
    throw new KaaykoError({ action: "serve a model", rule: "it must predict what it did when it was saved" });
  return timeOneRow(predictor);
}

/** Predicts a row of missing values a few times, letting others in between. */
async function timeOneRow(predictor: ModelPredictor): Promise<number> {
  const row = Object.fromEntries(predictor.inputs.map(({ name }) => [name, null]));
  const times: number[] = [];
  const begun = performance.now();
  for (let i = 0; i < PROBES && performance.now() - begun < PROBE_LIMIT_MS; i++) {
    const start = performance.now();
    const predictions = await predictor.predict(rowsToBatch(predictor.inputs, [row]));
    times.push(performance.now() - start);
    if (!predictions.every(Number.isFinite))
      throw new KaaykoError({
        action: "serve a model",
        rule: "its predictions must be finite numbers",
        kind: "damaged",
      });
    await setImmediate();
  }
  // The fastest: others wait for the compiler and for whatever else the machine does.
  return 1000 * Math.min(...times);
}
