import type { Value } from "../../backends/index.ts";
import { dropout, type Parameter, type Scope } from "../neural/layers/index.ts";
import { head, headParameters, type SequenceNetwork } from "./network.ts";

/** A recurrent layer: its parameters, and its state after each step, rows × units. */
interface RecurrentLayer {
  parameters(name: string, inputs: number, units: number): Parameter[];
  states<V>(scope: Scope<V>, name: string, x: Value<V>): Value<V>[];
}

/** Recurrent layers, one upon another; the last state of the last one gives the outputs. */
export function recurrentNetwork({ parameters, states }: RecurrentLayer): SequenceNetwork {
  return {
    parameters: (plan) => [
      ...Array.from({ length: plan.layers }, (_, i) =>
        parameters(`layer${i}`, i === 0 ? plan.inputs : plan.units, plan.units),
      ).flat(),
      ...headParameters(plan),
    ],
    outputs(scope, plan, window, extras) {
      let sequence = window;
      for (let i = 0; ; i++) {
        const made = states(scope, `layer${i}`, sequence);
        if (i === plan.layers - 1) return head(scope, plan, dropout(scope, made.at(-1)!, plan.dropout), extras);
        sequence = dropout(scope, scope.tape.stack(made, 1), plan.dropout);
      }
    },
  };
}
