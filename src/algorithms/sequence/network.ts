import type { Value } from "../../backends/index.ts";
import { dense, denseParameters, dropout, type Parameter, type Scope } from "../neural/layers/index.ts";
import { outputWidth, type SequencePlan } from "./plan.ts";

/** What reads a window: a program over a tape, and its parameters. */
export interface SequenceNetwork {
  parameters(plan: SequencePlan): Parameter[];
  /**
   * @param window rows × steps × inputs
   * @param extras rows × extras; null where there are none
   * @returns rows × outputs
   */
  outputs<V>(scope: Scope<V>, plan: SequencePlan, window: Value<V>, extras: Value<V> | null): Value<V>;
}

export function headParameters(plan: SequencePlan, width = plan.units): Parameter[] {
  return [
    ...denseParameters("head/hidden", width + plan.extras, plan.units, "he"),
    ...denseParameters("head/output", plan.units, outputWidth(plan)),
  ];
}

/** The outputs from what was read of the window, rows × width, and the extras: one hidden layer. */
export function head<V>(scope: Scope<V>, plan: SequencePlan, read: Value<V>, extras: Value<V> | null): Value<V> {
  const all = scope.tape.concat(extras === null ? [read] : [read, extras], 1);
  const hidden = scope.tape.relu(dense(scope, "head/hidden", all));
  return dense(scope, "head/output", dropout(scope, hidden, plan.dropout));
}

/** One step of a sequence, rows × width. */
export function stepOf<V>({ tape }: Scope<V>, sequence: Value<V>, step: number): Value<V> {
  return tape.reshape(tape.slice(sequence, 1, step, 1), [-1, sequence.shape[2]!]);
}
