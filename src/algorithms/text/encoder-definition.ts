import type { Value } from "../../backends/index.ts";
import {
  attention,
  attentionParameters,
  dense,
  denseParameters,
  dropout,
  embedding,
  embeddingParameters,
  layerNorm,
  layerNormParameters,
  type Scope,
} from "../neural/layers/index.ts";
import type { Definition, Input } from "../neural/steps/index.ts";
import { type EncoderPlan, extrasWidth, vocabularyOf } from "./encoder-plan.ts";
import { labelLoss, labelTargets } from "./label-loss.ts";

/** Width of the layer between, in units. */
const EXPANSION = 2;
/** Added to what no token may look at: its share is then exactly 0 in float32. */
const UNSEEN = -1e9;

/**
 * A transformer encoder, normalised before each part (Xiong et al., "On layer normalization in the transformer architecture", 2020).
 * The labels are read off three summaries of the tokens that are there: the mean of their vectors before and behind the layers, and a
 * mean weighted by attention (Yang et al., "Hierarchical attention networks for document classification", 2016).
 */
export function defineEncoder(plan: EncoderPlan, exclusive: boolean): Definition {
  const { units, steps } = plan;
  const extras = extrasWidth(plan);
  const inputs: Input[] = [
    { name: "tokens", shape: [], dtype: "int32", ragged: true },
    { name: "present", shape: [steps], dtype: "float32" },
  ];
  if (extras > 0) inputs.push({ name: "extras", shape: [extras], dtype: "float32" });
  return {
    inputs,
    targets: labelTargets(plan.outputs),
    parameters: [
      ...embeddingParameters("token", vocabularyOf(plan), units).map((table) => ({ ...table, decayed: false })),
      { name: "positions", shape: [steps, units], decayed: false, initial: "normal" },
      ...Array.from({ length: plan.layers }, (_, i) => [
        ...layerNormParameters(`block${i}/attentionNorm`, units),
        ...attentionParameters(`block${i}/attention`, units),
        ...layerNormParameters(`block${i}/denseNorm`, units),
        ...denseParameters(`block${i}/wide`, units, EXPANSION * units, "he"),
        ...denseParameters(`block${i}/narrow`, EXPANSION * units, units),
      ]).flat(),
      ...layerNormParameters("norm", units),
      ...denseParameters("attend", units, 1),
      ...denseParameters("output", 3 * units + extras, plan.outputs),
    ],
    outputs: (scope) => outputsOf(scope, plan, extras > 0),
    loss: (scope, outputs) => labelLoss(scope, outputs, exclusive),
  };
}

function outputsOf<V>(scope: Scope<V>, plan: EncoderPlan, hasExtras: boolean): Value<V> {
  const { tape } = scope;
  const { steps, units } = plan;
  const present = scope.input("present");
  const absent = tape.scale(tape.sub(present, tape.constant([1], [])), -UNSEEN);
  const vectors = tape.reshape(embedding(scope, "token", scope.input("tokens").at), [-1, steps, units]);
  let sequence = dropout(scope, tape.add(vectors, scope.parameter("positions")), plan.dropout);
  for (let i = 0; i < plan.layers; i++) sequence = block(scope, plan, `block${i}`, sequence, absent);
  sequence = layerNorm(scope, "norm", sequence);
  const each = tape.reshape(present, [-1, steps, 1]);
  const count = tape.maximum(tape.sum(present, [1], true), tape.constant([1], []));
  const mean = (x: Value<V>): Value<V> => tape.div(tape.sum(tape.mul(x, each), [1]), count);
  const summaries = [mean(vectors), mean(sequence), attended(scope, steps, sequence, absent)];
  const read = dropout(scope, tape.concat(summaries, 1), plan.dropout);
  return dense(scope, "output", hasExtras ? tape.concat([read, scope.input("extras")], 1) : read);
}

function block<V>(scope: Scope<V>, plan: EncoderPlan, name: string, x: Value<V>, absent: Value<V>): Value<V> {
  const { tape } = scope;
  const normal = layerNorm(scope, `${name}/attentionNorm`, x);
  const mixed = attention(scope, `${name}/attention`, normal, normal, plan.heads, absent);
  const joined = tape.add(x, dropout(scope, mixed, plan.dropout));
  const wide = tape.relu(dense(scope, `${name}/wide`, layerNorm(scope, `${name}/denseNorm`, joined)));
  return tape.add(joined, dropout(scope, dense(scope, `${name}/narrow`, wide), plan.dropout));
}

/** The mean of the tokens, weighted by what a learned direction says of them. */
function attended<V>(scope: Scope<V>, steps: number, sequence: Value<V>, absent: Value<V>): Value<V> {
  const { tape } = scope;
  const scores = tape.add(tape.reshape(dense(scope, "attend", sequence), [-1, steps]), absent);
  const weights = tape.reshape(tape.softmax(scores), [-1, steps, 1]);
  return tape.sum(tape.mul(sequence, weights), [1]);
}
