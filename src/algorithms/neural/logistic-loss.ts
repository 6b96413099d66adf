import type { Tape, Value } from "../../backends/index.ts";

/** Cross-entropy of the sigmoid of `z`, element by element: max(z, 0) - z · y + ln(1 + exp(-|z|)) is never infinite. */
export function logisticLoss<V>(tape: Tape<V>, z: Value<V>, target: Value<V>): Value<V> {
  const small = tape.log(tape.add(tape.exp(tape.neg(tape.abs(z))), tape.constant([1], [])));
  return tape.add(tape.sub(tape.relu(z), tape.mul(z, target)), small);
}
