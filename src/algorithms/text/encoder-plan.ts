import {
  type Dataset,
  type Examples,
  type FeatureTable,
  KaaykoError,
  outputsOf,
  type ParameterValues,
  type TokenPart,
} from "../../core/index.ts";
import { denseWidth, type InputEncoding, planInputs } from "../neural/encoding.ts";
import type { TextSettings } from "./settings.ts";

/** The form of a text encoder. Plain data: part of the model. */
export interface EncoderPlan {
  /** Token parts, one after another in a sequence; each has tokens of its own. */
  readonly parts: readonly { readonly name: string; readonly vocabulary: number }[];
  /** Tokens of a sequence; longer ones lose their end. */
  readonly steps: number;
  /** The other columns, as inputs of the last layer. */
  readonly extras: readonly InputEncoding[];
  readonly units: number;
  readonly layers: number;
  readonly heads: number;
  readonly outputs: number;
  readonly dropout: number;
}

/** Share of the training texts that fit whole. */
const WHOLE = 0.98;
/** Columns of more categories than this are left out. */
const MOST_CATEGORIES = 256;

/** @throws KaaykoError (usage) where heads do not divide the units; (input) where there is no text */
export function planEncoder(
  name: string,
  dataset: Dataset,
  { table }: Examples,
  rows: Uint32Array,
  values: ParameterValues,
  { units, dropout }: TextSettings,
): EncoderPlan {
  const heads = values.heads as number;
  const parts = tokenParts(table);
  if (parts.length === 0)
    throw new KaaykoError({
      action: `train ${name}`,
      rule: "the data must have a column of texts",
      got: "none",
      remedy: "A text is a string column of three words or more on average.",
      kind: "input",
    });
  if (units % heads !== 0)
    throw new KaaykoError({
      action: `set ${name}.heads`,
      rule: `units (${units}) must be a multiple of it`,
      got: `${heads}`,
      kind: "usage",
    });
  return {
    parts: parts.map(({ name: part, vocabulary }) => ({ name: part, vocabulary })),
    steps: stepsOf(table, rows, values),
    extras: planInputs(
      dataset.features,
      dataset.features.map(() => []),
      MOST_CATEGORIES,
    ),
    units,
    layers: values.layers as number,
    heads,
    outputs: outputsOf(dataset.task),
    dropout,
  };
}

/** Tokens of a sequence: as many as most texts have, and no more than `maxTokens`. */
export function stepsOf(table: FeatureTable, rows: Uint32Array, { maxTokens }: ParameterValues): number {
  return Math.min(maxTokens as number, usualLength(tokenParts(table), rows));
}

export function tokenParts({ parts = [] }: FeatureTable): TokenPart[] {
  return parts.filter((part) => part.kind === "tokens");
}

export function extrasWidth({ extras }: EncoderPlan): number {
  return extras.reduce((sum, encoding) => sum + denseWidth(encoding), 0);
}

/** Vectors of all parts: each part's own, one after another. */
export function vocabularyOf({ parts }: EncoderPlan): number {
  return parts.reduce((sum, { vocabulary }) => sum + vocabulary, 0);
}

function usualLength(parts: readonly TokenPart[], rows: Uint32Array): number {
  const lengths = Uint32Array.from(rows, (row) =>
    parts.reduce((sum, { offsets }) => sum + offsets[row + 1]! - offsets[row]!, 0),
  ).sort();
  return Math.max(1, lengths[Math.floor(WHOLE * (lengths.length - 1))]!);
}
