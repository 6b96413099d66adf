import type { Value } from "../../backends/index.ts";
import { dense, denseParameters, type Scope } from "../neural/layers/index.ts";
import type { Definition, Input } from "../neural/steps/index.ts";
import type { SequenceNetwork } from "./network.ts";
import { levelsOf, outputWidth, type SequencePlan } from "./plan.ts";

/**
 * A network with what all of them share: beside it, a linear model of the whole window (as in Lai et al., "Modeling long- and
 * short-term temporal patterns with deep neural networks", 2018), which follows the level of a series; and the loss.
 */
export function defineSequence(network: SequenceNetwork, plan: SequencePlan): Definition {
  const flat = plan.steps * plan.inputs;
  const inputs: Input[] = [{ name: "window", shape: [plan.steps, plan.inputs], dtype: "float32" }];
  if (plan.extras > 0) inputs.push({ name: "extras", shape: [plan.extras], dtype: "float32" });
  return {
    inputs,
    targets: [
      { name: "target", shape: [plan.horizon], dtype: "float32" },
      { name: "weight", shape: [plan.horizon], dtype: "float32" },
    ],
    parameters: [
      ...network.parameters(plan),
      ...denseParameters("linear", flat + plan.extras, outputWidth(plan), "zeros").map((parameter) => ({
        ...parameter,
        decayed: false,
      })),
    ],
    outputs(scope) {
      const window = scope.input("window");
      const extras = plan.extras > 0 ? scope.input("extras") : null;
      const all = scope.tape.reshape(window, [-1, flat]);
      const level = dense(scope, "linear", scope.tape.concat(extras === null ? [all] : [all, extras], 1));
      return scope.tape.add(level, network.outputs(scope, plan, window, extras));
    },
    loss: (scope, outputs) => (plan.quantiles.length === 0 ? squared(scope, outputs) : pinball(scope, plan, outputs)),
  };
}

/** The weighted sum of squared errors: weights that sum to 1 make it their mean. */
function squared<V>({ tape, input }: Scope<V>, outputs: Value<V>): Value<V> {
  return tape.sum(tape.mul(input("weight"), tape.square(tape.sub(outputs, input("target")))), [0, 1]);
}

/** The pinball loss (Koenker and Bassett, "Regression quantiles", 1978), meant over the levels. */
function pinball<V>({ tape, input }: Scope<V>, plan: SequencePlan, outputs: Value<V>): Value<V> {
  const levels = levelsOf(plan);
  const wide = (name: string): Value<V> => tape.reshape(input(name), [-1, plan.horizon, 1]);
  const error = tape.sub(wide("target"), tape.reshape(outputs, [-1, plan.horizon, levels]));
  const over = tape.mul(error, tape.constant([...plan.quantiles], [levels]));
  const under = tape.mul(
    error,
    tape.constant(
      plan.quantiles.map((level) => level - 1),
      [levels],
    ),
  );
  const weighted = tape.mul(wide("weight"), tape.maximum(over, under));
  return tape.scale(tape.sum(weighted, [0, 1, 2]), 1 / levels);
}
