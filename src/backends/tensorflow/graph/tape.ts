import type { Attribute, Graph, GraphDType, Ref } from "./graph.ts";

interface Recorded {
  readonly output: Ref;
  readonly inputs: readonly Ref[];
  /** The gradient of each input, made only where it is needed. */
  readonly backward: (gradient: Ref) => readonly (() => Ref)[];
}

const T = (type: GraphDType = "float32"): Record<string, Attribute> => ({ T: { type } });
const NHWC = { ...T(), data_format: { s: "NHWC" } };

/** Differentiable operations on a graph: each records how its gradient is made, and `gradients` walks back over them. */
export class Tape {
  readonly graph: Graph;
  readonly #recorded: Recorded[] = [];

  constructor(graph: Graph) {
    this.graph = graph;
  }

  /** a · b, of two matrices. */
  matMul(a: Ref, b: Ref): Ref {
    const output = this.#product(a, b, false, false);
    return this.#record(output, [a, b], (g) => [
      () => this.#product(g, b, false, true),
      () => this.#product(a, g, true, false),
    ]);
  }

  /** Adds a vector to every row. */
  biasAdd(a: Ref, bias: Ref): Ref {
    const output = this.graph.op("BiasAdd", [a, bias], NHWC);
    return this.#record(output, [a, bias], (g) => [() => g, () => this.graph.op("BiasAddGrad", [g], NHWC)]);
  }

  relu(a: Ref): Ref {
    const output = this.graph.op("Relu", [a], T());
    return this.#record(output, [a], (g) => [() => this.graph.op("ReluGrad", [g, output], T())]);
  }

  /** Rows of a table by their numbers; a row's gradient is the sum over its uses. `rows` is the table's height. */
  gather(table: Ref, indices: Ref, rows: number): Ref {
    const { graph } = this;
    const types = { Taxis: { type: "int32" }, Tindices: { type: "int32" }, Tparams: { type: "float32" } } as const;
    const output = graph.op("GatherV2", [table, indices, graph.constant(0, "int32")], {
      ...types,
      batch_dims: { i: 0 },
    });
    return this.#record(output, [table], (g) => [
      () =>
        graph.op("UnsortedSegmentSum", [g, indices, graph.constant(rows, "int32")], {
          ...T(),
          Tindices: { type: "int32" },
          Tnumsegments: { type: "int32" },
        }),
    ]);
  }

  /** Puts matrices of equal height side by side. */
  concat(parts: readonly Ref[], widths: readonly number[]): Ref {
    if (parts.length === 1) return parts[0]!;
    const { graph } = this;
    const attributes: Record<string, Attribute> = { ...T(), N: { i: parts.length }, Tidx: { type: "int32" } };
    const output = graph.op("ConcatV2", [...parts, graph.constant(1, "int32")], attributes);
    let start = 0;
    const starts = widths.map((width) => {
      start += width;
      return start - width;
    });
    return this.#record(output, parts, (g) => parts.map((_, i) => () => this.columns(g, starts[i]!, widths[i]!)));
  }

  /** Some columns of a matrix. Not recorded. */
  columns(a: Ref, start: number, width: number): Ref {
    const { graph } = this;
    const begin = graph.constant([0, start], "int32");
    const size = graph.constant([-1, width], "int32");
    return graph.op("Slice", [a, begin, size], { ...T(), Index: { type: "int32" } });
  }

  /** The gradients of something whose gradient by `output` is `gradient`, by each of `targets`. */
  gradients(output: Ref, gradient: Ref, targets: readonly Ref[]): Ref[] {
    const needed = new Set(targets);
    for (const { output: made, inputs } of this.#recorded)
      if (inputs.some((input) => needed.has(input))) needed.add(made);
    const found = new Map([[output, gradient]]);
    for (const { output: made, inputs, backward } of [...this.#recorded].reverse()) {
      const g = found.get(made);
      if (g === undefined || !needed.has(made)) continue;
      const makers = backward(g);
      inputs.forEach((input, i) => {
        if (!needed.has(input)) return;
        const part = makers[i]!();
        const known = found.get(input);
        found.set(input, known === undefined ? part : this.graph.op("AddV2", [known, part], T()));
      });
    }
    return targets.map((target) => found.get(target)!);
  }

  #product(a: Ref, b: Ref, transposeA: boolean, transposeB: boolean): Ref {
    return this.graph.op("MatMul", [a, b], { ...T(), transpose_a: { b: transposeA }, transpose_b: { b: transposeB } });
  }

  #record(output: Ref, inputs: readonly Ref[], backward: Recorded["backward"]): Ref {
    this.#recorded.push({ output, inputs, backward });
    return output;
  }
}
