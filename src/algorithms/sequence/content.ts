import { type JsonObject, type JsonValue, KaaykoError, type ModelContent } from "../../core/index.ts";
import { areInputs } from "../neural/model.ts";
import { sizeOf } from "../neural/network.ts";
import { defineSequence } from "./definition.ts";
import { type ChannelEncoding, extrasWidth, inputWidth, type SequenceEncoding } from "./encoding.ts";
import type { SequencePlan } from "./plan.ts";
import type { SequenceModel } from "./settings.ts";

const FORMAT_VERSION = 1;
/** Bounds on what a model file may claim before anything is allocated by it. */
const MOST = { steps: 100_000, inputs: 100_000, extras: 1_000_000, horizon: 100_000, units: 4096, layers: 64 };
const MAX_VALUES = 2 ** 28;

/** A network as it is kept: its form, how rows are encoded for it, and its weights. */
export interface SequenceContent {
  readonly plan: SequencePlan;
  readonly encoding: SequenceEncoding;
  readonly weights: Readonly<Record<string, Float32Array>>;
}

/** What was learnt, as data. @param epochs passes after which the weights were as they are */
export function modelContent(name: string, { plan, encoding, weights }: SequenceContent, epochs: number): ModelContent {
  return {
    algorithm: name,
    formatVersion: FORMAT_VERSION,
    json: { plan: plan as unknown as JsonValue, encoding: encoding as unknown as JsonValue, epochs },
    arrays: weights,
  };
}

/**
 * Takes a model apart that somebody else may have written.
 *
 * @throws KaaykoError (damaged) where anything in it does not fit together
 */
export function readContent(
  model: Pick<SequenceModel, "name" | "network">,
  content: ModelContent,
  features: number,
): SequenceContent {
  const { plan, encoding } = content.json;
  if (content.formatVersion !== FORMAT_VERSION)
    throw damaged(model.name, `format version ${FORMAT_VERSION}`, `${content.formatVersion}`);
  if (!isPlan(plan)) throw damaged(model.name, "a network of known form", "another");
  if (!isEncoding(encoding, features)) throw damaged(model.name, "an encoding of known form", "another");
  if (encoding.steps !== plan.steps || inputWidth(encoding) !== plan.inputs || extrasWidth(encoding) !== plan.extras)
    throw damaged(model.name, "an encoding as wide as its network", "another");
  const weights: Record<string, Float32Array> = {};
  for (const { name, shape } of defineSequence(model.network, plan).parameters) {
    const array = content.arrays[name];
    const size = sizeOf(shape);
    if (size > MAX_VALUES || !(array instanceof Float32Array) || array.length !== size || !array.every(Number.isFinite))
      throw damaged(model.name, `${size} finite float32 values for ${name}`, "others");
    weights[name] = array;
  }
  return { plan, encoding, weights };
}

function damaged(name: string, rule: string, got: string): KaaykoError {
  return new KaaykoError({ action: `read the ${name} model`, rule: `it must have ${rule}`, got, kind: "damaged" });
}

const isNumber = (value: JsonValue | undefined): value is number => typeof value === "number" && Number.isFinite(value);
const isCount = (value: JsonValue | undefined, least: number, most: number): boolean =>
  isNumber(value) && Number.isInteger(value) && value >= least && value <= most;
const isObject = (value: JsonValue | undefined): value is JsonObject =>
  value !== undefined && value !== null && typeof value === "object" && !Array.isArray(value);

function isPlan(value: JsonValue | undefined): value is JsonObject & SequencePlan {
  return (
    isObject(value) &&
    (["steps", "inputs", "horizon", "units", "layers"] as const).every((name) => isCount(value[name], 1, MOST[name])) &&
    isCount(value.extras, 0, MOST.extras) &&
    isCount(value.heads, 1, MOST.units) &&
    (value.units as number) % (value.heads as number) === 0 &&
    isCount(value.taps, 2, MOST.units) &&
    isNumber(value.dropout) &&
    value.dropout >= 0 &&
    value.dropout < 1 &&
    Array.isArray(value.quantiles) &&
    value.quantiles.length <= 1000 &&
    value.quantiles.every((level) => isNumber(level) && level > 0 && level < 1)
  );
}

function isEncoding(value: JsonValue | undefined, features: number): value is JsonObject & SequenceEncoding {
  return (
    isObject(value) &&
    isCount(value.steps, 1, MOST.steps) &&
    isNumber(value.centre) &&
    isNumber(value.spread) &&
    Array.isArray(value.channels) &&
    value.channels.length > 0 &&
    value.channels.length <= MOST.inputs &&
    value.channels.every(isChannel) &&
    areInputs(value.extras, features)
  );
}

function isChannel(value: JsonValue): value is JsonObject & ChannelEncoding {
  return isObject(value) && isNumber(value.mean) && isNumber(value.scale) && typeof value.marked === "boolean";
}
