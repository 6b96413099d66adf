import { Graph, GraphOperations, type Ref, savedModelMessages } from "../../../backends/index.ts";
import type { ModelContent, Task } from "../../../core/index.ts";
import { portableNetwork } from "./portable-network.ts";
import type { PortableOperations } from "./portable-operations.ts";

/** Operations as nodes of a TensorFlow graph, with weights as constants of it. */
class PortableGraph extends GraphOperations implements PortableOperations<Ref> {
  weights(name: string, values: Float32Array, shape: readonly number[]): Ref {
    const attributes = { dtype: { type: "float32" }, value: { tensor: { dtype: "float32", shape, values } } } as const;
    return this.graph.op("Const", [], attributes, { name: `weights/${name}` });
  }

  isMissing(a: Ref): Ref {
    const types = { SrcT: { type: "bool" }, DstT: { type: "float32" }, Truncate: { b: false } } as const;
    return this.graph.op("Cast", [this.graph.op("IsNan", [a], { T: { type: "float32" } })], types);
  }

  filled(a: Ref): Ref {
    const missing = this.graph.op("IsNan", [a], { T: { type: "float32" } });
    return this.graph.op("SelectV2", [missing, this.graph.constant(0), a], { T: { type: "float32" } });
  }

  toIndices(column: Ref): Ref {
    const types = { SrcT: { type: "float32" }, DstT: { type: "int32" }, Truncate: { b: false } } as const;
    return this.graph.op("Cast", [this.reshape(column, [-1])], types);
  }
}

/**
 * Writes a network as TensorFlow's SavedModel: the bytes of `saved_model.pb`, whose folder is the model. Inputs and outputs are those of
 * `networkToOnnx`, under the signature `serving_default`.
 *
 * @throws KaaykoError where the package that knows the format is not installed
 */
export function networkToSavedModel(content: ModelContent, task: Task, features: number): Uint8Array {
  const network = portableNetwork(content, task, features);
  const graph = new Graph(savedModelMessages());
  const inputs = network.inputs.map(({ name, shape }) => [name, graph.placeholder(name, [-1, ...shape])] as const);
  const { name, width } = network.output;
  graph.named(name, network.write(new PortableGraph(graph), Object.fromEntries(inputs)));
  return graph.savedModel("2.9.1", {
    inputs: network.inputs.map((input) => ({ name: input.name, shape: [-1, ...input.shape] })),
    outputs: [{ name, shape: [-1, width] }],
  });
}
