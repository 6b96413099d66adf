import type { JsonObject, ModelContent } from "../../core/index.ts";
import { areInputs } from "../neural/model.ts";
import { sizeOf } from "../neural/network.ts";
import { damagedText, finiteFloats, isCount } from "./content-checks.ts";
import { defineEncoder } from "./encoder-definition.ts";
import type { EncoderPlan } from "./encoder-plan.ts";

const FORMAT_VERSION = 1;
/** Bounds on what a model file may claim before anything is allocated by it. */
const MOST = { steps: 100_000, units: 4096, layers: 64, outputs: 2 ** 20, vocabulary: 2 ** 24 };

/** A text encoder as it is kept. */
export interface EncoderContent {
  readonly plan: EncoderPlan;
  readonly weights: Readonly<Record<string, Float32Array>>;
}

/** What was learnt, as data. @param epochs passes after which the weights were as they are */
export function encoderContent(name: string, { plan, weights }: EncoderContent, epochs: number): ModelContent {
  const json = JSON.parse(JSON.stringify({ plan, epochs })) as JsonObject;
  return { algorithm: name, formatVersion: FORMAT_VERSION, json, arrays: weights };
}

/**
 * Takes a model apart that somebody else may have written.
 *
 * @throws KaaykoError (damaged) where anything in it does not fit together
 */
export function readEncoder(name: string, content: ModelContent, outputs: number, features: number): EncoderContent {
  const plan = content.json.plan as unknown as EncoderPlan | undefined;
  if (content.formatVersion !== FORMAT_VERSION) throw damagedText(name, `format version ${FORMAT_VERSION}`);
  if (!isPlan(plan, features) || plan.outputs !== outputs) throw damagedText(name, "a network of known form");
  const weights: Record<string, Float32Array> = {};
  for (const { name: array, shape } of defineEncoder(plan, false).parameters)
    weights[array] = finiteFloats(name, content, array, sizeOf(shape));
  return { plan, weights };
}

function isPlan(plan: EncoderPlan | undefined, features: number): plan is EncoderPlan {
  if (plan === undefined || plan === null || typeof plan !== "object") return false;
  const { parts, dropout } = plan;
  return (
    (["steps", "units", "layers", "outputs"] as const).every((size) => isCount(plan[size], 1, MOST[size])) &&
    isCount(plan.heads, 1, MOST.units) &&
    plan.units % plan.heads === 0 &&
    Number.isFinite(dropout) &&
    dropout >= 0 &&
    dropout < 1 &&
    Array.isArray(parts) &&
    parts.length > 0 &&
    parts.length <= 1000 &&
    parts.every((part) => typeof part?.name === "string" && isCount(part.vocabulary, 1, MOST.vocabulary)) &&
    areInputs(JSON.parse(JSON.stringify(plan.extras ?? null)), features)
  );
}
