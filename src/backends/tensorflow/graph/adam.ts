import type { Attribute, Graph, Ref } from "./graph.ts";

/** What one update of Adam takes from outside, each a scalar. */
export interface AdamInputs {
  readonly learningRate: Ref;
  /** The decays to the power of the number of this update, from 1. */
  readonly beta1Power: Ref;
  readonly beta2Power: Ref;
  /** Share of a decayed parameter that is taken away first: learning rate × weight decay. */
  readonly decay: Ref;
}

/** A parameter with its optimiser's slots, all variables of the same shape. */
export interface AdamParameter {
  readonly variable: Ref;
  /** Its value before the update, as the gradients saw it. */
  readonly value: Ref;
  readonly m: Ref;
  readonly v: Ref;
  readonly decayed: boolean;
}

const T: Record<string, Attribute> = { T: { type: "float32" } };

/**
 * One update of AdamW (Loshchilov and Hutter, "Decoupled weight decay regularization", 2019) with TensorFlow's own fused kernel.
 * Returns the nodes that must run.
 */
export function applyAdam(
  graph: Graph,
  parameters: readonly AdamParameter[],
  gradients: readonly Ref[],
  inputs: AdamInputs,
  constants: { readonly beta1: number; readonly beta2: number; readonly epsilon: number },
): Ref[] {
  const { beta1, beta2, epsilon } = constants;
  const fixed = [graph.constant(beta1), graph.constant(beta2), graph.constant(epsilon)];
  return parameters.map((parameter, i) => {
    const after = [gradients[i]!];
    if (parameter.decayed) {
      const part = graph.op("Mul", [parameter.value, inputs.decay], T);
      // Not before every gradient that reads the old value was made.
      const subtract = { dtype: { type: "float32" } } as const;
      after.push(graph.op("AssignSubVariableOp", [parameter.variable, part], subtract, { after: gradients }));
    }
    return graph.op(
      "ResourceApplyAdam",
      [
        ...[parameter.variable, parameter.m, parameter.v, inputs.beta1Power, inputs.beta2Power, inputs.learningRate],
        ...[...fixed, gradients[i]!],
      ],
      { ...T, use_locking: { b: false }, use_nesterov: { b: false } },
      { after: [...gradients, ...after] },
    );
  });
}
