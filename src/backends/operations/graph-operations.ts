import type { Attribute, Graph, Ref } from "../tensorflow/graph/graph.ts";
import type { BinaryKind, Operations, UnaryKind } from "./operations.ts";

const FLOAT = { type: "float32" } as const;
const INT = { type: "int32" } as const;
const T: Record<string, Attribute> = { T: FLOAT };
const NHWC = { ...T, data_format: { s: "NHWC" } };

const BINARY: Record<BinaryKind, string> = {
  add: "AddV2",
  sub: "Sub",
  mul: "Mul",
  div: "RealDiv",
  maximum: "Maximum",
  greaterEqual: "GreaterEqual",
};
const UNARY: Record<UnaryKind, string> = {
  relu: "Relu",
  tanh: "Tanh",
  sigmoid: "Sigmoid",
  exp: "Exp",
  log: "Log",
  square: "Square",
  sqrt: "Sqrt",
  rsqrt: "Rsqrt",
  neg: "Neg",
  abs: "Abs",
  zerosLike: "ZerosLike",
  onesLike: "OnesLike",
};

/** Operations as nodes of a TensorFlow graph: nothing is computed before the graph is run. */
export class GraphOperations implements Operations<Ref> {
  readonly graph: Graph;

  constructor(graph: Graph) {
    this.graph = graph;
  }

  constant(values: readonly number[], shape: readonly number[]): Ref {
    return this.graph.constant(values, "float32", shape);
  }

  matMul(a: Ref, b: Ref, transposeA: boolean, transposeB: boolean): Ref {
    return this.graph.op("MatMul", [a, b], { ...T, transpose_a: { b: transposeA }, transpose_b: { b: transposeB } });
  }

  batchMatMul(a: Ref, b: Ref, transposeA: boolean, transposeB: boolean): Ref {
    return this.graph.op("BatchMatMulV2", [a, b], { ...T, adj_x: { b: transposeA }, adj_y: { b: transposeB } });
  }

  binary(kind: BinaryKind, a: Ref, b: Ref): Ref {
    const made = this.graph.op(BINARY[kind], [a, b], T);
    if (kind !== "greaterEqual") return made;
    return this.graph.op("Cast", [made], { SrcT: { type: "bool" }, DstT: FLOAT, Truncate: { b: false } });
  }

  unary(kind: UnaryKind, a: Ref): Ref {
    return this.graph.op(UNARY[kind], [a], T);
  }

  unaryGradient(kind: "relu" | "tanh" | "sigmoid", output: Ref, gradient: Ref): Ref {
    if (kind === "relu") return this.graph.op("ReluGrad", [gradient, output], T);
    return this.graph.op(kind === "tanh" ? "TanhGrad" : "SigmoidGrad", [output, gradient], T);
  }

  biasAdd(a: Ref, bias: Ref): Ref {
    return this.graph.op("BiasAdd", [a, bias], NHWC);
  }

  biasGradient(gradient: Ref): Ref {
    return this.graph.op("BiasAddGrad", [gradient], NHWC);
  }

  reshape(a: Ref, shape: readonly number[]): Ref {
    return this.graph.op("Reshape", [a, this.graph.constant(shape, "int32")], { ...T, Tshape: INT });
  }

  transpose(a: Ref, order: readonly number[]): Ref {
    return this.graph.op("Transpose", [a, this.graph.constant(order, "int32")], { ...T, Tperm: INT });
  }

  slice(a: Ref, begin: readonly number[], size: readonly number[]): Ref {
    const bounds = [this.graph.constant(begin, "int32"), this.graph.constant(size, "int32")];
    return this.graph.op("Slice", [a, ...bounds], { ...T, Index: INT });
  }

  concat(parts: readonly Ref[], axis: number): Ref {
    if (parts.length === 1) return parts[0]!;
    const attributes: Record<string, Attribute> = { ...T, N: { i: parts.length }, Tidx: INT };
    return this.graph.op("ConcatV2", [...parts, this.graph.constant(axis, "int32")], attributes);
  }

  split(a: Ref, pieces: number, axis: number): Ref[] {
    const made = this.graph.op("Split", [this.graph.constant(axis, "int32"), a], { ...T, num_split: { i: pieces } });
    return Array.from({ length: pieces }, (_, i) => (i === 0 ? made : `${made}:${i}`));
  }

  pad(a: Ref, paddings: readonly (readonly [number, number])[]): Ref {
    const table = this.graph.constant(paddings.flat(), "int32", [paddings.length, 2]);
    return this.graph.op("Pad", [a, table], { ...T, Tpaddings: INT });
  }

  reduce(kind: "sum" | "mean" | "max", a: Ref, axes: readonly number[], keep: boolean): Ref {
    const name = { sum: "Sum", mean: "Mean", max: "Max" }[kind];
    return this.graph.op(name, [a, this.graph.constant(axes, "int32")], { ...T, Tidx: INT, keep_dims: { b: keep } });
  }

  softmax(a: Ref): Ref {
    return this.graph.op("Softmax", [a], T);
  }

  logSoftmax(a: Ref): Ref {
    return this.graph.op("LogSoftmax", [a], T);
  }

  gather(table: Ref, indices: Ref): Ref {
    const types = { Taxis: INT, Tindices: INT, Tparams: FLOAT, batch_dims: { i: 0 } };
    return this.graph.op("GatherV2", [table, indices, this.graph.constant(0, "int32")], types);
  }

  segmentSum(values: Ref, indices: Ref, rows: number): Ref {
    const inputs = [values, indices, this.graph.constant(rows, "int32")];
    return this.graph.op("UnsortedSegmentSum", inputs, { ...T, Tindices: INT, Tnumsegments: INT });
  }

  uniform(like: Ref, seed: Ref, use: number): Ref {
    const shape = this.graph.op("Shape", [like], { ...T, out_type: INT });
    const own = this.graph.op("AddV2", [seed, this.graph.constant([0, use], "int32")], { T: INT });
    return this.graph.op("StatelessRandomUniform", [shape, own], { dtype: FLOAT, T: INT, Tseed: INT });
  }
}
