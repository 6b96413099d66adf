import { ArithmeticTape } from "./arithmetic.ts";
import type { Value } from "./recording.ts";

/**
 * Differentiable operations: each computes, and records how its gradient is made; `gradients` walks back over them. The same
 * program runs as a TensorFlow graph or at once, by what `operations` does. Here: those that move values about.
 */
export class Tape<V> extends ArithmeticTape<V> {
  reshape(a: Value<V>, shape: readonly number[]): Value<V> {
    const { operations: ops } = this;
    return this.one(ops.reshape(a.at, shape), shape, [a], (g) => [() => ops.reshape(g, a.shape)]);
  }

  transpose(a: Value<V>, order: readonly number[]): Value<V> {
    const { operations: ops } = this;
    const back = order.map((_, i) => order.indexOf(i));
    const shape = order.map((from) => a.shape[from]!);
    return this.one(ops.transpose(a.at, order), shape, [a], (g) => [() => ops.transpose(g, back)]);
  }

  /** A range of one dimension, which must be known. */
  slice(a: Value<V>, axis: number, start: number, size: number): Value<V> {
    const { operations: ops } = this;
    const begin = a.shape.map((_, i) => (i === axis ? start : 0));
    const sizes = a.shape.map((_, i) => (i === axis ? size : -1));
    const shape = a.shape.map((length, i) => (i === axis ? size : length));
    const paddings = a.shape.map((length, i): [number, number] =>
      i === axis ? [start, length - start - size] : [0, 0],
    );
    return this.one(ops.slice(a.at, begin, sizes), shape, [a], (g) => [() => ops.pad(g, paddings)]);
  }

  /** Zeros before the values of one dimension. */
  padBefore(a: Value<V>, axis: number, count: number): Value<V> {
    if (count === 0) return a;
    const { operations: ops } = this;
    const paddings = a.shape.map((_, i): [number, number] => [i === axis ? count : 0, 0]);
    const begin = a.shape.map((_, i) => (i === axis ? count : 0));
    const shape = a.shape.map((length, i) => (i === axis ? length + count : length));
    const all = a.shape.map(() => -1);
    return this.one(ops.pad(a.at, paddings), shape, [a], (g) => [() => ops.slice(g, begin, all)]);
  }

  concat(parts: readonly Value<V>[], axis: number): Value<V> {
    if (parts.length === 1) return parts[0]!;
    const { operations: ops } = this;
    const widths = parts.map(({ shape }) => shape[axis]!);
    const shape = parts[0]!.shape.map((length, i) =>
      i === axis ? widths.reduce((sum, width) => sum + width) : length,
    );
    const at = ops.concat(
      parts.map((part) => part.at),
      axis,
    );
    const ranges = widths.map((width, i) => ({ width, start: widths.slice(0, i).reduce((sum, w) => sum + w, 0) }));
    return this.one(at, shape, parts, (g) =>
      ranges.map(({ width, start }) => () => {
        const begin = shape.map((_, i) => (i === axis ? start : 0));
        const size = shape.map((_, i) => (i === axis ? width : -1));
        return ops.slice(g, begin, size);
      }),
    );
  }

  /** Arrays of the same shape along a new dimension. */
  stack(parts: readonly Value<V>[], axis: number): Value<V> {
    const { shape } = parts[0]!;
    const wider = [...shape.slice(0, axis), 1, ...shape.slice(axis)];
    return this.concat(
      parts.map((part) => this.reshape(part, wider)),
      axis,
    );
  }

  /** Pieces of equal size along a dimension, which must be known. */
  split(a: Value<V>, pieces: number, axis: number): Value<V>[] {
    const { operations: ops } = this;
    const shape = a.shape.map((length, i) => (i === axis ? length / pieces : length));
    const outputs = ops.split(a.at, pieces, axis).map((at) => ({ at, shape }));
    this.record(outputs, [a], (gradients) => [
      () =>
        ops.concat(
          gradients.map((g, i) => g ?? ops.unary("zerosLike", outputs[i]!.at)),
          axis,
        ),
    ]);
    return outputs;
  }

  /** The sum of the rows of each int32 number below `rows`; a row's gradient is that of its sum. */
  segmentSum(values: Value<V>, numbers: V, rows: number): Value<V> {
    const { operations: ops } = this;
    return this.one(ops.segmentSum(values.at, numbers, rows), [rows, values.shape[1]!], [values], (g) => [
      () => ops.gather(g, numbers),
    ]);
  }

  /** Rows of a table by their int32 numbers, a vector; a row's gradient is the sum over its uses. */
  gather(table: Value<V>, indices: V): Value<V> {
    const { operations: ops } = this;
    const [rows, width] = table.shape as [number, number];
    return this.one(ops.gather(table.at, indices), [-1, width], [table], (g) => [
      () => ops.segmentSum(g, indices, rows),
    ]);
  }
}
