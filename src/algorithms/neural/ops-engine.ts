import type * as tfjs from "@tensorflow/tfjs-core";
import type { Backend } from "../../backends/index.ts";
import type { EncodedRows } from "./encoding.ts";
import { BETA1, BETA2, type Engine, EPSILON, slotNames, type TrainingRows, type UpdateRates } from "./engine.ts";
import { lossWithGradient } from "./loss.ts";
import { type Network, type ParameterShape, parameterShapes } from "./network.ts";

/** What the way back needs of the way forth. */
interface Activations {
  /** Codes of each embedding's rows. */
  readonly codes: readonly Int32Array[];
  /** Input of each layer; the last entry is the network's output. */
  readonly layers: readonly tfjs.Tensor2D[];
}

/**
 * The network from basic tfjs operations with its gradients written by hand, so that it runs on every backend, also those that
 * lack gradient kernels. Naive twin of `GraphEngine`.
 */
export class OpsEngine implements Engine {
  readonly #backend: Backend;
  readonly #network: Network;
  readonly #parameters: readonly ParameterShape[];
  readonly #tensors = new Map<string, tfjs.Tensor>();

  constructor(backend: Backend, network: Network) {
    this.#backend = backend;
    this.#network = network;
    this.#parameters = parameterShapes(network);
  }

  train(rows: TrainingRows, rates: UpdateRates): number {
    const tf = this.#backend.tf();
    return tf.tidy(() => {
      const activations = this.#forward(tf, rows);
      const output = activations.layers.at(-1)!;
      const width = this.#network.outputs;
      const gradient = new Float32Array(rows.rows * width);
      const values = output.dataSync() as Float32Array;
      const loss = lossWithGradient(this.#network.loss, values, rows.target, rows.weight, width, gradient);
      const gradients = this.#backward(tf, activations, tf.tensor2d(gradient, [rows.rows, width]));
      for (const parameter of this.#parameters) this.#update(tf, parameter, gradients.get(parameter.name)!, rates);
      return loss;
    });
  }

  forward(rows: EncodedRows): Float32Array {
    const tf = this.#backend.tf();
    return tf.tidy(() => this.#forward(tf, rows).layers.at(-1)!.dataSync() as Float32Array);
  }

  read(names: readonly string[]): Record<string, Float32Array> {
    this.#backend.tf();
    return Object.fromEntries(names.map((name) => [name, Float32Array.from(this.#tensor(name).dataSync())]));
  }

  write(arrays: Readonly<Record<string, Float32Array>>): void {
    const tf = this.#backend.tf();
    for (const { name, shape } of this.#parameters)
      for (const slot of slotNames([{ name }])) this.#replace(slot, tf.tensor(arrays[slot]!.slice(), [...shape]));
  }

  dispose(): void {
    for (const tensor of this.#tensors.values()) tensor.dispose();
    this.#tensors.clear();
  }

  #tensor<T extends tfjs.Tensor>(name: string): T {
    return this.#tensors.get(name) as T;
  }

  /** Takes a tensor out of any tidy and gives the one before it back. */
  #replace(name: string, tensor: tfjs.Tensor): void {
    this.#tensors.get(name)?.dispose();
    this.#tensors.set(name, this.#backend.tf().keep(tensor));
  }

  #forward(tf: typeof tfjs, rows: EncodedRows): Activations {
    const { dense, embeddings, hidden } = this.#network;
    const codes = embeddings.map((_, i) => columnOf(rows, i, embeddings.length));
    const parts: tfjs.Tensor2D[] = codes.map((column, i) =>
      tf.gather(this.#tensor<tfjs.Tensor2D>(`embedding${i}`), tf.tensor1d(column, "int32")),
    );
    if (dense > 0) parts.unshift(tf.tensor2d(rows.dense.subarray(0, rows.rows * dense), [rows.rows, dense]));
    const layers = [parts.length === 1 ? parts[0]! : tf.concat2d(parts, 1)];
    for (let layer = 0; layer <= hidden.length; layer++) {
      const product = tf.matMul(layers[layer]!, this.#tensor<tfjs.Tensor2D>(`weight${layer}`));
      const sum = tf.add<tfjs.Tensor2D>(product, this.#tensor(`bias${layer}`));
      layers.push(layer < hidden.length ? tf.relu(sum) : sum);
    }
    return { codes, layers };
  }

  #backward(tf: typeof tfjs, { codes, layers }: Activations, outputGradient: tfjs.Tensor2D): Map<string, tfjs.Tensor> {
    const gradients = new Map<string, tfjs.Tensor>();
    let gradient = outputGradient;
    for (let layer = this.#network.hidden.length; layer >= 0; layer--) {
      // Transposed first: the wasm backend multiplies transposed operands the slow way.
      gradients.set(`weight${layer}`, tf.matMul(tf.transpose(layers[layer]!), gradient));
      gradients.set(`bias${layer}`, tf.sum(gradient, 0));
      if (layer === 0 && codes.length === 0) break;
      gradient = tf.matMul(gradient, tf.transpose(this.#tensor<tfjs.Tensor2D>(`weight${layer}`)));
      if (layer > 0) gradient = tf.mul(gradient, tf.step(layers[layer]!));
    }
    this.#embeddingGradients(tf, codes, gradient, gradients);
    return gradients;
  }

  #embeddingGradients(
    tf: typeof tfjs,
    codes: readonly Int32Array[],
    gradient: tfjs.Tensor2D,
    gradients: Map<string, tfjs.Tensor>,
  ): void {
    if (codes.length === 0) return;
    const values = gradient.dataSync() as Float32Array;
    const stride = gradient.shape[1];
    let start = this.#network.dense;
    codes.forEach((column, i) => {
      const { rows, width } = this.#network.embeddings[i]!;
      const sums = new Float32Array(rows * width);
      for (let row = 0; row < column.length; row++)
        for (let k = 0; k < width; k++) sums[column[row]! * width + k]! += values[row * stride + start + k]!;
      gradients.set(`embedding${i}`, tf.tensor2d(sums, [rows, width]));
      start += width;
    });
  }

  #update(tf: typeof tfjs, { name, decayed }: ParameterShape, gradient: tfjs.Tensor, rates: UpdateRates): void {
    const weight = this.#tensor(name);
    const m = tf.add(this.#tensor(`${name}/m`), tf.mul(tf.sub(gradient, this.#tensor(`${name}/m`)), 1 - BETA1));
    const square = tf.mul(gradient, gradient);
    const v = tf.add(this.#tensor(`${name}/v`), tf.mul(tf.sub(square, this.#tensor(`${name}/v`)), 1 - BETA2));
    const rate = (rates.learningRate * Math.sqrt(1 - rates.beta2Power)) / (1 - rates.beta1Power);
    const change = tf.div(tf.mul(m, rate), tf.add(tf.sqrt(v), EPSILON));
    const kept = decayed && rates.decay > 0 ? tf.mul(weight, 1 - rates.decay) : weight;
    this.#replace(name, tf.sub(kept, change));
    this.#replace(`${name}/m`, m);
    this.#replace(`${name}/v`, v);
  }
}

/** One embedded feature's codes, out of the rows. */
function columnOf(rows: EncodedRows, column: number, width: number): Int32Array {
  return Int32Array.from({ length: rows.rows }, (_, row) => rows.codes[row * width + column]!);
}
