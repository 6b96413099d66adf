import { refused, unsupported } from "./foreign-types.ts";
import { Fields, realsOf } from "./read-protobuf.ts";

export const WHAT = "the ONNX model";

/** A graph as far as trees need it. */
export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly constants: ReadonlyMap<string, readonly number[]>;
  readonly input: { readonly name: string; readonly element: number; readonly width: number | null };
  readonly metadata: ReadonlyMap<string, string>;
}

export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: OnnxAttributes;
}

/** Attributes by name; a list of numbers may lie in the attribute or in a tensor. */
export class OnnxAttributes {
  readonly #attributes: ReadonlyMap<string, Fields>;

  constructor(messages: readonly Fields[]) {
    this.#attributes = new Map(messages.map((message) => [message.text(1) ?? "", message]));
  }

  integer(name: string): number | undefined {
    return this.#attributes.get(name)?.integer(3);
  }

  text(name: string): string | undefined {
    return this.#attributes.get(name)?.text(4);
  }

  texts(name: string): string[] | undefined {
    return this.#attributes.get(name)?.texts(9);
  }

  /** A list of numbers, whichever of the names it has. */
  numbers(...names: readonly string[]): number[] | undefined {
    for (const name of names) {
      const attribute = this.#attributes.get(name);
      if (attribute === undefined) continue;
      const tensor = attribute.message(5);
      if (tensor !== undefined) return tensorOf(tensor);
      return [...attribute.integers(8), ...attribute.reals(7, 4)];
    }
    return undefined;
  }
}

const FLOAT = 1;
const DOUBLE = 11;
const WIDTH_OF_INTEGERS: Readonly<Record<number, number>> = { 2: 1, 3: 1, 6: 4, 7: 8, 9: 1 };

/** A tensor's numbers, row-major. */
function tensorOf(tensor: Fields): number[] {
  const type = tensor.integer(2);
  const raw = tensor.bytes(9);
  if (type === FLOAT) return raw === undefined ? tensor.reals(4, 4) : realsOf(raw, 4, WHAT);
  if (type === DOUBLE) return raw === undefined ? tensor.reals(10, 8) : realsOf(raw, 8, WHAT);
  const width = WIDTH_OF_INTEGERS[type ?? 0];
  if (width === undefined) return [];
  if (raw === undefined) return tensor.integers(type === 7 ? 7 : 5);
  if (raw.length % width !== 0) throw refused(WHAT, "tensors must be whole", `${raw.length} bytes`);
  const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
  return Array.from({ length: raw.length / width }, (_, i) => {
    if (width === 8) return Number(view.getBigInt64(i * 8, true));
    return width === 4 ? view.getInt32(i * 4, true) : type === 3 ? view.getInt8(i) : view.getUint8(i);
  });
}

/**
 * Reads a model file.
 *
 * @throws KaaykoError (damaged) where it is not whole; (input) where it has several inputs
 */
export function readGraph(bytes: Uint8Array): OnnxGraph {
  const model = new Fields(bytes, WHAT);
  const graph = model.message(7);
  if (graph === undefined) throw refused(WHAT, "it must have a graph", "none");
  const constants = new Map(graph.messages(5).map((tensor) => [tensor.text(8) ?? "", tensorOf(tensor)]));
  const nodes = graph.messages(1).map((node): OnnxNode => {
    const attributes = new OnnxAttributes(node.messages(5));
    return { op: node.text(4) ?? "", inputs: node.texts(1), outputs: node.texts(2), attributes };
  });
  for (const { op, outputs, attributes } of nodes)
    if (op === "Constant" && outputs.length === 1) constants.set(outputs[0]!, attributes.numbers("value") ?? []);
  const inputs = graph.messages(11).filter((input) => !constants.has(input.text(1) ?? ""));
  if (inputs.length !== 1) throw unsupported(WHAT, "it must have one input, of all features", `${inputs.length}`);
  const tensor = inputs[0]!.message(2)?.message(1);
  const dimensions = tensor?.message(2)?.messages(1) ?? [];
  const input = {
    name: inputs[0]!.text(1) ?? "",
    element: tensor?.integer(1) ?? FLOAT,
    width: dimensions[1]?.integer(1) ?? null,
  };
  const metadata = new Map(model.messages(14).map((entry) => [entry.text(1) ?? "", entry.text(2) ?? ""]));
  return { nodes, constants, input, metadata };
}
