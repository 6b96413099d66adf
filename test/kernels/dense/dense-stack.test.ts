import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomStream } from "../../../src/core/index.ts";
import { createDenseStack, type DenseLayer, naiveDense } from "../../../src/kernels/dense/index.ts";

function layersOf(widths: readonly number[], seed: number): DenseLayer[] {
  const random = randomStream(seed, "layers");
  const numbers = (count: number) => Float32Array.from({ length: count }, () => random.normal());
  return widths.slice(1).map((outputs, i) => ({
    weight: numbers(widths[i]! * outputs),
    bias: numbers(outputs),
    inputs: widths[i]!,
    relu: i < widths.length - 2,
  }));
}

describe("the kernel of dense layers", () => {
  it("gives the bytes of its naive twin, for any widths and rows", () => {
    const width = fc.integer({ min: 1, max: 21 });
    const cases = fc.record({
      widths: fc.array(width, { minLength: 2, maxLength: 4 }),
      rows: fc.integer({ min: 1, max: 11 }),
      seed: fc.nat(1000),
    });
    fc.assert(
      fc.property(cases, ({ widths, rows, seed }) => {
        const layers = layersOf(widths, seed);
        const random = randomStream(seed, "rows");
        const input: Float32Array = Float32Array.from({ length: rows * widths[0]! }, () => random.normal());
        const stack = createDenseStack(layers, 11);
        stack.input.set(input);
        let expected: Float32Array = input;
        for (const layer of layers) expected = naiveDense(expected, rows, layer);
        expect(stack.run(rows).subarray(0, expected.length)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it("refuses layers that no memory could hold", () => {
    const layer = { weight: new Float32Array(0), bias: new Float32Array(8), inputs: 2 ** 28, relu: false };
    expect(() => createDenseStack([layer], 1)).toThrow(/less than 4 GB/);
  });
});
