import { exp, type ModelContent, type Predictor, type PredictorContext, sigmoid } from "../../core/index.ts";
import { createDenseStack, type DenseLayer } from "../../kernels/dense/index.ts";
import type { Encoder } from "./encoder.ts";
import { encodeRows, joinInputs, newEncodedRows } from "./encoding.ts";
import { readModel } from "./model.ts";
import { inputWidth, type Weights } from "./network.ts";

/** Rows that go through the layers together: few enough that a layer's outputs stay in the processor's cache. */
const BLOCK = 256;

/**
 * Predicts with a kernel of our own: no backend is loaded, it starts at once, and gives the same bytes on every machine.
 */
export function createPredictor(model: ModelContent, context: PredictorContext): Predictor {
  const { weights, ...encoder } = readModel(model, context.features.length);
  const encoded = newEncodedRows(encoder.inputs, BLOCK);
  // Memory is used again for every block: what is thrown away often makes the peak a matter of chance.
  const numbers = new Uint32Array(BLOCK);
  const stack = createDenseStack(layersOf(encoder, weights), BLOCK);
  return {
    async predict(table) {
      const { outputs } = encoder.network;
      const result = new Float64Array(table.rows * outputs);
      for (let start = 0; start < table.rows; start += BLOCK) {
        const count = Math.min(BLOCK, table.rows - start);
        for (let i = 0; i < count; i++) numbers[i] = start + i;
        encodeRows(encoder.inputs, table, numbers.subarray(0, count), encoded);
        joinInputs(encoder.network, weights, encoded, stack.input);
        const block = stack.run(encoded.rows);
        for (let row = 0; row < encoded.rows; row++)
          writeRow(encoder, block, row * outputs, result, (start + row) * outputs);
      }
      return result;
    },
    importance: () => null,
    async dispose() {},
  };
}

/** The layers of a network with their weights. */
function layersOf({ network }: Encoder, weights: Weights): DenseLayer[] {
  const inputs = [inputWidth(network), ...network.hidden];
  return inputs.map((width, layer) => ({
    weight: weights[`weight${layer}`]!,
    bias: weights[`bias${layer}`]!,
    inputs: width,
    relu: layer < network.hidden.length,
  }));
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
