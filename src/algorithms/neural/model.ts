import { type JsonObject, type JsonValue, KaaykoError, type ModelContent } from "../../core/index.ts";
import type { Encoder } from "./encoder.ts";
import { denseWidth, type InputEncoding } from "./encoding.ts";
import { type Network, parameterShapes, sizeOf, type Weights } from "./network.ts";

export const FORMAT_VERSION = 2;

/**
 * What was learnt, as data.
 *
 * @param epochs passes after which the weights were as they are
 */
export function modelContent(
  { inputs, network, centre, spread }: Encoder,
  weights: Weights,
  epochs: number,
): ModelContent {
  return {
    algorithm: "mlp",
    formatVersion: FORMAT_VERSION,
    json: { inputs: inputs as unknown as JsonValue, network: network as unknown as JsonValue, centre, spread, epochs },
    arrays: weights,
  };
}

/** Bounds on what a model file may claim before anything is allocated by it. */
const MAX_UNITS = 1_000_000;
const MAX_BORDERS = 257;
const MAX_VALUES = 2 ** 30;

/**
 * Takes a model apart that somebody else may have written.
 *
 * @throws KaaykoError (damaged) where anything in it does not fit together
 */
export function readModel(model: ModelContent, features: number): Encoder & { weights: Weights } {
  if (model.formatVersion !== FORMAT_VERSION)
    throw damaged(`format version ${FORMAT_VERSION}`, `${model.formatVersion}`);
  const { inputs, network, centre, spread } = model.json;
  const plan = parseInputs(inputs, features);
  if (!isNetwork(network)) throw damaged("a network of known form", "another");
  if (!isNumber(centre) || !isNumber(spread)) throw damaged("finite target statistics", "others");
  checkWidths(plan, network);
  const weights: Record<string, Float32Array> = {};
  for (const { name, shape } of parameterShapes(network)) {
    const array = model.arrays[name];
    const size = sizeOf(shape);
    if (size > MAX_VALUES || !(array instanceof Float32Array) || array.length !== size || !array.every(Number.isFinite))
      throw damaged(`${size} finite float32 values for ${name}`, "others");
    weights[name] = array;
  }
  return { inputs: plan, network, centre, spread, weights };
}

/** Reads encodings back that were saved as JSON. */
export function parseInputs(value: JsonValue | undefined, features: number): InputEncoding[] {
  if (areInputs(value, features)) return value as unknown as InputEncoding[];
  throw damaged(`an encoding for each of ${features} features`, "others");
}

/** True for encodings of this many features, each of a known form. */
export function areInputs(value: JsonValue | undefined, features: number): value is JsonValue[] {
  return Array.isArray(value) && value.length === features && value.every(isInput);
}

function damaged(rule: string, got: string): KaaykoError {
  return new KaaykoError({ action: "read the mlp model", rule: `it must have ${rule}`, got, kind: "damaged" });
}

const isNumber = (value: JsonValue | undefined): value is number => typeof value === "number" && Number.isFinite(value);
const isCount = (value: JsonValue | undefined, least: number): value is number =>
  isNumber(value) && Number.isInteger(value) && value >= least && value <= MAX_UNITS;
const isObject = (value: JsonValue | undefined): value is JsonObject =>
  value !== undefined && value !== null && typeof value === "object" && !Array.isArray(value);

function isInput(value: JsonValue): boolean {
  if (!isObject(value)) return false;
  if (value.kind === "numeric")
    return (
      isNumber(value.mean) && isNumber(value.scale) && typeof value.indicator === "boolean" && areBorders(value.borders)
    );
  if (value.kind === "oneHot") return isCount(value.cardinality, 0);
  return value.kind === "embedding" && isCount(value.cardinality, 1) && isCount(value.width, 1);
}

function areBorders(value: JsonValue | undefined): boolean {
  if (!Array.isArray(value) || value.length === 1 || value.length > MAX_BORDERS) return false;
  return value.every((border, i) => isNumber(border) && (i === 0 || border > (value[i - 1] as number)));
}

function isNetwork(value: JsonValue | undefined): value is JsonObject & Network {
  return (
    isObject(value) &&
    isCount(value.dense, 0) &&
    isCount(value.outputs, 1) &&
    ["squared", "logistic", "softmax"].includes(value.loss as string) &&
    Array.isArray(value.hidden) &&
    value.hidden.length <= 64 &&
    value.hidden.every((units) => isCount(units, 1)) &&
    Array.isArray(value.embeddings) &&
    value.embeddings.every((item) => isObject(item) && isCount(item.rows, 1) && isCount(item.width, 1))
  );
}

/** The encoding must produce exactly the inputs that the network takes. */
function checkWidths(inputs: readonly InputEncoding[], network: Network): void {
  const dense = inputs.reduce((sum, input) => sum + denseWidth(input), 0);
  const embedded = inputs.flatMap((input) =>
    input.kind === "embedding" ? [[input.cardinality + 1, input.width]] : [],
  );
  const wanted = network.embeddings.map(({ rows, width }) => [rows, width]);
  if (dense !== network.dense || JSON.stringify(embedded) !== JSON.stringify(wanted))
    throw damaged("an encoding as wide as its network", "another");
}
