import type { Value } from "../../backends/index.ts";
import {
  attention,
  attentionParameters,
  dense,
  denseParameters,
  dropout,
  layerNorm,
  layerNormParameters,
  type Scope,
} from "../neural/layers/index.ts";
import { createSequenceAlgorithm } from "./algorithm.ts";
import { head, headParameters, type SequenceNetwork, stepOf } from "./network.ts";
import type { SequencePlan } from "./plan.ts";

/** Width of the layer between, in units. */
const EXPANSION = 4;

export const transformerNetwork: SequenceNetwork = {
  parameters: (plan) => [
    ...denseParameters("input", plan.inputs, plan.units),
    { name: "positions", shape: [plan.steps, plan.units], decayed: false, initial: "normal" },
    ...Array.from({ length: plan.layers }, (_, i) => [
      ...layerNormParameters(`block${i}/attentionNorm`, plan.units),
      ...attentionParameters(`block${i}/attention`, plan.units),
      ...layerNormParameters(`block${i}/denseNorm`, plan.units),
      ...denseParameters(`block${i}/wide`, plan.units, EXPANSION * plan.units, "he"),
      ...denseParameters(`block${i}/narrow`, EXPANSION * plan.units, plan.units),
    ]).flat(),
    ...layerNormParameters("norm", plan.units),
    ...headParameters(plan),
  ],
  outputs(scope, plan, window, extras) {
    let sequence = scope.tape.add(dense(scope, "input", window), scope.parameter("positions"));
    for (let i = 0; i < plan.layers; i++) sequence = block(scope, plan, `block${i}`, sequence);
    return head(scope, plan, layerNorm(scope, "norm", stepOf(scope, sequence, plan.steps - 1)), extras);
  },
};

function block<V>(scope: Scope<V>, plan: SequencePlan, name: string, x: Value<V>): Value<V> {
  const { tape } = scope;
  const normal = layerNorm(scope, `${name}/attentionNorm`, x);
  const mixed = attention(scope, `${name}/attention`, normal, normal, plan.heads);
  const joined = tape.add(x, dropout(scope, mixed, plan.dropout));
  const wide = tape.relu(dense(scope, `${name}/wide`, layerNorm(scope, `${name}/denseNorm`, joined)));
  return tape.add(joined, dropout(scope, dense(scope, `${name}/narrow`, wide), plan.dropout));
}

/**
 * Transformer encoder over the window with learned positions, normalised before each part (Xiong et al., "On layer normalization
 * in the transformer architecture", 2020).
 */
export const transformerForecaster = createSequenceAlgorithm({
  name: "transformer",
  title: "Transformer",
  description: "Transformer encoder over the last readings",
  network: transformerNetwork,
  heads: true,
  defaultLayers: () => 2,
});
