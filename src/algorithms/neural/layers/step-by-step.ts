import type { Operations, Tape, Value } from "../../../backends/index.ts";

/** Steps of sequences one behind the other: (steps · rows) × inputs, all rows of a step before those of the next. */
export function stepByStep<V>(tape: Tape<V>, x: Value<V>): Value<V> {
  return tape.reshape(tape.transpose(x, [1, 0, 2]), [-1, x.shape[2]!]);
}

/** The sum of what several steps give. */
export function sumOf<V>(ops: Operations<V>, parts: readonly V[]): V {
  return parts.reduce((sum, part) => ops.binary("add", sum, part));
}
