import type { BinaryKind, UnaryKind } from "../../../backends/index.ts";
import {
  type AttributeValue,
  ELEMENT,
  floats,
  integers,
  type Message,
  node,
} from "../../trees/interchange/onnx-messages.ts";
import type { PortableOperations } from "./portable-operations.ts";

/** A value of an ONNX graph, with its number of dimensions. */
export interface OnnxValue {
  readonly name: string;
  readonly rank: number;
}

const BINARY: Record<BinaryKind, string> = {
  add: "Add",
  sub: "Sub",
  mul: "Mul",
  div: "Div",
  maximum: "Max",
  greaterEqual: "GreaterOrEqual",
};
const UNARY: Readonly<Partial<Record<UnaryKind, string>>> = {
  relu: "Relu",
  tanh: "Tanh",
  sigmoid: "Sigmoid",
  exp: "Exp",
  log: "Log",
  sqrt: "Sqrt",
  neg: "Neg",
  abs: "Abs",
};
/** The end of a slice that has none. */
const TO_THE_END = 2 ** 53 - 1;

/** Operations as nodes of an ONNX graph (operators of version 13). Gradients and random numbers are none of it. */
export class OnnxOperations implements PortableOperations<OnnxValue> {
  readonly nodes: Message[] = [];
  readonly initializers: Message[] = [];
  #count = 0;

  constant(values: readonly number[], shape: readonly number[]): OnnxValue {
    return this.#initial(shape.length, (name) => floats(name, values, shape));
  }

  weights(_name: string, values: Float32Array, shape: readonly number[]): OnnxValue {
    return this.#initial(shape.length, (name) => floats(name, values, shape));
  }

  isMissing(a: OnnxValue): OnnxValue {
    return this.#toFloat(this.#op("IsNaN", [a], a.rank));
  }

  filled(a: OnnxValue): OnnxValue {
    return this.#op("Where", [this.#op("IsNaN", [a], a.rank), this.constant([0], []), a], a.rank);
  }

  toIndices(column: OnnxValue): OnnxValue {
    return this.#op("Cast", [this.reshape(column, [-1])], 1, { to: ELEMENT.int64 });
  }

  matMul(a: OnnxValue, b: OnnxValue, transposeA: boolean, transposeB: boolean): OnnxValue {
    const [left, right] = [transposeA ? this.#turned(a) : a, transposeB ? this.#turned(b) : b];
    return this.#op("MatMul", [left, right], Math.max(a.rank, b.rank));
  }

  batchMatMul(a: OnnxValue, b: OnnxValue, transposeA: boolean, transposeB: boolean): OnnxValue {
    return this.matMul(a, b, transposeA, transposeB);
  }

  binary(kind: BinaryKind, a: OnnxValue, b: OnnxValue): OnnxValue {
    const made = this.#op(BINARY[kind], [a, b], Math.max(a.rank, b.rank));
    return kind === "greaterEqual" ? this.#toFloat(made) : made;
  }

  unary(kind: UnaryKind, a: OnnxValue): OnnxValue {
    const name = UNARY[kind];
    if (name !== undefined) return this.#op(name, [a], a.rank);
    if (kind === "square") return this.binary("mul", a, a);
    if (kind === "rsqrt") return this.#op("Reciprocal", [this.unary("sqrt", a)], a.rank);
    // What is 0 or 1 whatever the value, in its shape.
    const zeros = this.binary("mul", a, this.constant([0], []));
    return kind === "zerosLike" ? zeros : this.binary("add", zeros, this.constant([1], []));
  }

  biasAdd(a: OnnxValue, bias: OnnxValue): OnnxValue {
    return this.binary("add", a, bias);
  }

  reshape(a: OnnxValue, shape: readonly number[]): OnnxValue {
    return this.#op("Reshape", [a, this.#list(shape)], shape.length);
  }

  transpose(a: OnnxValue, order: readonly number[]): OnnxValue {
    return this.#op("Transpose", [a], a.rank, { perm: order });
  }

  slice(a: OnnxValue, begin: readonly number[], size: readonly number[]): OnnxValue {
    const ends = begin.map((start, i) => (size[i] === -1 ? TO_THE_END : start + size[i]!));
    return this.#op("Slice", [a, this.#list(begin), this.#list(ends)], a.rank);
  }

  concat(parts: readonly OnnxValue[], axis: number): OnnxValue {
    return parts.length === 1 ? parts[0]! : this.#op("Concat", parts, parts[0]!.rank, { axis });
  }

  split(a: OnnxValue, pieces: number, axis: number): OnnxValue[] {
    const outputs = Array.from({ length: pieces }, () => this.#name());
    this.nodes.push(node({ op: "Split", inputs: [a.name], outputs, attributes: { axis } }));
    return outputs.map((name) => ({ name, rank: a.rank }));
  }

  pad(a: OnnxValue, paddings: readonly (readonly [number, number])[]): OnnxValue {
    const amounts = [...paddings.map(([before]) => before), ...paddings.map(([, after]) => after)];
    return this.#op("Pad", [a, this.#list(amounts)], a.rank);
  }

  reduce(kind: "sum" | "mean" | "max", a: OnnxValue, axes: readonly number[], keep: boolean): OnnxValue {
    const rank = keep ? a.rank : a.rank - axes.length;
    const keepdims = keep ? 1 : 0;
    if (kind === "sum") return this.#op("ReduceSum", [a, this.#list(axes)], rank, { keepdims });
    return this.#op(kind === "mean" ? "ReduceMean" : "ReduceMax", [a], rank, { axes, keepdims });
  }

  softmax(a: OnnxValue): OnnxValue {
    return this.#op("Softmax", [a], a.rank, { axis: -1 });
  }

  logSoftmax(a: OnnxValue): OnnxValue {
    return this.#op("LogSoftmax", [a], a.rank, { axis: -1 });
  }

  gather(table: OnnxValue, indices: OnnxValue): OnnxValue {
    return this.#op("Gather", [table, indices], table.rank, { axis: 0 });
  }

  unaryGradient(): OnnxValue {
    throw new Error("there are no gradients in a model for another program");
  }

  biasGradient(): OnnxValue {
    return this.unaryGradient();
  }

  segmentSum(): OnnxValue {
    return this.unaryGradient();
  }

  uniform(): OnnxValue {
    return this.unaryGradient();
  }

  /** Gives a value a name of its own. */
  named(name: string, { name: from }: OnnxValue): void {
    this.nodes.push(node({ op: "Identity", inputs: [from], outputs: [name] }));
  }

  #op(
    op: string,
    inputs: readonly OnnxValue[],
    rank: number,
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): OnnxValue {
    const name = this.#name();
    this.nodes.push(node({ op, inputs: inputs.map((input) => input.name), outputs: [name], attributes }));
    return { name, rank };
  }

  #toFloat(a: OnnxValue): OnnxValue {
    return this.#op("Cast", [a], a.rank, { to: ELEMENT.float });
  }

  #turned(a: OnnxValue): OnnxValue {
    const order = Array.from({ length: a.rank }, (_, i) => i);
    return this.transpose(a, [...order.slice(0, -2), a.rank - 1, a.rank - 2]);
  }

  #list(values: readonly number[]): OnnxValue {
    return this.#initial(1, (name) => integers(name, values));
  }

  #initial(rank: number, make: (name: string) => Message): OnnxValue {
    const name = this.#name();
    this.initializers.push(make(name));
    return { name, rank };
  }

  #name(): string {
    return `v${this.#count++}`;
  }
}
