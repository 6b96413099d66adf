import {
  exp,
  type FeatureTable,
  type ModelContent,
  type Predictor,
  type PredictorContext,
  sigmoid,
} from "../../core/index.ts";
import type { Encoder } from "./batches.ts";
import { type EncodedRows, encodeRows, newEncodedRows } from "./encoding.ts";
import { readModel } from "./model.ts";
import { inputWidth, type Weights } from "./network.ts";

/** Rows that go through the layers together: few enough that a layer's outputs stay in the processor's cache. */
const BLOCK = 64;

/**
 * Predicts with plain arithmetic: no backend is loaded, it starts at once, and gives the same bytes on every machine. Sums are
 * float64, kept as float32 between layers.
 */
export function createPredictor(model: ModelContent, context: PredictorContext): Predictor {
  const { weights, ...encoder } = readModel(model, context.features.length);
  const encoded = newEncodedRows(encoder.inputs, BLOCK);
  return {
    async predict(table) {
      const { outputs } = encoder.network;
      const result = new Float64Array(table.rows * outputs);
      for (let start = 0; start < table.rows; start += BLOCK) {
        encodeRows(encoder.inputs, table, rowsFrom(table, start), encoded);
        const block = forwardRows(encoder, weights, encoded);
        for (let row = 0; row < encoded.rows; row++)
          writeRow(encoder, block, row * outputs, result, (start + row) * outputs);
      }
      return result;
    },
    importance: () => null,
    async dispose() {},
  };
}

function rowsFrom(table: FeatureTable, start: number): Uint32Array {
  return Uint32Array.from({ length: Math.min(BLOCK, table.rows - start) }, (_, i) => start + i);
}

/** The outputs before sigmoid or softmax. */
function forwardRows({ network }: Encoder, weights: Weights, rows: EncodedRows): Float32Array {
  let signal = firstLayerInput(network, weights, rows);
  let inputs = inputWidth(network);
  [...network.hidden, network.outputs].forEach((outputs, layer) => {
    const relu = layer < network.hidden.length;
    signal = denseLayer(signal, rows.rows, inputs, weights[`weight${layer}`]!, weights[`bias${layer}`]!, relu);
    inputs = outputs;
  });
  return signal;
}

function firstLayerInput(network: Encoder["network"], weights: Weights, rows: EncodedRows): Float32Array {
  if (network.embeddings.length === 0) return rows.dense;
  const width = inputWidth(network);
  const joined = new Float32Array(rows.rows * width);
  for (let row = 0; row < rows.rows; row++) {
    joined.set(rows.dense.subarray(row * network.dense, (row + 1) * network.dense), row * width);
    let at = row * width + network.dense;
    network.embeddings.forEach((embedding, i) => {
      const start = rows.codes[row * network.embeddings.length + i]! * embedding.width;
      joined.set(weights[`embedding${i}`]!.subarray(start, start + embedding.width), at);
      at += embedding.width;
    });
  }
  return joined;
}

function denseLayer(
  signal: Float32Array,
  rows: number,
  inputs: number,
  weight: Float32Array,
  bias: Float32Array,
  relu: boolean,
): Float32Array {
  const outputs = bias.length;
  const result = new Float32Array(rows * outputs);
  const sums = new Float64Array(outputs);
  for (let row = 0; row < rows; row++) {
    sums.set(bias);
    for (let i = 0; i < inputs; i++) {
      const value = signal[row * inputs + i]!;
      if (value === 0) continue;
      const start = i * outputs;
      for (let k = 0; k < outputs; k++) sums[k]! += value * weight[start + k]!;
    }
    for (let k = 0; k < outputs; k++) result[row * outputs + k] = relu && sums[k]! < 0 ? 0 : sums[k]!;
  }
  return result;
}

function writeRow(
  { network, centre, spread }: Encoder,
  from: Float32Array,
  at: number,
  to: Float64Array,
  start: number,
): void {
  if (network.loss === "squared") to[start] = from[at]! * spread + centre;
  else if (network.loss === "logistic") to[start] = sigmoid(from[at]!);
  else {
    let highest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < network.outputs; k++) highest = Math.max(highest, from[at + k]!);
    let total = 0;
    for (let k = 0; k < network.outputs; k++) {
      to[start + k] = exp(from[at + k]! - highest);
      total += to[start + k]!;
    }
    for (let k = 0; k < network.outputs; k++) to[start + k]! /= total;
  }
}
