import type { ModelContent, Task } from "../../../core/index.ts";
import { ELEMENT, modelFile, valueInfo } from "../../trees/interchange/onnx-messages.ts";
import { OnnxOperations, type OnnxValue } from "./onnx-operations.ts";
import { portableNetwork } from "./portable-network.ts";

/**
 * Writes a network for ONNX runtimes, from raw features to predictions (float32 throughout).
 *
 * Inputs: `features` (rows × features; NaN is missing, categories are codes from 0), and for forecasts `windows` (rows × steps × channels;
 * NaN is missing). Outputs: `prediction` (rows × 1, or × steps ahead and quantiles, as the network gives them) or `probabilities` (rows ×
 * classes).
 *
 * @throws KaaykoError (damaged) for a model that is not whole
 */
export function networkToOnnx(
  content: ModelContent,
  task: Task,
  features: number,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const network = portableNetwork(content, task, features);
  const ops = new OnnxOperations();
  const inputs = network.inputs.map(({ name, shape }): [string, OnnxValue] => [name, { name, rank: 1 + shape.length }]);
  const { name, width } = network.output;
  ops.named(name, network.write(ops, Object.fromEntries(inputs)));
  return modelFile(
    {
      name: "kaayko",
      nodes: ops.nodes,
      initializers: ops.initializers,
      inputs: network.inputs.map((input) => valueInfo(input.name, ELEMENT.float, input.shape)),
      outputs: [valueInfo(name, ELEMENT.float, [width])],
    },
    metadata,
  );
}
