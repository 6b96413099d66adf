import { type JsonValue, KaaykoError, type ModelContent, outputsOf, type PredictorContext } from "../../core/index.ts";
import type { InputEncoding } from "../neural/encoding.ts";
import { areInputs } from "../neural/model.ts";
import { RowEncoder } from "./row-encoder.ts";
import type { Sigmoid } from "./settings.ts";

export const FORMAT_VERSION = 1;
const MAX_PAIRS = 8192;

/** What predicts. */
export interface SvmModel {
  readonly encoder: RowEncoder;
  readonly pairs: number;
  readonly gamma: number;
  /** Regression: the target's standardisation. */
  readonly centre: number;
  readonly spread: number;
  /** Classes: a sigmoid for each score. */
  readonly calibration: readonly Sigmoid[];
  /** inputs × pairs, in turns. */
  readonly directions: Float32Array;
  /** outputs × (2 pairs + 8). */
  readonly weights: Float32Array;
}

export function modelContent(model: SvmModel): ModelContent {
  const { encoder, pairs, gamma, centre, spread, calibration, directions, weights } = model;
  return {
    algorithm: "svm",
    formatVersion: FORMAT_VERSION,
    json: {
      inputs: encoder.inputs as unknown as JsonValue,
      pairs,
      gamma,
      centre,
      spread,
      calibration: calibration as unknown as JsonValue,
    },
    arrays: { ...encoder.vectors, directions, weights },
  };
}

/**
 * Takes a model apart that somebody else may have written.
 *
 * @throws KaaykoError (damaged) where anything in it does not fit together
 */
export function readModel(model: ModelContent, { task, features }: PredictorContext): SvmModel {
  const { inputs, pairs, gamma, centre, spread, calibration } = model.json;
  if (model.formatVersion !== FORMAT_VERSION) throw damaged(`format version ${FORMAT_VERSION}`);
  if (!areInputs(inputs, features.length)) throw damaged(`an encoding for each of ${features.length} features`);
  if (!isNumber(pairs) || !Number.isInteger(pairs / 8) || pairs < 8 || pairs > MAX_PAIRS)
    throw damaged(`a multiple of 8 up to ${MAX_PAIRS} pairs of features`);
  if (!isNumber(gamma) || !isNumber(centre) || !isNumber(spread)) throw damaged("finite settings");
  const outputs = outputsOf(task);
  if (!areSigmoids(calibration, task.kind === "regression" ? 0 : outputs)) throw damaged("a sigmoid for each class");
  const plan = inputs as unknown as InputEncoding[];
  const encoder = new RowEncoder(plan, vectorsOf(model, plan));
  return {
    encoder,
    pairs,
    gamma,
    centre,
    spread,
    calibration: calibration as unknown as Sigmoid[],
    directions: arrayOf(model, "directions", encoder.width * pairs),
    weights: arrayOf(model, "weights", outputs * (2 * pairs + 8)),
  };
}

function vectorsOf(model: ModelContent, inputs: readonly InputEncoding[]): Record<string, Float32Array> {
  const embedded = inputs.filter((input) => input.kind === "embedding");
  return Object.fromEntries(
    embedded.map(({ cardinality, width }, i) => [
      `embedding${i}`,
      arrayOf(model, `embedding${i}`, (cardinality + 1) * width),
    ]),
  );
}

function arrayOf({ arrays }: ModelContent, name: string, size: number): Float32Array {
  const array = arrays[name];
  if (array instanceof Float32Array && array.length === size && array.every(Number.isFinite)) return array;
  throw damaged(`${size} finite float32 values for ${name}`);
}

const isNumber = (value: JsonValue | undefined): value is number => typeof value === "number" && Number.isFinite(value);

function areSigmoids(value: JsonValue | undefined, count: number): boolean {
  if (!Array.isArray(value) || value.length !== count) return false;
  return value.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every(isNumber));
}

function damaged(rule: string): KaaykoError {
  return new KaaykoError({ action: "read the svm model", rule: `it must have ${rule}`, kind: "damaged" });
}
