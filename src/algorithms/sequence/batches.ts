import { alignedFloats } from "../../backends/aligned-floats.ts";
import type { Examples, FeatureTable } from "../../core/index.ts";
import { type EncodedRows, newEncodedRows } from "../neural/encoding.ts";
import type { Batch } from "../neural/steps/index.ts";
import { encodeExtras, encodeWindows, inputWidth, type SequenceEncoding, windowsOf } from "./encoding.ts";

/** A batch that is filled again and again. */
export interface BatchBuffers {
  readonly window: Float32Array;
  readonly extras: EncodedRows;
  readonly target: Float32Array;
  readonly weight: Float32Array;
}

export function newBuffers(encoding: SequenceEncoding, horizon: number, capacity: number): BatchBuffers {
  return {
    window: alignedFloats(capacity * encoding.steps * inputWidth(encoding)),
    extras: newEncodedRows(encoding.extras, capacity),
    target: alignedFloats(capacity * horizon),
    weight: alignedFloats(capacity * horizon),
  };
}

/** The inputs of some rows of a table. */
export function inputBatch(
  encoding: SequenceEncoding,
  table: FeatureTable,
  rows: Uint32Array,
  buffers: BatchBuffers,
): Batch {
  encodeWindows(encoding, windowsOf(table), rows, buffers.window);
  encodeExtras(encoding, table, rows, buffers.extras);
  return { rows: rows.length, arrays: { window: buffers.window, extras: buffers.extras.dense } };
}

/** Some rows with their targets, standardised; weights sum to 1, and are 0 where a target is missing. */
export function trainingBatch(
  encoding: SequenceEncoding,
  { table, target, weight }: Examples,
  rows: Uint32Array,
  horizon: number,
  buffers: BatchBuffers,
): Batch {
  const { rows: count, arrays } = inputBatch(encoding, table, rows, buffers);
  let total = 0;
  let at = 0;
  for (const row of rows)
    for (let step = 0; step < horizon; step++, at++) {
      const value = target[row * horizon + step]!;
      const missing = Number.isNaN(value);
      buffers.target[at] = missing ? 0 : (value - encoding.centre) / encoding.spread;
      buffers.weight[at] = missing ? 0 : (weight?.[row] ?? 1);
      total += buffers.weight[at]!;
    }
  if (total > 0) for (let i = 0; i < at; i++) buffers.weight[i]! /= total;
  return { rows: count, arrays: { ...arrays, target: buffers.target, weight: buffers.weight } };
}
