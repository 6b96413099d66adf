import type { Value } from "../../backends/index.ts";
import { dense, denseParameters, dropout, gru, gruParameters, type Scope } from "../neural/layers/index.ts";
import { createSequenceAlgorithm } from "./algorithm.ts";
import type { SequenceNetwork } from "./network.ts";
import { levelsOf, type SequencePlan } from "./plan.ts";

export const seq2seqNetwork: SequenceNetwork = {
  parameters: (plan) => [
    ...Array.from({ length: plan.layers }, (_, i) =>
      gruParameters(`encoder${i}`, i === 0 ? plan.inputs : plan.units, plan.units),
    ).flat(),
    ...gruParameters("decoder", levelsOf(plan) + plan.extras, plan.units),
    ...denseParameters("mix", 2 * plan.units, plan.units),
    ...denseParameters("output", plan.units, levelsOf(plan)),
  ],
  outputs(scope, plan, window, extras) {
    const { tape } = scope;
    let sequence = window;
    for (let i = 0; i < plan.layers; i++)
      sequence = dropout(scope, tape.stack(gru(scope, `encoder${i}`, sequence), 1), plan.dropout);
    const last = tape.reshape(tape.slice(sequence, 1, plan.steps - 1, 1), [-1, plan.units]);
    return decode(scope, plan, { sequence, last, extras });
  },
};

interface Encoded<V> {
  /** rows × steps × units */
  readonly sequence: Value<V>;
  /** Its last step, rows × units. */
  readonly last: Value<V>;
  readonly extras: Value<V> | null;
}

/** Step by step ahead, each from the state and the forecast of the one before, and what it attends to in the window. */
function decode<V>(scope: Scope<V>, plan: SequencePlan, { sequence, last, extras }: Encoded<V>): Value<V> {
  const { tape } = scope;
  const levels = levelsOf(plan);
  const made: Value<V>[] = [];
  let state = last;
  let forecast = dense(scope, "output", last);
  for (let step = 0; step < plan.horizon; step++) {
    const input = tape.concat(extras === null ? [forecast] : [forecast, extras], 1);
    state = gru(scope, "decoder", tape.reshape(input, [-1, 1, levels + plan.extras]), state)[0]!;
    const mixed = tape.tanh(dense(scope, "mix", tape.concat([state, attended(scope, plan, state, sequence)], 1)));
    forecast = dense(scope, "output", dropout(scope, mixed, plan.dropout));
    made.push(forecast);
  }
  return tape.concat(made, 1);
}

/** The mean of the encoder's states, weighted by their likeness to the decoder's. */
function attended<V>({ tape }: Scope<V>, { units }: SequencePlan, state: Value<V>, sequence: Value<V>): Value<V> {
  const query = tape.scale(tape.reshape(state, [-1, 1, units]), 1 / Math.sqrt(units));
  const scores = tape.batchMatMul(query, sequence, true);
  return tape.reshape(tape.softmaxMix(scores, sequence), [-1, units]);
}

/**
 * Encoder and decoder with attention (Luong, Pham and Manning, "Effective approaches to attention-based neural machine
 * translation", 2015): made for several steps ahead.
 */
export const seq2seqForecaster = createSequenceAlgorithm({
  name: "seq2seq",
  title: "Seq2seq",
  description: "Encoder and decoder with attention, step by step ahead",
  network: seq2seqNetwork,
});
