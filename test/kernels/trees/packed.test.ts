import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomStream, rowHash } from "../../../src/core/index.ts";
import { derivativesTwin } from "../../../src/kernels/trees/loss-twins.ts";
import { histogramTwin, packedTwin } from "../../../src/kernels/trees/twins.ts";
import { makeKernel } from "./make-kernel.ts";

/** Rows of a block. */
const BLOCK = 16_384;

describe("packed gradients", () => {
  const [scoresAt, targetAt, recordsAt, idsAt] = [70_016, 400_000, 500_000, 600_000];
  const cases = fc.record({
    rows: fc.integer({ min: 1, max: 70 }),
    classes: fc.constantFrom(1, 2, 5),
    seed: fc.nat(),
    spread: fc.constantFrom(0.1, 3, 60, 5000),
    ordered: fc.boolean(),
  });

  it("are those of the loss, rounded up or down as the hash of the number says that the row has or had", () => {
    fc.assert(
      fc.property(cases, ({ rows, classes, seed, spread, ordered }) => {
        const { kernel, words, reals, set, setReal } = makeKernel();
        const random = randomStream(seed, "rows");
        const loss = classes === 1 ? "logistic" : "softmax";
        const bound = classes === 1 ? 0.25 : classes / (classes - 1) / 4;
        const scales = { gradient: 32_767, hessian: 2047 / bound };
        const key = [random.integer(2 ** 32), random.integer(2 ** 32)] as const;
        const fields = { ROWS: rows, BLOCKS: 1, CLASSES: classes, SCORES: scoresAt, TARGET: targetAt };
        const keys = { QUANTISED: recordsAt, ROUNDING_KEY0: key[0], ROUNDING_KEY1: key[1] };
        for (const [field, value] of Object.entries({ ...fields, ...keys })) set(field, value);
        setReal("GRADIENT_SCALE", scales.gradient);
        setReal("HESSIAN_SCALE", scales.hessian);
        const scores = Array.from({ length: rows }, () =>
          Array.from({ length: classes }, () => spread * random.normal()),
        );
        const targets = scores.map(() => random.integer(Math.max(2, classes)));
        const numbers = scores.map((_, i) => (ordered ? random.integer(2 ** 31) : i));
        if (ordered) set("ROW_IDS", idsAt);
        words.set(numbers, idsAt >> 2);
        scores.forEach((row, i) => {
          row.forEach((score, k) => {
            reals[(scoresAt >> 3) + k * rows + i] = score;
          });
          reals[(targetAt >> 3) + i] = targets[i]!;
        });
        kernel.packedGradientPass!(0);
        for (let i = 0; i < rows; i++) {
          for (let k = 0; k < classes; k++) {
            const record = words[(recordsAt >> 2) + k * Math.ceil(rows / 4) * 4 + i]!;
            const truth = derivativesTwin(loss, { scores: scores[i]!, target: targets[i]!, parameter: 0 }, k);
            const twin = packedTwin(truth, scales, rowHash([key[0], key[1] + k], numbers[i]!));
            // Float32 may round to the other side where a number lies next to a whole one, and has 24 bits of a score.
            const off = 1 + 4e-3 * Math.max(0, ...scores[i]!.map((score) => Math.abs(score) - 80));
            expect(Math.abs((record >> 16) - twin.gradient)).toBeLessThanOrEqual(off);
            expect(Math.abs((record & 0xffff) - twin.hessian)).toBeLessThanOrEqual(off);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it("are not rounded to one side: their sum is that of the loss", () => {
    const { kernel, words, reals, set, setReal } = makeKernel(null, 32);
    const fields = { ROWS: BLOCK, BLOCKS: 1, CLASSES: 1, SCORES: 131_072, TARGET: 524_288, QUANTISED: 1_048_576 };
    for (const [field, value] of Object.entries({ ...fields, ROUNDING_KEY0: 3, ROUNDING_KEY1: 5 })) set(field, value);
    setReal("GRADIENT_SCALE", 32_767);
    setReal("HESSIAN_SCALE", 8188);
    // All alike, as in the first round of a rare class: nearest rounding would be off by the same in each row.
    reals.fill(-9, 131_072 >> 3, (131_072 >> 3) + BLOCK);
    kernel.packedGradientPass!(0);
    let [gradients, hessians] = [0, 0];
    for (let i = 0; i < BLOCK; i++) {
      gradients += words[(1_048_576 >> 2) + i]! >> 16;
      hessians += words[(1_048_576 >> 2) + i]! & 0xffff;
    }
    const p = 1 / (1 + Math.exp(9));
    // A row's chance gives a deviation of half a step at most: four of the sum's are 256.
    expect(Math.abs(gradients - p * 32_767 * BLOCK)).toBeLessThan(256);
    expect(Math.abs(hessians - p * (1 - p) * 8188 * BLOCK)).toBeLessThan(256);
  });
});

describe("packed histograms", () => {
  const shapes = fc.record({
    sizes: fc.array(fc.integer({ min: 2, max: 60 }), { minLength: 1, maxLength: 5 }),
    rows: fc.constantFrom(1, 300, 4094, 4095, 4096, 9000, BLOCK),
    seed: fc.nat(),
    emitted: fc.boolean(),
    extreme: fc.boolean(),
  });

  it("are the sums of their rows, however often the cells are full, looped or emitted, gathered or in sequence", () => {
    fc.assert(
      fc.property(shapes, ({ sizes, rows, seed, emitted, extreme }) => {
        const stride = Math.ceil(sizes.length / 4) * 4;
        const cellOffsets = Uint32Array.from([
          0,
          ...sizes.map((_, i) => sizes.slice(0, i + 1).reduce((a, b) => a + b + (b & 1), 0)),
        ]);
        const shift = 15;
        const columns = sizes.length;
        const shape = { stride, cellOffsets: cellOffsets.subarray(0, columns), shift };
        const { kernel, words, bytes, longs, set } = makeKernel(emitted ? shape : null);
        const cells = cellOffsets[columns]!;
        const area = { offsets: 70_016, fills: 71_008, bins: 72_000, records: 300_000, numbers: 400_000 };
        const [cellsAt, histogramAt, index] = [500_000, 800_000, 1];
        words.set(cellOffsets, area.offsets >> 2);
        const fields = { STRIDE: stride, COLUMNS: columns, CELL_OFFSETS: area.offsets, SHIFT: shift, ROWS: rows };
        const packed = { QUANTISED: area.records, PACKED_CELLS: cellsAt, PACKED_FILLS: area.fills, JOB_LIMIT: 2 };
        const more = { EMITTED: emitted ? 1 : 0, SLOT_BYTES: cells * 16, CLASS: 0 };
        for (const [field, value] of Object.entries({ ...fields, ...packed, ...more })) set(field, value);
        const random = randomStream(seed, "rows");
        const bins = new Uint8Array(rows * stride);
        for (let i = 0; i < rows; i++)
          for (let c = 0; c < columns; c++) bins[i * stride + c] = extreme ? 0 : random.integer(sizes[c]!);
        bytes.set(bins, area.bins);
        const sign = random.integer(2) === 0 ? 1 : -1;
        const gradient = Array.from({ length: rows }, () =>
          extreme ? sign * 32_767 : random.integer(65_535) - 32_767,
        );
        const hessian = Array.from({ length: rows }, () => (extreme ? 2047 : random.integer(2048)));
        gradient.forEach((g, i) => {
          words[(area.records >> 2) + i] = (g << 16) | hessian[i]!;
        });
        const data = { bins, stride, cellOffsets, columns, gradient, hessian };
        const read = () =>
          Array.from({ length: cells }, (_, i) => {
            const rest = longs[(histogramAt >> 3) + 2 * i + 1]!;
            const count = Number(rest & ((1n << BigInt(shift)) - 1n));
            const first = longs[(histogramAt >> 3) + 2 * i]!;
            return { gradient: Number(first), hessian: Number(rest >> BigInt(shift)), rows: count };
          });
        kernel.addPacked!(0, index, histogramAt, 0, rows, area.bins, 0);
        kernel.emptyPacked!(0);
        expect(read()).toEqual(histogramTwin(data, gradient.keys()));

        const chosen = gradient.flatMap((_, i) => (random.integer(3) > 0 ? [i] : []));
        new Uint16Array(bytes.buffer, area.numbers, chosen.length).set(chosen);
        bytes.fill(0, histogramAt, histogramAt + cells * 16);
        kernel.addPacked!(0, index, histogramAt, area.numbers, chosen.length, area.bins, 0);
        kernel.emptyPacked!(0);
        expect(read()).toEqual(histogramTwin(data, chosen));
      }),
      { numRuns: 40 },
    );
  });

  it("of all classes' roots, added up at once, are the sums of their rows, looped or emitted, by one thread or two", () => {
    const cases = fc.record({
      sizes: fc.array(fc.integer({ min: 2, max: 40 }), { minLength: 1, maxLength: 4 }),
      rows: fc.constantFrom(1, 4095, 5000, BLOCK + 77),
      classes: fc.integer({ min: 2, max: 5 }),
      seed: fc.nat(),
      emitted: fc.boolean(),
    });
    fc.assert(
      fc.property(cases, ({ sizes, rows, classes, seed, emitted }) => {
        const stride = 4;
        const columns = sizes.length;
        const cellOffsets = new Uint32Array(columns + 1);
        sizes.forEach((size, c) => {
          cellOffsets[c + 1] = cellOffsets[c]! + size + (size & 1);
        });
        const [shift, cells] = [16, cellOffsets[columns]!];
        const shape = { stride, cellOffsets: cellOffsets.subarray(0, columns), shift };
        const { kernel, words, bytes, longs, set } = makeKernel(emitted ? shape : null);
        const at = { offsets: 70_016, fills: 71_008, bins: 80_000, records: 200_000, cells: 700_000 };
        const [partials, roots, slot] = [800_000, 900_000, 1_000_000];
        words.set(cellOffsets, at.offsets >> 2);
        const table = { STRIDE: stride, COLUMNS: columns, CELL_OFFSETS: at.offsets, SHIFT: shift, ROWS: rows };
        const places = { BINS: at.bins, QUANTISED: at.records, PACKED_CELLS: at.cells, PACKED_FILLS: at.fills };
        const sums = { CLASS_ROOTS: roots, PARTIALS: partials, SLOT_BYTES: cells * 16, JOB_LIMIT: classes };
        const others = { BLOCKS: Math.ceil(rows / BLOCK), CLASSES: classes, THREADS: 2, EMITTED: emitted ? 1 : 0 };
        for (const [field, value] of Object.entries({ ...table, ...places, ...sums, ...others })) set(field, value);
        const random = randomStream(seed, "rows");
        const bins = new Uint8Array(rows * stride);
        for (let i = 0; i < rows; i++)
          for (let c = 0; c < columns; c++) bins[i * stride + c] = random.integer(sizes[c]!);
        bytes.set(bins, at.bins);
        const padded = Math.ceil(rows / 4) * 4;
        const gradients = Array.from({ length: classes }, () =>
          Array.from({ length: rows }, () => random.integer(65_535) - 32_767),
        );
        gradients.forEach((list, k) => {
          list.forEach((g, i) => {
            words[(at.records >> 2) + k * padded + i] = (g << 16) | (Math.abs(g) & 2047);
          });
        });
        kernel.clearClassRoots!();
        // The second thread takes the second block; the first one those that are left.
        set("NEXT_TASK", rows > BLOCK ? 1 : 0);
        kernel.classRootPass!(1);
        set("NEXT_TASK", 0);
        set("BLOCKS", 1);
        if (rows > BLOCK) kernel.classRootPass!(0);
        kernel.mergeClassRoots!();
        for (let k = 0; k < classes; k++) {
          kernel.takeClassRoot!(k, slot);
          const hessian = gradients[k]!.map((g) => Math.abs(g) & 2047);
          const data = { bins, stride, cellOffsets, columns, gradient: gradients[k]!, hessian };
          const found = Array.from({ length: cells }, (_, i) => {
            const rest = longs[(slot >> 3) + 2 * i + 1]!;
            const count = Number(rest & ((1n << BigInt(shift)) - 1n));
            return {
              gradient: Number(longs[(slot >> 3) + 2 * i]!),
              hessian: Number(rest >> BigInt(shift)),
              rows: count,
            };
          });
          expect(found).toEqual(histogramTwin(data, gradients[k]!.keys()));
        }
      }),
      { numRuns: 30 },
    );
  });
});
