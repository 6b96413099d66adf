import { exp, type JsonObject, type JsonValue, KaaykoError, log } from "../../core/index.ts";
import type { ReadyBatch } from "./batches.ts";
import type { Encoder } from "./encoder.ts";

/** Where a training stands, apart from its weights. Plain data; what `getState` gives as JSON. */
export interface Progress {
  phase: "prepare" | "train" | "validate" | "done";
  /** Passes that are finished. */
  epoch: number;
  /** Updates done: Adam's step number. */
  update: number;
  /** Steps reported: updates and validation chunks. */
  step: number;
  /** Where the stream of this phase stands behind the last batch consumed; null at its beginning. */
  position: JsonObject | null;
  lossSum: number;
  lossBatches: number;
  scoreSum: number;
  scoreWeight: number;
  /** The best validation score and its epoch; null before the first. */
  best: { epoch: number; score: number } | null;
  history: { epoch: number; loss: number; score: number | null }[];
}

export function newProgress(): Progress {
  return {
    phase: "prepare",
    epoch: 0,
    update: 0,
    step: 0,
    position: null,
    lossSum: 0,
    lossBatches: 0,
    scoreSum: 0,
    scoreWeight: 0,
    best: null,
    history: [],
  };
}

const COUNTERS = ["epoch", "update", "step", "lossSum", "lossBatches", "scoreSum", "scoreWeight"] as const;

/** Reads a progress back that was saved as JSON. */
export function parseProgress(value: JsonValue | undefined): Progress {
  const saved = value as unknown as Progress | null | undefined;
  const sound =
    saved !== null &&
    typeof saved === "object" &&
    ["prepare", "train", "validate", "done"].includes(saved.phase) &&
    COUNTERS.every((name) => typeof saved[name] === "number" && saved[name] >= 0) &&
    Array.isArray(saved.history);
  if (!sound)
    throw new KaaykoError({
      action: "resume the neural network",
      rule: "its saved progress must be whole",
      got: "something else",
      kind: "damaged",
    });
  return structuredClone(saved);
}

/**
 * Adds a validation batch's share of the score: squared errors of the standardised target, or log losses.
 *
 * @param outputs rows × outputs, before sigmoid or softmax
 */
export function addScore(progress: Progress, encoder: Encoder, batch: ReadyBatch, outputs: Float32Array): void {
  const width = encoder.network.outputs;
  for (let row = 0; row < batch.rows.rows; row++) {
    const weight = batch.rawWeight[row]!;
    progress.scoreSum += weight * rowScore(encoder, outputs, row * width, batch.rawTarget[row]!);
    progress.scoreWeight += weight;
  }
}

function rowScore({ network, centre, spread }: Encoder, outputs: Float32Array, at: number, target: number): number {
  if (network.loss === "squared") {
    const error = outputs[at]! - (target - centre) / spread;
    return error * error;
  }
  if (network.loss === "logistic") {
    const z = target === 1 ? -outputs[at]! : outputs[at]!;
    return Math.max(z, 0) + log(1 + exp(-Math.abs(z)));
  }
  let highest = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < network.outputs; k++) highest = Math.max(highest, outputs[at + k]!);
  let total = 0;
  for (let k = 0; k < network.outputs; k++) total += exp(outputs[at + k]! - highest);
  return log(total) - (outputs[at + target]! - highest);
}

/** The score of the pass that just ended: RMSE or log loss; null where no row counted. */
export function finalScore(progress: Progress, encoder: Encoder): number | null {
  if (progress.scoreWeight === 0) return null;
  const mean = progress.scoreSum / progress.scoreWeight;
  return encoder.network.loss === "squared" ? Math.sqrt(mean) * encoder.spread : mean;
}
