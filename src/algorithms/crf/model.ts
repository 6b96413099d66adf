import { type AttributePart, type FeatureTable, KaaykoError, type ModelContent } from "../../core/index.ts";
import { bestTags, type ChainWeights, scoreTokens } from "./chain.ts";

export const FORMAT_VERSION = 1;

/** What a conditional random field knows. */
export interface CrfModel {
  readonly weights: ChainWeights;
  /** Taken off the score of "O". */
  readonly outsideBias: number;
}

export function contentOf({ weights, outsideBias }: CrfModel): ModelContent {
  const { tags, attributes, transitions } = weights;
  return {
    algorithm: "crf",
    formatVersion: FORMAT_VERSION,
    json: { tags, outsideBias },
    arrays: { attributes, transitions },
  };
}

/** @throws KaaykoError (damaged) where it is no chain over so many tags and attributes */
export function readModel({ formatVersion, json, arrays }: ModelContent, tags: number, width: number): CrfModel {
  const { attributes, transitions } = arrays;
  const { outsideBias } = json;
  const whole =
    formatVersion === FORMAT_VERSION &&
    json.tags === tags &&
    typeof outsideBias === "number" &&
    attributes instanceof Float32Array &&
    transitions instanceof Float32Array &&
    attributes.length === width * tags &&
    transitions.length === (tags + 1) * tags;
  if (!whole || !attributes.every(Number.isFinite) || !transitions.every(Number.isFinite))
    throw new KaaykoError({
      action: "load a model of tags",
      rule: "its weights must be finite and fit its attributes",
      kind: "damaged",
    });
  return { weights: { tags, attributes, transitions }, outsideBias };
}

/** The part of a table that texts are in. */
export function attributesOf(table: FeatureTable): AttributePart {
  const part = table.parts?.find(({ kind }) => kind === "attributes");
  if (part?.kind === "attributes") return part;
  throw new KaaykoError({ action: "tag texts", rule: "the features must have tokens with attributes" });
}

/** Tags of the tokens of a row: codes, one a token. */
export function tagRow(
  { weights, outsideBias }: CrfModel,
  part: AttributePart,
  row: number,
  room: TagRoom,
): Uint16Array {
  const first = part.offsets[row]!;
  const count = part.offsets[row + 1]! - first;
  const { scores, path } = room.of(count, weights.tags);
  scoreTokens(weights, { ...part, first, count }, scores);
  for (let token = 0; token < count; token++) scores[token * weights.tags]! -= outsideBias;
  bestTags(weights, scores, count, path);
  return path.subarray(0, count);
}

/** Arrays that rows use one after another. */
export class TagRoom {
  #scores = new Float64Array(0);
  #path = new Uint16Array(0);

  of(tokens: number, tags: number): { readonly scores: Float64Array; readonly path: Uint16Array } {
    if (this.#scores.length < tokens * tags) this.#scores = new Float64Array(2 * tokens * tags);
    if (this.#path.length < tokens) this.#path = new Uint16Array(2 * tokens);
    return { scores: this.#scores, path: this.#path };
  }
}
