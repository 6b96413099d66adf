import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomStream } from "../../../src/core/index.ts";
import { columnsTwin } from "../../../src/kernels/trees/twins.ts";
import { makeKernel } from "./make-kernel.ts";

const BLOCK_ROWS = 16_384;
const [binsAt, columnsAt] = [100_000, 600_000];

describe("bins column by column", () => {
  it("are those of the rows, in every block, whatever the rows and columns", () => {
    const shapes = fc.record({
      rows: fc.oneof(fc.integer({ min: 1, max: 50 }), fc.constantFrom(BLOCK_ROWS, BLOCK_ROWS + 13)),
      columns: fc.integer({ min: 1, max: 10 }),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(shapes, ({ rows, columns, seed }) => {
        const { kernel, bytes, set } = makeKernel(null, 32);
        const stride = Math.ceil(columns / 4) * 4;
        const random = randomStream(seed, "bins");
        const bins = Uint8Array.from({ length: rows * stride }, () => random.integer(256));
        bytes.set(bins, binsAt);
        const blocks = Math.ceil(rows / BLOCK_ROWS);
        const fields = { ROWS: rows, BLOCKS: blocks, STRIDE: stride, COLUMNS: columns, BINS: binsAt, NEXT_TASK: 0 };
        for (const [field, value] of Object.entries({ ...fields, COLUMN_BINS: columnsAt })) set(field, value);
        kernel.columnPass!(0);
        for (let block = 0; block < blocks; block++) {
          const own = bins.subarray(block * BLOCK_ROWS * stride);
          const held = Math.min(BLOCK_ROWS, rows - block * BLOCK_ROWS);
          const from = columnsAt + block * columns * BLOCK_ROWS;
          const found = bytes.subarray(from, from + columns * BLOCK_ROWS);
          expect(Buffer.compare(found, columnsTwin(own, held, stride, columns, BLOCK_ROWS))).toBe(0);
        }
      }),
      { numRuns: 25 },
    );
  });
});
