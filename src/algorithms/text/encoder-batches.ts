import { alignedFloats } from "../../backends/aligned-floats.ts";
import type { FeatureTable, RandomStream } from "../../core/index.ts";
import { type EncodedRows, encodeRows, newEncodedRows } from "../neural/encoding.ts";
import type { Batch } from "../neural/steps/index.ts";
import { type EncoderPlan, tokenParts } from "./encoder-plan.ts";

/** Inputs of a batch that are filled again and again. */
export interface EncoderBuffers {
  readonly tokens: Int32Array;
  readonly present: Float32Array;
  readonly extras: EncodedRows;
}

export function newEncoderBuffers({ steps, extras }: EncoderPlan, capacity: number): EncoderBuffers {
  return {
    tokens: new Int32Array(capacity * steps),
    present: alignedFloats(capacity * steps),
    extras: newEncodedRows(extras, capacity),
  };
}

/**
 * The inputs of some rows of a table: their tokens, and which steps have one.
 *
 * @param hidden share of the tokens that are taken as unknown; null for none
 */
export function encoderBatch(
  plan: EncoderPlan,
  table: FeatureTable,
  rows: Uint32Array,
  buffers: EncoderBuffers,
  hidden: { readonly share: number; readonly random: RandomStream } | null,
): Batch {
  const { tokens, present, extras } = buffers;
  const used = rows.length * plan.steps;
  tokens.fill(0, 0, used);
  present.fill(0, 0, used);
  rows.forEach((row, i) => {
    fillSequence(plan, table, row, tokens.subarray(i * plan.steps), present.subarray(i * plan.steps));
  });
  if (hidden !== null && hidden.share > 0)
    for (let i = 0; i < used; i++) if (present[i] === 1 && hidden.random.float() < hidden.share) tokens[i] = 0;
  encodeRows(plan.extras, table, rows, extras);
  return { rows: rows.length, arrays: { tokens: tokens.subarray(0, used), present, extras: extras.dense } };
}

function fillSequence(plan: EncoderPlan, table: FeatureTable, row: number, tokens: Int32Array, present: Float32Array) {
  let at = 0;
  let first = 0;
  tokenParts(table).forEach(({ offsets, ids }, k) => {
    const { vocabulary } = plan.parts[k]!;
    for (let i = offsets[row]!; i < offsets[row + 1]! && at < plan.steps; i++, at++) {
      tokens[at] = first + (ids[i]! < vocabulary ? ids[i]! : 0);
      present[at] = 1;
    }
    first += vocabulary;
  });
}
