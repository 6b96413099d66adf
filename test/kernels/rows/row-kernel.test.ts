import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeRows, type InputEncoding, newEncodedRows } from "../../../src/algorithms/neural/encoding.ts";
import { packRows, planLayout, rowFields } from "../../../src/algorithms/neural/rows/packed-layout.ts";
import type { FeatureColumn } from "../../../src/core/index.ts";
import { fieldBytes, loadRowKernel, writeFields } from "../../../src/kernels/rows/index.ts";

const ROWS = 9;
const PAGE = 65_536;

const numbers = fc.oneof(
  { weight: 6, arbitrary: fc.double({ min: -50, max: 50, noNaN: true }) },
  fc.constantFrom(Number.NaN, 0, -0, 1e30, -1e30, 1e-40),
);

const numeric = fc
  .record({
    values: fc.array(numbers, { minLength: ROWS, maxLength: ROWS }),
    wide: fc.boolean(),
    mean: fc.double({ min: -5, max: 5, noNaN: true }),
    scale: fc.constantFrom(0, 0.3, 12),
    indicator: fc.boolean(),
    borders: fc.uniqueArray(fc.integer({ min: -50, max: 50 }), { maxLength: 12 }),
    // Not every border is a float32 number.
    unit: fc.constantFrom(1, 0.1),
  })
  .map(({ values, wide, mean, scale, indicator, borders, unit }): [FeatureColumn, InputEncoding] => [
    { kind: "numeric", name: "x", values: wide ? Float64Array.from(values) : Float32Array.from(values) },
    {
      kind: "numeric",
      mean,
      scale,
      indicator,
      borders: borders.length < 2 ? [] : borders.sort((a, b) => a - b).map((border) => border * unit),
    },
  ]);

const category = fc
  .record({
    codes: fc.array(fc.nat(6), { minLength: ROWS, maxLength: ROWS }),
    // Codes above it are of categories that the encoding never saw.
    cardinality: fc.integer({ min: 1, max: 5 }),
    embedded: fc.boolean(),
  })
  .map(({ codes, cardinality, embedded }): [FeatureColumn, InputEncoding] => [
    { kind: "categorical", name: "c", codes: Uint8Array.from(codes), cardinality },
    embedded ? { kind: "embedding", cardinality, width: 2 } : { kind: "oneHot", cardinality },
  ]);

/** The rows that the kernel encodes, beside those of its naive twin. */
function encodeBoth(table: readonly (readonly [FeatureColumn, InputEncoding])[], order: Uint32Array) {
  const columns = table.map(([column]) => column);
  const inputs = table.map(([, input]) => input);
  const expected = newEncodedRows(inputs, ROWS);
  encodeRows(inputs, { rows: ROWS, columns }, order, expected);

  const layout = planLayout({ columns });
  const examples = { table: { rows: ROWS, columns }, rows: null, target: new Float64Array(ROWS), weight: null };
  const fields = rowFields(layout, inputs);
  const memory = new WebAssembly.Memory({ initial: 4, maximum: 4, shared: true });
  const [records, packed, dense, codes] = [PAGE, PAGE + 8192, 2 * PAGE, 3 * PAGE];
  expect(fieldBytes(fields)).toBeLessThan(8192);
  writeFields(memory, records, fields);
  new Uint8Array(memory.buffer, packed).set(packRows(layout, examples));
  const place = packed + ROWS * layout.stride;
  new Uint32Array(memory.buffer, place, order.length).set(order);
  const width = expected.dense.length / ROWS;
  const embedded = expected.codes.length / ROWS;
  const kernel = loadRowKernel(memory);
  kernel.encode(packed, layout.stride, place, order.length, records, fields.length, dense, width, codes, ROWS);
  // The kernel puts one field's codes after the other's.
  const byField = Array.from({ length: embedded * ROWS }, (_, i) => {
    const row = i % ROWS;
    return row < order.length ? expected.codes[row * embedded + Math.floor(i / ROWS)] : 0;
  });
  return {
    expected: [...expected.dense.subarray(0, order.length * width), ...byField],
    made: [
      ...new Float32Array(memory.buffer, dense, order.length * width),
      ...new Int32Array(memory.buffer, codes, expected.codes.length),
    ],
  };
}

describe("the kernel of packed rows", () => {
  it("gives the bytes of its naive twin, for any columns, rows and order", () => {
    const tables = fc.array(fc.oneof(numeric, category), { minLength: 1, maxLength: 6 });
    const orders = fc.array(fc.nat(ROWS - 1), { minLength: 1, maxLength: ROWS });
    fc.assert(
      fc.property(tables, orders, (table, order) => {
        const { made, expected } = encodeBoth(table, Uint32Array.from(order));
        expect(made).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });
});
