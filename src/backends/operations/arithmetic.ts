import type { BinaryKind, UnaryKind } from "./operations.ts";
import { Recording, type Value } from "./recording.ts";
import { joinedShape, without } from "./shapes.ts";

/** Differentiable arithmetic: products, elementwise functions, reductions. */
export class ArithmeticTape<V> extends Recording<V> {
  /** a · b, of two matrices. */
  matMul(a: Value<V>, b: Value<V>): Value<V> {
    const { operations: ops } = this;
    const at = ops.matMul(a.at, b.at, false, false);
    return this.one(at, [a.shape[0]!, b.shape[1]!], [a, b], (g) => [
      () => ops.matMul(g, b.at, false, true),
      () => ops.matMul(a.at, g, true, false),
    ]);
  }

  /** a · b, or a · bᵀ, of two stacks of matrices. */
  batchMatMul(a: Value<V>, b: Value<V>, transposeB = false): Value<V> {
    const { operations: ops } = this;
    const at = ops.batchMatMul(a.at, b.at, false, transposeB);
    const shape = [...a.shape.slice(0, -1), b.shape.at(transposeB ? -2 : -1)!];
    return this.one(at, shape, [a, b], (g) => [
      () => ops.batchMatMul(g, b.at, false, !transposeB),
      () =>
        transposeB
          ? this.#transposedProduct(g, shape, a.at, a.shape)
          : this.#transposedProduct(a.at, a.shape, g, shape),
    ]);
  }

  add(a: Value<V>, b: Value<V>): Value<V> {
    return this.#binary("add", a, b, (g) => [() => g, () => g]);
  }

  sub(a: Value<V>, b: Value<V>): Value<V> {
    return this.#binary("sub", a, b, (g) => [() => g, () => this.operations.unary("neg", g)]);
  }

  mul(a: Value<V>, b: Value<V>): Value<V> {
    const { operations: ops } = this;
    return this.#binary("mul", a, b, (g) => [() => ops.binary("mul", g, b.at), () => ops.binary("mul", g, a.at)]);
  }

