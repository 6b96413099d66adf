import type { Value } from "../../backends/index.ts";
import {
  convolution,
  convolutionParameters,
  dense,
  denseParameters,
  dropout,
  type Scope,
} from "../neural/layers/index.ts";
import { createSequenceAlgorithm } from "./algorithm.ts";
import { head, headParameters, type SequenceNetwork, stepOf } from "./network.ts";
import type { SequencePlan } from "./plan.ts";

export const tcnNetwork: SequenceNetwork = {
  parameters: (plan) => [
    ...denseParameters("input", plan.inputs, plan.units),
    ...Array.from({ length: plan.layers }, (_, i) => [
      ...convolutionParameters(`block${i}/first`, plan.taps, plan.units, plan.units),
      ...convolutionParameters(`block${i}/second`, plan.taps, plan.units, plan.units),
    ]).flat(),
    ...headParameters(plan),
  ],
  outputs(scope, plan, window, extras) {
    let sequence = dense(scope, "input", window);
    for (let i = 0; i < plan.layers; i++) sequence = block(scope, plan, `block${i}`, sequence, 2 ** i);
    return head(scope, plan, stepOf(scope, sequence, plan.steps - 1), extras);
  },
};

/** Two convolutions, added to what goes in. */
function block<V>(scope: Scope<V>, plan: SequencePlan, name: string, x: Value<V>, dilation: number): Value<V> {
  const { tape } = scope;
  const first = tape.relu(convolution(scope, `${name}/first`, x, dilation));
  const second = tape.relu(convolution(scope, `${name}/second`, dropout(scope, first, plan.dropout), dilation));
  return tape.add(x, dropout(scope, second, plan.dropout));
}

/**
 * Temporal convolutions, each block reading twice as far back as the one before (Bai, Kolter and Koltun, "An empirical evaluation
 * of generic convolutional and recurrent networks for sequence modeling", 2018).
 */
export const tcnForecaster = createSequenceAlgorithm({
  name: "tcn",
  title: "Temporal convolution",
  description: "Dilated causal convolutions over the last readings",
  network: tcnNetwork,
  taps: true,
  // As many blocks as it takes to see the whole window.
  defaultLayers: (steps, taps) => Math.max(1, Math.ceil(Math.log2((steps - 1) / (2 * (taps - 1)) + 1))),
});
