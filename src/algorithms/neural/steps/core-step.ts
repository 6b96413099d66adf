import type * as tfjs from "@tensorflow/tfjs-core";
import { type Backend, CoreOperations, Tape, type Value } from "../../../backends/index.ts";
import type { Scope } from "../layers/index.ts";
import { updated } from "./core-optimiser.ts";
import {
  type Batch,
  type Definition,
  fedArray,
  type Input,
  type TrainingStep,
  type Update,
  type UpdateRates,
  type UpdateReport,
} from "./definition.ts";
import { AVERAGE, arrayNames, GATHERED, modelArrays, type Optimiser, slotsOf } from "./optimiser.ts";

/** A definition in plain tfjs-core operations, on any backend: naive twin of `GraphStep`. */
export class CoreStep implements TrainingStep {
  readonly #backend: Backend;
  readonly #definition: Definition;
  readonly #optimiser: Optimiser | null;
  readonly #tensors = new Map<string, tfjs.Tensor>();

  constructor(backend: Backend, definition: Definition, optimiser: Optimiser | null) {
    this.#backend = backend;
    this.#definition = definition;
    this.#optimiser = optimiser;
  }

  train(batch: Batch, rates: UpdateRates): UpdateReport {
    const tf = this.#backend.tf();
    const { inputs, targets, parameters } = this.#definition;
    const optimiser = this.#optimiser!;
    return tf.tidy(() => {
      const scope = this.#scope(tf, [...inputs, ...targets], batch, rates.dropoutSeed);
      const loss = this.#definition.loss(scope, this.#definition.outputs(scope));
      const values = parameters.map(({ name }) => scope.parameter(name));
      const own = scope.tape.gradients(loss, values);
      if (rates.apply === false) {
        this.#gather(own);
        return { loss: loss.at.dataSync()[0]!, gradientNorm: 0 };
      }
      const { gradients, norm } = clip(tf, this.#gathered(own, rates.batches ?? 1), optimiser.clipNorm);
      parameters.forEach(({ name, decayed }, i) => {
        const decay = decayed ? rates.decay : 0;
        const slots = slotsOf(optimiser).map((slot) => this.#tensors.get(`${name}/${slot}`)!);
        const before = this.#tensors.get(name)!;
        const after = updated(tf, optimiser, { ...rates, decay }, [before, ...slots], gradients[i]!);
        for (const [k, array] of arrayNames([{ name }], optimiser).slice(0, after.length).entries())
          this.#replace(array, after[k]!);
      });
      this.#follow(rates.averaging ?? 1);
      return { loss: loss.at.dataSync()[0]!, gradientNorm: norm };
    });
  }

  trainAll(updates: readonly Update[]): UpdateReport[] {
    return updates.map(({ batch, rates }) => this.train(batch, rates));
  }

  forward(batch: Batch): Float32Array {
    const tf = this.#backend.tf();
    return tf.tidy(() => {
      const scope = this.#scope(tf, this.#definition.inputs, batch, null, this.#optimiser);
      return Float32Array.from(this.#definition.outputs(scope).at.dataSync());
    });
  }

  read(names: readonly string[]): Record<string, Float32Array> {
    this.#backend.tf();
    return Object.fromEntries(names.map((name) => [name, Float32Array.from(this.#tensors.get(name)!.dataSync())]));
  }

  write(arrays: Readonly<Record<string, Float32Array>>): void {
    const tf = this.#backend.tf();
    for (const parameter of this.#definition.parameters)
      for (const name of arrayNames([parameter], this.#optimiser))
        this.#replace(name, tf.tensor(arrays[name]!.slice(), [...parameter.shape]));
  }

  dispose(): void {
    for (const tensor of this.#tensors.values()) tensor.dispose();
    this.#tensors.clear();
  }

  /** Keeps gradients for a later update. */
  #gather(gradients: readonly tfjs.Tensor[]): void {
    const totals = this.#sums(gradients);
    this.#definition.parameters.forEach(({ name }, i) => {
      this.#replace(`${name}/${GATHERED}`, totals[i]!);
    });
  }

  /** The mean of these gradients and those that were kept, which are forgotten. */
  #gathered(gradients: readonly tfjs.Tensor[], batches: number): readonly tfjs.Tensor[] {
    if (this.#optimiser?.gathers !== true) return gradients;
    const tf = this.#backend.tf();
    const means = this.#sums(gradients).map((total) => tf.mul(total, 1 / batches));
    for (const { name, shape } of this.#definition.parameters)
      this.#replace(`${name}/${GATHERED}`, tf.zeros([...shape]));
    return means;
  }

  #sums(gradients: readonly tfjs.Tensor[]): tfjs.Tensor[] {
    const { parameters } = this.#definition;
    return gradients.map((own, i) =>
      this.#backend.tf().add(this.#tensors.get(`${parameters[i]!.name}/${GATHERED}`)!, own),
    );
  }

  /** Lets the moving means follow the parameters. */
  #follow(share: number): void {
    if (this.#optimiser?.averages !== true) return;
    const tf = this.#backend.tf();
    for (const { name } of this.#definition.parameters) {
      const mean = this.#tensors.get(`${name}/${AVERAGE}`)!;
      const difference = tf.sub(this.#tensors.get(name)!, mean);
      this.#replace(`${name}/${AVERAGE}`, tf.add(mean, tf.mul(difference, share)));
    }
  }

  /** Takes a tensor out of any tidy and gives the one before it back. */
  #replace(name: string, tensor: tfjs.Tensor): void {
    this.#tensors.get(name)?.dispose();
    this.#tensors.set(name, this.#backend.tf().keep(tensor));
  }

  #scope(
    tf: typeof tfjs,
    inputs: readonly Input[],
    batch: Batch,
    seed: readonly [number, number] | null,
    shown: Optimiser | null = null,
  ): Scope<tfjs.Tensor> {
    const fed = new Map(inputs.map((input) => [input.name, tensorOf(tf, input, batch)]));
    const { parameters } = this.#definition;
    const arrays = modelArrays(parameters, shown);
    const values = new Map(
      parameters.map(({ name, shape }, i) => [name, { at: this.#tensors.get(arrays[i]!)!, shape }]),
    );
    let use = 0;
    return {
      tape: new Tape(new CoreOperations(tf)),
      parameter: (name) => values.get(name)!,
      input: (name) => fed.get(name)!,
      dropoutSeed: seed === null ? null : tf.tensor1d([...seed], "int32"),
      nextUse: () => use++,
    };
  }
}

function tensorOf(tf: typeof tfjs, input: Input, batch: Batch): Value<tfjs.Tensor> {
  const { shape, values } = fedArray(input, batch);
  // Copied: backends may keep the memory that they are given, and batches are filled anew.
  return { at: tf.tensor(values.slice(), shape, input.dtype), shape: [-1, ...input.shape] };
}

/** Shortens all gradients together to a length. */
function clip(
  tf: typeof tfjs,
  gradients: readonly tfjs.Tensor[],
  limit: number | null,
): { gradients: readonly tfjs.Tensor[]; norm: number } {
  if (limit === null) return { gradients, norm: 0 };
  const squares = gradients.map((gradient) => tf.sum(tf.mul(gradient, gradient)).dataSync()[0]!);
  const norm = Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
  if (norm <= limit) return { gradients, norm };
  return { gradients: gradients.map((gradient) => tf.mul(gradient, limit / norm)), norm };
}
