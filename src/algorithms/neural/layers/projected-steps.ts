import type { Tape, Value } from "../../../backends/index.ts";

/**
 * What a recurrent layer takes from its inputs at every step, in one product: (steps · rows) × outputs, all rows of a step before
 * those of the next.
 */
export function projectedSteps<V>(tape: Tape<V>, x: Value<V>, weight: Value<V>, bias: Value<V>): Value<V> {
  const flat = tape.reshape(tape.transpose(x, [1, 0, 2]), [-1, weight.shape[0]!]);
  return tape.biasAdd(tape.matMul(flat, weight), bias);
}
