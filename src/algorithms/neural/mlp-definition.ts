import type { Value } from "../../backends/index.ts";
import type { Scope } from "./layers/index.ts";
import { logisticLoss } from "./logistic-loss.ts";
import { type Network, parameterShapes } from "./network.ts";
import type { Definition, Input } from "./steps/index.ts";

/** The perceptron as a program over a tape: dense inputs and embeddings side by side through ReLU layers, and its loss. */
export function defineMlp(network: Network): Definition {
  const codes: Input[] = network.embeddings.map((_, i) => ({ name: `codes${i}`, shape: [], dtype: "int32" }));
  const dense: Input[] = network.dense > 0 ? [{ name: "dense", shape: [network.dense], dtype: "float32" }] : [];
  return {
    inputs: [...dense, ...codes],
    targets: [
      { name: "target", shape: [network.outputs], dtype: "float32" },
      { name: "weight", shape: [1], dtype: "float32" },
    ],
    parameters: parameterShapes(network).map((parameter) => ({
      ...parameter,
      initial: parameter.shape.length === 1 ? "zeros" : "he",
    })),
    outputs: (scope) => outputs(scope, network),
    loss: (scope, made) => weightedLoss(scope, network, made),
  };
}

function outputs<V>({ tape, input, parameter }: Scope<V>, { dense, embeddings, hidden }: Network): Value<V> {
  const vectors = embeddings.map((_, i) => tape.gather(parameter(`embedding${i}`), input(`codes${i}`).at));
  let signal = tape.concat(dense > 0 ? [input("dense"), ...vectors] : vectors, 1);
  for (let layer = 0; layer <= hidden.length; layer++) {
    signal = tape.biasAdd(tape.matMul(signal, parameter(`weight${layer}`)), parameter(`bias${layer}`));
    if (layer < hidden.length) signal = tape.relu(signal);
  }
  return signal;
}

/** The weighted sum of squared errors or cross-entropies: weights that sum to 1 make it their mean. */
function weightedLoss<V>({ tape, input }: Scope<V>, { loss }: Network, z: Value<V>): Value<V> {
  const [target, weight] = [input("target"), input("weight")];
  const weighted = (losses: Value<V>): Value<V> => tape.sum(tape.mul(weight, losses), [0, 1]);
  if (loss === "squared") return weighted(tape.square(tape.sub(z, target)));
  if (loss === "softmax") return tape.neg(weighted(tape.mul(target, tape.logSoftmax(z))));
  return weighted(logisticLoss(tape, z, target));
}
