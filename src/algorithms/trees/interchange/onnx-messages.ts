import { Message } from "./protobuf.ts";

export type { Message };

/** Messages of ONNX (onnx.proto, IR version 8), as far as a graph of trees needs them. */

const FLOAT = 1;
const INT64 = 7;
const STRING = 8;
const DOUBLE = 11;
export const ELEMENT = { float: FLOAT, int64: INT64, string: STRING, double: DOUBLE } as const;

/** A value of an attribute. Lists of numbers are int64; typed arrays become tensors of one dimension. */
export type AttributeValue = number | string | readonly number[] | readonly string[] | Float64Array;

function attribute(name: string, value: AttributeValue): Message {
  const message = new Message().text(1, name);
  if (typeof value === "number") return message.integer(3, value).integer(20, 2);
  if (typeof value === "string") return message.text(4, value).integer(20, 3);
  if (value instanceof Float64Array) return message.message(5, reals(name, value)).integer(20, 4);
  if (typeof value[0] === "string") {
    for (const text of value) message.text(9, String(text));
    return message.integer(20, 8);
  }
  return message.integers(8, value as readonly number[]).integer(20, 7);
}

/** A tensor of float64 numbers. */
export function reals(name: string, values: Float64Array): Message {
  return tensor(
    name,
    DOUBLE,
    [values.length],
    littleEndian(values, 8, (view, at, value) => view.setFloat64(at, value, true)),
  );
}

/** A tensor of float32 numbers, row-major. @param shape default one dimension */
export function floats(name: string, values: ArrayLike<number>, shape: readonly number[] = [values.length]): Message {
  return tensor(
    name,
    FLOAT,
    shape,
    littleEndian(values, 4, (view, at, value) => view.setFloat32(at, value, true)),
  );
}

export function integers(name: string, values: readonly number[]): Message {
  const write = (view: DataView, at: number, value: number): void => view.setBigInt64(at, BigInt(value), true);
  return tensor(name, INT64, [values.length], littleEndian(values, 8, write));
}

function littleEndian(
  values: ArrayLike<number>,
  width: number,
  write: (view: DataView, at: number, value: number) => void,
): Uint8Array {
  const bytes = new Uint8Array(values.length * width);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++) write(view, i * width, values[i]!);
  return bytes;
}

function tensor(name: string, type: number, dims: readonly number[], raw: Uint8Array): Message {
  return new Message().integers(1, dims).integer(2, type).text(8, name).bytes(9, raw);
}

export interface NodeParts {
  readonly op: string;
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
}

export function node({ op, domain, inputs, outputs, attributes }: NodeParts): Message {
  const message = new Message();
  for (const input of inputs) message.text(1, input);
  for (const output of outputs) message.text(2, output);
  message.text(3, `${op}_${outputs[0]}`).text(4, op);
  for (const [name, value] of Object.entries(attributes ?? {})) message.message(5, attribute(name, value));
  return domain === undefined ? message : message.text(7, domain);
}

/** An input or output: a tensor of any number of rows × the shape of one. */
export function valueInfo(name: string, type: number, row: readonly number[]): Message {
  const shape = new Message().message(1, new Message().text(2, "rows"));
  for (const length of row) shape.message(1, new Message().integer(1, length));
  const tensorType = new Message().integer(1, type).message(2, shape);
  return new Message().text(1, name).message(2, new Message().message(1, tensorType));
}

export interface GraphParts {
  readonly name: string;
  readonly nodes: readonly Message[];
  readonly initializers: readonly Message[];
  readonly inputs: readonly Message[];
  readonly outputs: readonly Message[];
}

/** A model file of one graph: standard operators of version 13, those of ai.onnx.ml of version 3. */
export function modelFile(graph: GraphParts, metadata: Readonly<Record<string, string>>): Uint8Array {
  const body = new Message();
  for (const part of graph.nodes) body.message(1, part);
  body.text(2, graph.name);
  for (const part of graph.initializers) body.message(5, part);
  for (const part of graph.inputs) body.message(11, part);
  for (const part of graph.outputs) body.message(12, part);
  const model = new Message().integer(1, 8).text(2, "kaayko").message(7, body);
  model.message(8, new Message().text(1, "").integer(2, 13));
  model.message(8, new Message().text(1, "ai.onnx.ml").integer(2, 3));
  for (const [key, value] of Object.entries(metadata)) model.message(14, new Message().text(1, key).text(2, value));
  return model.encode();
}
