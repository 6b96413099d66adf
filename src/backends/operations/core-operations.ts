import type * as tfjs from "@tensorflow/tfjs-core";
import { rowHash } from "../../core/index.ts";
import type { BinaryKind, Operations, UnaryKind } from "./operations.ts";

type Core = typeof tfjs;

const BINARY: Record<BinaryKind, (tf: Core, a: tfjs.Tensor, b: tfjs.Tensor) => tfjs.Tensor> = {
  add: (tf, a, b) => tf.add(a, b),
  sub: (tf, a, b) => tf.sub(a, b),
  mul: (tf, a, b) => tf.mul(a, b),
  div: (tf, a, b) => tf.div(a, b),
  maximum: (tf, a, b) => tf.maximum(a, b),
  greaterEqual: (tf, a, b) => tf.cast(tf.greaterEqual(a, b), "float32"),
};
const UNARY: Record<UnaryKind, (tf: Core, a: tfjs.Tensor) => tfjs.Tensor> = {
  relu: (tf, a) => tf.relu(a),
  tanh: (tf, a) => tf.tanh(a),
  sigmoid: (tf, a) => tf.sigmoid(a),
  exp: (tf, a) => tf.exp(a),
  log: (tf, a) => tf.log(a),
  square: (tf, a) => tf.mul(a, a),
  sqrt: (tf, a) => tf.sqrt(a),
  rsqrt: (tf, a) => tf.rsqrt(a),
  neg: (tf, a) => tf.neg(a),
  abs: (tf, a) => tf.abs(a),
  zerosLike: (tf, a) => tf.zerosLike(a),
  onesLike: (tf, a) => tf.onesLike(a),
};

/**
 * Operations in plain tfjs-core, computed at once on whatever backend is current: naive twin of `GraphOperations`. Random
 * numbers differ from those of TensorFlow. The caller keeps a `tidy` around it.
 */
export class CoreOperations implements Operations<tfjs.Tensor> {
  readonly #tf: Core;

  constructor(tf: Core) {
    this.#tf = tf;
  }

  constant(values: readonly number[], shape: readonly number[]): tfjs.Tensor {
    return this.#tf.tensor([...values], [...shape], "float32");
  }

  matMul(a: tfjs.Tensor, b: tfjs.Tensor, transposeA: boolean, transposeB: boolean): tfjs.Tensor {
    // Transposed first: the wasm backend multiplies transposed operands the slow way.
    return this.#tf.matMul(transposeA ? this.#turned(a) : a, transposeB ? this.#turned(b) : b);
  }

  batchMatMul(a: tfjs.Tensor, b: tfjs.Tensor, transposeA: boolean, transposeB: boolean): tfjs.Tensor {
    return this.matMul(a, b, transposeA, transposeB);
  }

  binary(kind: BinaryKind, a: tfjs.Tensor, b: tfjs.Tensor): tfjs.Tensor {
    return BINARY[kind](this.#tf, a, b);
  }

  unary(kind: UnaryKind, a: tfjs.Tensor): tfjs.Tensor {
    return UNARY[kind](this.#tf, a);
  }

  unaryGradient(kind: "relu" | "tanh" | "sigmoid", output: tfjs.Tensor, gradient: tfjs.Tensor): tfjs.Tensor {
    const tf = this.#tf;
    if (kind === "relu") return tf.mul(gradient, tf.step(output));
    const slope = kind === "tanh" ? tf.sub(1, tf.mul(output, output)) : tf.mul(output, tf.sub(1, output));
    return tf.mul(gradient, slope);
  }

  biasAdd(a: tfjs.Tensor, bias: tfjs.Tensor): tfjs.Tensor {
    return this.#tf.add(a, bias);
  }

  biasGradient(gradient: tfjs.Tensor): tfjs.Tensor {
    const axes = gradient.shape.slice(0, -1).map((_, i) => i);
    return this.#tf.sum(gradient, axes);
  }

  reshape(a: tfjs.Tensor, shape: readonly number[]): tfjs.Tensor {
    return this.#tf.reshape(a, [...shape]);
  }

  transpose(a: tfjs.Tensor, order: readonly number[]): tfjs.Tensor {
    return this.#tf.transpose(a, [...order]);
  }

  slice(a: tfjs.Tensor, begin: readonly number[], size: readonly number[]): tfjs.Tensor {
    return this.#tf.slice(a, [...begin], [...size]);
  }

  concat(parts: readonly tfjs.Tensor[], axis: number): tfjs.Tensor {
    return this.#tf.concat([...parts], axis);
  }

  split(a: tfjs.Tensor, pieces: number, axis: number): tfjs.Tensor[] {
    return this.#tf.split(a, pieces, axis);
  }

  pad(a: tfjs.Tensor, paddings: readonly (readonly [number, number])[]): tfjs.Tensor {
    return this.#tf.pad(
      a,
      paddings.map(([before, after]) => [before, after]),
    );
  }

  reduce(kind: "sum" | "mean" | "max", a: tfjs.Tensor, axes: readonly number[], keep: boolean): tfjs.Tensor {
    return this.#tf[kind](a, [...axes], keep);
  }

  softmax(a: tfjs.Tensor): tfjs.Tensor {
    return this.#tf.softmax(a);
  }

  logSoftmax(a: tfjs.Tensor): tfjs.Tensor {
    const tf = this.#tf;
    const centred = tf.sub(a, tf.max(a, -1, true));
    return tf.sub(centred, tf.log(tf.sum(tf.exp(centred), -1, true)));
  }

  gather(table: tfjs.Tensor, indices: tfjs.Tensor): tfjs.Tensor {
    return this.#tf.gather(table, indices as tfjs.Tensor1D);
  }

  segmentSum(values: tfjs.Tensor, indices: tfjs.Tensor, rows: number): tfjs.Tensor {
    const numbers = indices.dataSync();
    const from = values.dataSync();
    const width = values.shape[1]!;
    const sums = new Float32Array(rows * width);
    for (let row = 0; row < numbers.length; row++)
      for (let k = 0; k < width; k++) sums[numbers[row]! * width + k]! += from[row * width + k]!;
    return this.#tf.tensor(sums, [rows, width]);
  }

  uniform(like: tfjs.Tensor, seed: tfjs.Tensor, use: number): tfjs.Tensor {
    const words = seed.dataSync();
    const key: [number, number] = [words[0]!, words[1]! + use];
    const values = Float32Array.from({ length: like.size }, (_, i) => (rowHash(key, i) >>> 8) / 16_777_216);
    return this.#tf.tensor(values, like.shape);
  }

  #turned(a: tfjs.Tensor): tfjs.Tensor {
    const order = a.shape.map((_, i) => i);
    const last = order.length - 1;
    return this.#tf.transpose(a, [...order.slice(0, -2), last, last - 1]);
  }
}