  div(a: Value<V>, b: Value<V>): Value<V> {
    const { operations: ops } = this;
    return this.#binary("div", a, b, (g, at) => [
      () => ops.binary("div", g, b.at),
      () => ops.unary("neg", ops.binary("div", ops.binary("mul", g, at), b.at)),
    ]);
  }

  /** The larger one; where both are equal, the gradient is the first one's. */
  maximum(a: Value<V>, b: Value<V>): Value<V> {
    const { operations: ops } = this;
    const isFirst = (): V => ops.binary("greaterEqual", a.at, b.at);
    return this.#binary("maximum", a, b, (g) => [
      () => ops.binary("mul", g, isFirst()),
      () => ops.binary("sub", g, ops.binary("mul", g, isFirst())),
    ]);
  }

  scale(a: Value<V>, factor: number): Value<V> {
    return this.mul(a, this.constant([factor], []));
  }

  biasAdd(a: Value<V>, bias: Value<V>): Value<V> {
    const { operations: ops } = this;
    return this.one(ops.biasAdd(a.at, bias.at), a.shape, [a, bias], (g) => [() => g, () => ops.biasGradient(g)]);
  }

  relu(a: Value<V>): Value<V> {
    return this.#unary("relu", a, (g, at) => this.operations.unaryGradient("relu", at, g));
  }

  tanh(a: Value<V>): Value<V> {
    return this.#unary("tanh", a, (g, at) => this.operations.unaryGradient("tanh", at, g));
  }

  sigmoid(a: Value<V>): Value<V> {
    return this.#unary("sigmoid", a, (g, at) => this.operations.unaryGradient("sigmoid", at, g));
  }

  exp(a: Value<V>): Value<V> {
    return this.#unary("exp", a, (g, at) => this.operations.binary("mul", g, at));
  }

  log(a: Value<V>): Value<V> {
    return this.#unary("log", a, (g) => this.operations.binary("div", g, a.at));
  }

  square(a: Value<V>): Value<V> {
    const { operations: ops } = this;
    return this.#unary("square", a, (g) => ops.binary("mul", g, ops.binary("mul", a.at, ops.constant([2], []))));
  }

  neg(a: Value<V>): Value<V> {
    return this.#unary("neg", a, (g) => this.operations.unary("neg", g));
  }

  /** Its gradient at 0 is 1. */
  abs(a: Value<V>): Value<V> {
    return this.maximum(a, this.neg(a));
  }

  sum(a: Value<V>, axes: readonly number[], keep = false): Value<V> {
    const { operations: ops } = this;
    const shape = without(a.shape, axes, keep);
    const kept = without(a.shape, axes, true);
    return this.one(ops.reduce("sum", a.at, axes, keep), shape, [a], (g) => [
      () => ops.binary("mul", ops.unary("onesLike", a.at), ops.reshape(g, kept)),
    ]);
  }

  /** Over dimensions of known size. */
  mean(a: Value<V>, axes: readonly number[], keep = false): Value<V> {
    const count = axes.reduce((product, axis) => product * a.shape[axis]!, 1);
    return this.scale(this.sum(a, axes, keep), 1 / count);
  }

  /** Over the last dimension. */
  softmax(a: Value<V>): Value<V> {
    const { operations: ops } = this;
    const last = a.shape.length - 1;
    return this.one(ops.softmax(a.at), a.shape, [a], (g, at) => [
      () => {
        const weighted = ops.binary("mul", g, at);
        return ops.binary("sub", weighted, ops.binary("mul", at, ops.reduce("sum", weighted, [last], true)));
      },
    ]);
  }

  /**
   * Stacks of values, mixed by the softmax of their scores over the last dimension: softmax(scores) · values. The gradient by the
   * scores takes what a mixed row and its gradient have in common instead of a pass over all scores (Dao et al., "FlashAttention",
   * 2022, section 3.1).
   */
  softmaxMix(scores: Value<V>, values: Value<V>): Value<V> {
    const { operations: ops } = this;
    const weights = ops.softmax(scores.at);
    const last = scores.shape.length - 1;
    const shape = [...scores.shape.slice(0, -1), values.shape.at(-1)!];
    return this.one(ops.batchMatMul(weights, values.at, false, false), shape, [scores, values], (g, at) => [
      () => {
        const common = ops.reduce("sum", ops.binary("mul", g, at), [last], true);
        return ops.binary("mul", weights, ops.binary("sub", ops.batchMatMul(g, values.at, false, true), common));
      },
      () => this.#transposedProduct(weights, scores.shape, g, shape),
    ]);
  }

  /** Over the last dimension. */
  logSoftmax(a: Value<V>): Value<V> {
    const { operations: ops } = this;
    const last = a.shape.length - 1;
    return this.one(ops.logSoftmax(a.at), a.shape, [a], (g, at) => [
      () => ops.binary("sub", g, ops.binary("mul", ops.unary("exp", at), ops.reduce("sum", g, [last], true))),
    ]);
  }

  #unary(kind: UnaryKind, a: Value<V>, backward: (gradient: V, at: V) => V): Value<V> {
    return this.one(this.operations.unary(kind, a.at), a.shape, [a], (g, at) => [() => backward(g, at)]);
  }

  /** aᵀ · b of stacks of matrices. Where a is the wider one as (bᵀ · a)ᵀ: transposing the narrow side takes less time. */
  #transposedProduct(a: V, ofA: readonly number[], b: V, ofB: readonly number[]): V {
    const { operations: ops } = this;
    if (ofA.at(-1)! <= ofB.at(-1)!) return ops.batchMatMul(a, b, true, false);
    const order = ofA.map((_, i) => i);
    order.push(...order.splice(-2).reverse());
    return ops.transpose(ops.batchMatMul(b, a, true, false), order);
  }

  /** Gradients of what was broadcast are summed back to its shape. */
  #binary(
    kind: BinaryKind,
    a: Value<V>,
    b: Value<V>,
    backward: (gradient: V, at: V) => readonly (() => V)[],
  ): Value<V> {
    const shape = joinedShape(a.shape, b.shape);
    return this.one(this.operations.binary(kind, a.at, b.at), shape, [a, b], (g, at) =>
      backward(g, at).map((make, i) => () => this.#summedTo(make(), shape, i === 0 ? a.shape : b.shape)),
    );
  }

  #summedTo(gradient: V, from: readonly number[], to: readonly number[]): V {
    const extra = from.length - to.length;
    const axes = from.flatMap((length, i) => (i < extra || (to[i - extra] === 1 && length !== 1) ? [i] : []));
    if (axes.length === 0) return gradient;
    return this.operations.reshape(this.operations.reduce("sum", gradient, axes, true), to);
  }
}
