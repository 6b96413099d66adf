import type { Operations } from "./operations.ts";

/** An array on a tape. In its shape, -1 stands for the dimension that depends on the number of rows. */
export interface Value<V> {
  readonly at: V;
  readonly shape: readonly number[];
}

interface Recorded<V> {
  readonly outputs: readonly Value<V>[];
  readonly inputs: readonly Value<V>[];
  readonly backward: Backward<V>;
}

/**
 * Makes the gradient of each input from those of the outputs (null where nothing depends on one). Each is a function, so that
 * what nobody needs is not computed.
 */
export type Backward<V> = (gradients: readonly (V | null)[]) => readonly (() => V)[];

/** Remembers what was computed, and walks back over it. */
export class Recording<V> {
  readonly operations: Operations<V>;
  readonly #recorded: Recorded<V>[] = [];

  constructor(operations: Operations<V>) {
    this.operations = operations;
  }

  /** Something that was computed elsewhere: a parameter or an input. */
  source(at: V, shape: readonly number[]): Value<V> {
    return { at, shape };
  }

  constant(values: readonly number[], shape: readonly number[]): Value<V> {
    return { at: this.operations.constant(values, shape), shape };
  }

  /** Records an operation of several outputs. */
  record(outputs: readonly Value<V>[], inputs: readonly Value<V>[], backward: Backward<V>): void {
    this.#recorded.push({ outputs, inputs, backward });
  }

  /** The gradients of a number, or of the sum of an array's elements, by each of `targets`. All of them must matter to it. */
  gradients(output: Value<V>, targets: readonly Value<V>[]): V[] {
    return this.gradientsFrom(output, this.operations.unary("onesLike", output.at), targets);
  }

  /** The gradients of something whose gradient by `output` is `gradient`, by each of `targets`. */
  gradientsFrom(output: Value<V>, gradient: V, targets: readonly Value<V>[]): V[] {
    const needed = new Set(targets);
    for (const { outputs, inputs } of this.#recorded)
      if (inputs.some((input) => needed.has(input))) for (const made of outputs) needed.add(made);
    const found = new Map<Value<V>, V>([[output, gradient]]);
    for (const { outputs, inputs, backward } of [...this.#recorded].reverse()) {
      if (!outputs.some((made) => found.has(made) && needed.has(made))) continue;
      const makers = backward(outputs.map((made) => found.get(made) ?? null));
      inputs.forEach((input, i) => {
        if (!needed.has(input)) return;
        const part = makers[i]!();
        const known = found.get(input);
        found.set(input, known === undefined ? part : this.operations.binary("add", known, part));
      });
    }
    return targets.map((target) => found.get(target)!);
  }

  /** Records an operation of one output. */
  protected one(
    at: V,
    shape: readonly number[],
    inputs: readonly Value<V>[],
    backward: (gradient: V, at: V) => readonly (() => V)[],
  ): Value<V> {
    const output = { at, shape };
    this.record([output], inputs, ([gradient]) => backward(gradient!, at));
    return output;
  }
}
