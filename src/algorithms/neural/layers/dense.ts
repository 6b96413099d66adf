import type { Value } from "../../../backends/index.ts";
import type { Initialiser, Parameter, Scope } from "./scope.ts";

/** Parameters of a dense layer: `weight`, inputs × outputs, and `bias`. */
export function denseParameters(
  name: string,
  inputs: number,
  outputs: number,
  initial: Initialiser = "glorot",
): Parameter[] {
  return [
    { name: `${name}/weight`, shape: [inputs, outputs], decayed: true, initial },
    { name: `${name}/bias`, shape: [outputs], decayed: false, initial: "zeros" },
  ];
}

/** x · weight + bias over the last dimension. */
export function dense<V>({ tape, parameter }: Scope<V>, name: string, x: Value<V>): Value<V> {
  const weight = parameter(`${name}/weight`);
  const [inputs, outputs] = weight.shape as [number, number];
  const flat = x.shape.length === 2 ? x : tape.reshape(x, [-1, inputs]);
  const made = tape.biasAdd(tape.matMul(flat, weight), parameter(`${name}/bias`));
  return x.shape.length === 2 ? made : tape.reshape(made, [...x.shape.slice(0, -1), outputs]);
}
