import { randomStream, type Task } from "../../core/index.ts";
import { denseWidth, type InputEncoding } from "./encoding.ts";

/** How the network's outputs are compared with the target. */
export type Loss = "squared" | "logistic" | "softmax";

/** The network as plain numbers: dense inputs and embeddings side by side, hidden layers with ReLU, linear outputs. */
export interface Network {
  readonly dense: number;
  readonly embeddings: readonly { readonly rows: number; readonly width: number }[];
  readonly hidden: readonly number[];
  readonly outputs: number;
  readonly loss: Loss;
}

/** A trained array: its name, shape and whether weight decay shrinks it. */
export interface ParameterShape {
  readonly name: string;
  readonly shape: readonly number[];
  readonly decayed: boolean;
}

export type Weights = Readonly<Record<string, Float32Array>>;

export function planNetwork(inputs: readonly InputEncoding[], hidden: readonly number[], task: Task): Network {
  return {
    dense: inputs.reduce((sum, input) => sum + denseWidth(input), 0),
    embeddings: inputs.flatMap((input) =>
      input.kind === "embedding" ? [{ rows: input.cardinality + 1, width: input.width }] : [],
    ),
    hidden,
    outputs: task.kind === "multiclass" ? task.classes!.length : 1,
    loss: task.kind === "regression" ? "squared" : task.kind === "binary" ? "logistic" : "softmax",
  };
}

/** Inputs of the first layer. */
export function inputWidth(network: Network): number {
  return network.dense + network.embeddings.reduce((sum, { width }) => sum + width, 0);
}

/** The trained arrays, in a fixed order: embedding tables, then weights (inputs × outputs) and bias of each layer. */
export function parameterShapes(network: Network): ParameterShape[] {
  const shapes: ParameterShape[] = network.embeddings.map(({ rows, width }, i) => ({
    name: `embedding${i}`,
    shape: [rows, width],
    decayed: true,
  }));
  let inputs = inputWidth(network);
  [...network.hidden, network.outputs].forEach((outputs, layer) => {
    shapes.push({ name: `weight${layer}`, shape: [inputs, outputs], decayed: true });
    shapes.push({ name: `bias${layer}`, shape: [outputs], decayed: false });
    inputs = outputs;
  });
  return shapes;
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/**
 * Weights before the first step, the same on every backend: uniform with the variance that keeps signals level through ReLU
 * (He et al., "Delving deep into rectifiers", 2015), the output layer by fan-in; biases 0; embeddings with deviation 0.1.
 */
export function initialWeights(network: Network, seed: number): Record<string, Float32Array> {
  const weights: Record<string, Float32Array> = {};
  for (const { name, shape } of parameterShapes(network)) {
    const values = new Float32Array(sizeOf(shape));
    if (shape.length === 2) {
      const random = randomStream(seed, "mlp", "weights", name);
      const last = name === `weight${network.hidden.length}`;
      const bound = name.startsWith("embedding") ? 0.1 * Math.sqrt(3) : Math.sqrt((last ? 3 : 6) / shape[0]!);
      for (let i = 0; i < values.length; i++) values[i] = (2 * random.float() - 1) * bound;
    }
    weights[name] = values;
  }
  return weights;
}
