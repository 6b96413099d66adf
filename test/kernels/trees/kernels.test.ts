import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exp, log, randomStream, rowHash, sigmoid } from "../../../src/core/index.ts";
import { MemoryPlan } from "../../../src/kernels/trees/index.ts";
import {
  binTwin,
  categoryGainTwin,
  categorySetGainTwin,
  histogramTwin,
  partitionTwin,
  splitTwin,
  type TwinCell,
} from "../../../src/kernels/trees/twins.ts";
import { makeKernel } from "./make-kernel.ts";

describe("mathematics in the kernels", () => {
  it("has the bits of the TypeScript functions", () => {
    const { kernel } = makeKernel();
    const edge = [0, -0, 1, -1, 709.8, -745.2, -720, 1e-320, 1e308, Number.NaN, Infinity, -Infinity, 0.5, 2];
    const check = (x: number): void => {
      expect(kernel.exp!(x)).toBe(exp(x));
      expect(kernel.log!(x)).toBe(log(x));
      expect(kernel.sigmoid!(x)).toBe(sigmoid(x));
    };
    edge.forEach(check);
    fc.assert(fc.property(fc.double(), check), { numRuns: 500 });
    fc.assert(fc.property(fc.double({ min: -800, max: 800 }), check), { numRuns: 500 });
  });

  it("hashes rows as core does", () => {
    const { kernel } = makeKernel();
    const word = fc.nat({ max: 0xffffffff });
    fc.assert(
      fc.property(word, word, word, (a, b, row) => {
        expect(kernel.rowHash!(a, b, row) >>> 0).toBe(rowHash([a, b], row));
      }),
    );
  });
});

describe("binning", () => {
  it("puts every value where the cuts say", () => {
    const { kernel, words, reals, bytes } = makeKernel();
    const [record, cutsAt, lookup, values, to] = [70_000, 72_000, 76_000, 80_000, 100_000];
    const cuts = fc
      .uniqueArray(
        fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.double({ min: -3, max: 3, noNaN: true })),
        {
          maxLength: 254,
        },
      )
      .map((list) => Float64Array.from(list, (x) => x + 0).sort());
    const given = fc.array(fc.oneof(fc.double(), fc.double({ min: -3, max: 3 }), fc.constantFrom(0, -0, Number.NaN)), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(cuts, given, fc.boolean(), fc.boolean(), (sorted, list, single, atCuts) => {
        const inputs = atCuts ? [...list, ...sorted] : list;
        words[record >> 2] = sorted.length;
        words[(record >> 2) + 8] = 1;
        words[(record >> 2) + 9] = sorted.length < 254 ? sorted.length + 1 : 255;
        reals.set(sorted, cutsAt >> 3);
        reals[(cutsAt >> 3) + sorted.length] = Infinity;
        kernel.prepareLookup!(record, cutsAt, lookup);
        const typed = single ? Float32Array.from(inputs) : Float64Array.from(inputs);
        bytes.set(new Uint8Array(typed.buffer), values);
        bytes.fill(0, to, to + typed.length * 4);
        const unplaced = kernel.binValues!(values, single ? 0 : 1, typed.length, record, cutsAt, lookup, to, 4);
        expect(unplaced).toBe(0);
        typed.forEach((value, i) => {
          const expected = Number.isNaN(value) ? words[(record >> 2) + 9]! : binTwin(value, sorted);
          expect(bytes[to + i * 4]).toBe(expected);
        });
      }),
      { numRuns: 300 },
    );
  });

  it("adds the bins of features that share a byte", () => {
    const { kernel, words, reals, bytes, set } = makeKernel();
    const [record, cutsAt, lookup, staged, to, rows, stride] = [70_016, 72_000, 76_000, 80_000, 120_000, 2500, 4];
    const random = randomStream(1, "values");
    const values = Float32Array.from({ length: rows }, () => random.normal());
    const named = Uint8Array.from({ length: rows }, () => random.integer(9));
    const cuts = Float64Array.of(-1, 0, 0.5, 1);
    reals.set([...cuts, Infinity], cutsAt >> 3);
    words[record >> 2] = cuts.length;
    words.set([9, -1, 0, 1, 0, staged, cutsAt, lookup], (record >> 2) + 8);
    words.set([1, -1, 2, 1, 0, staged + 4 * rows, 0, 0], (record >> 2) + 24);
    kernel.prepareLookup!(record, cutsAt, lookup);
    bytes.set(new Uint8Array(values.buffer), staged);
    bytes.set(named, staged + 4 * rows);
    const fields = { BINNING: record, BINNING_COUNT: 2, STAGED_ROWS: rows, STAGED_TO: to, STRIDE: stride };
    for (const [field, value] of Object.entries(fields)) set(field, value);
    kernel.binPass!(0);
    values.forEach((value, i) => {
      expect(bytes[to + i * stride + 1]).toBe(9 * binTwin(value, cuts) + named[i]!);
    });
    expect(words[(record >> 2) + 12]).toBe(0);
  });

  it("says where missing has no code", () => {
    const { kernel, words, reals } = makeKernel();
    words[(70_000 >> 2) + 8] = 1;
    words[(70_000 >> 2) + 9] = -1;
    reals[72_000 >> 3] = Infinity;
    kernel.prepareLookup!(70_000, 72_000, 76_000);
    reals[80_000 >> 3] = Number.NaN;
    expect(kernel.binValues!(80_000, 1, 1, 70_000, 72_000, 76_000, 100_000, 1)).toBe(1);
  });
});

describe("histograms", () => {
  const shapes = fc.record({
    sizes: fc.array(fc.integer({ min: 1, max: 256 }), { minLength: 1, maxLength: 9 }),
    rows: fc.integer({ min: 0, max: 300 }),
    seed: fc.nat(),
    wide: fc.boolean(),
    emitted: fc.boolean(),
  });

  it("are the sums of their rows, looped or emitted, narrow or wide, gathered or in sequence", () => {
    fc.assert(
      fc.property(shapes, ({ sizes, rows, seed, wide, emitted }) => {
        const stride = Math.ceil(sizes.length / 4) * 4;
        const cellOffsets = Uint32Array.from([
          0,
          ...sizes.map((_, i) => sizes.slice(0, i + 1).reduce((a, b) => a + b + (b & 1), 0)),
        ]);
        const shift = 10;
        const shape = { stride, cellOffsets: cellOffsets.subarray(0, sizes.length), shift };
        const { kernel, words, bytes, longs, set } = makeKernel(emitted ? shape : null);
        const [offsetsAt, binsAt, quantisedAt, numbersAt, histogramAt] = [70_016, 72_000, 80_000, 90_000, 100_000];
        words.set(cellOffsets, offsetsAt >> 2);
        for (const [field, value] of Object.entries({ STRIDE: stride, COLUMNS: sizes.length, CELL_OFFSETS: offsetsAt }))
          set(field, value);
        for (const [field, value] of Object.entries({ WIDE: wide ? 1 : 0, SHIFT: shift, EMITTED: emitted ? 1 : 0 }))
          set(field, value);
        const random = randomStream(seed, "rows");
        const bins = new Uint8Array(rows * stride);
        for (let i = 0; i < rows; i++)
          for (let c = 0; c < sizes.length; c++) bins[i * stride + c] = random.integer(sizes[c]!);
        bytes.set(bins, binsAt);
        const gradient = Array.from({ length: rows }, () => random.integer(65_536) - 32_768);
        const hessian = Array.from({ length: rows }, () => (wide ? random.integer(1000) : 0));
        gradient.forEach((g, i) => {
          if (!wide) new Int32Array(bytes.buffer, quantisedAt, rows)[i] = g * 5000;
          else {
            longs[(quantisedAt >> 3) + 2 * i] = BigInt(g);
            longs[(quantisedAt >> 3) + 2 * i + 1] = (BigInt(hessian[i]!) << BigInt(shift)) | 1n;
          }
        });
        const chosen = gradient.flatMap((_, i) => (random.integer(2) === 1 ? [i] : []));
        new Uint16Array(bytes.buffer, numbersAt, chosen.length).set(chosen);
        const added = wide ? gradient : gradient.map((g) => g * 5000);
        const data = { bins, stride, cellOffsets, columns: sizes.length, gradient: added, hessian };
        const cells = cellOffsets[sizes.length]!;
        const read = (): TwinCell[] =>
          Array.from({ length: cells }, (_, i) => {
            const first = longs[(histogramAt >> 3) + (wide ? 2 * i : i)]!;
            const rest = wide ? longs[(histogramAt >> 3) + 2 * i + 1]! : first & ((1n << BigInt(shift)) - 1n);
            const count = rest & ((1n << BigInt(shift)) - 1n);
            return {
              gradient: Number(wide ? first : first >> BigInt(shift)),
              hessian: wide ? Number(rest >> BigInt(shift)) : 0,
              rows: Number(count),
            };
          });
        kernel.histogramGathered!(numbersAt, chosen.length, binsAt, quantisedAt, histogramAt);
        expect(read()).toEqual(histogramTwin(data, chosen));
        bytes.fill(0, histogramAt, histogramAt + cells * 16);
        kernel.histogramSequence!(rows, binsAt, quantisedAt, histogramAt);
        expect(read()).toEqual(histogramTwin(data, gradient.keys()));
      }),
      { numRuns: 120 },
    );
  });
});

describe("partition", () => {
  it("parts row numbers in place and keeps their order", () => {
    const { kernel, bytes } = makeKernel();
    const [packing, binsAt, tableAt, numbersAt, waiting] = [70_000, 76_000, 100_000, 104_000, 112_000];
    kernel.preparePacking!(packing);
    const strides = fc.oneof(fc.constant(1), fc.integer({ min: 2, max: 12 }));
    const runs = fc.constantFrom(3, 20, 100);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 }), fc.nat(), strides, runs, (rows, seed, stride, run) => {
        const random = randomStream(seed, "rows");
        const bins = Uint8Array.from({ length: rows * stride }, () => random.integer(256));
        const table = Uint8Array.from({ length: 256 }, () => random.integer(2));
        // A row that is left out ends a run.
        const numbers = Array.from({ length: rows }, (_, i) => i).filter(() => random.integer(run) > 0);
        bytes.set(bins, binsAt);
        bytes.set(table, tableAt);
        const area = new Uint16Array(bytes.buffer, numbersAt, numbers.length + 1);
        area.set([...numbers, 4711]);
        const lefts = kernel.partition!(numbersAt, numbers.length, binsAt, stride, tableAt, waiting, packing);
        const expected = partitionTwin(numbers, bins, stride, table);
        expect(lefts).toBe(expected.lefts);
        expect([...area]).toEqual([...expected.numbers, 4711]);
      }),
      { numRuns: 200 },
    );
  });
});

describe("splitting", () => {
  const cell = fc.record({
    gradient: fc.integer({ min: -500, max: 500 }),
    hessian: fc.integer({ min: 1, max: 40 }),
    rows: fc.integer({ min: 0, max: 5 }),
  });

  const [offsetsAt, lists, featureAt, nodes, slot, scratch, out] = [
    70_016, 70_400, 70_800, 71_200, 72_000, 80_000, 90_000,
  ];
  const shift = 12;
  const rest = ({ hessian, rows }: TwinCell): bigint => (BigInt(hessian) << BigInt(shift)) | BigInt(rows);
  const emptied = (raw: readonly TwinCell[]): TwinCell[] =>
    raw.map((entry) => (entry.rows === 0 ? { gradient: 0, hessian: 0, rows: 0 } : entry));

  /** Lays out a node of one feature, of number 5. */
  function writeNode(
    { words, longs, set, setReal }: ReturnType<typeof makeKernel>,
    cells: readonly TwinCell[],
    kind: number,
    rules: { lambda: number; minChildRows: number; minChildWeight: number },
  ): void {
    words.set([0, cells.length], offsetsAt >> 2);
    words.set([0, 1], lists >> 2);
    words.set([5, 0, 1, cells.length, kind, 1], featureAt >> 2);
    const fields = { CELL_OFFSETS: offsetsAt, COLUMN_FEATURES: lists, FEATURES: featureAt, NODES: nodes };
    for (const [field, value] of Object.entries(fields)) set(field, value);
    for (const [field, value] of Object.entries({ SHIFT: shift, WIDE: 1, MIN_CHILD_ROWS: rules.minChildRows }))
      set(field, value);
    setReal("LAMBDA", rules.lambda);
    setReal("MIN_CHILD_WEIGHT", rules.minChildWeight);
    longs[nodes >> 3] = BigInt(cells.reduce((sum, each) => sum + each.gradient, 0));
    longs[(nodes >> 3) + 1] = cells.reduce((sum, each) => sum + rest(each), 0n);
    cells.forEach((each, i) => {
      longs[(slot >> 3) + 2 * i] = BigInt(each.gradient);
      longs[(slot >> 3) + 2 * i + 1] = rest(each);
    });
  }

  it("finds the cut that the plain search finds", () => {
    const made = makeKernel();
    fc.assert(
      fc.property(
        fc.array(cell, { minLength: 2, maxLength: 40 }),
        fc.boolean(),
        fc.integer({ min: 0, max: 4 }),
        fc.integer({ min: 1, max: 9 }),
        (raw, hasMissing, lambda, minChildRows) => {
          const cells = emptied(raw);
          const rules = { lambda, alpha: 0, minChildRows, minChildWeight: 3 };
          writeNode(made, cells, hasMissing ? 1 : 0, rules);
          made.kernel.scanNode!(0, slot, 0, 1, 0, scratch, out);
          const expected = splitTwin(cells, hasMissing, rules);
          if (expected === null || expected.gain < 1e-6) return;
          expect(made.words[(out >> 2) + 6]).toBe(5);
          expect(made.reals[out >> 3]).toBeCloseTo(expected.gain, 6);
        },
      ),
      { numRuns: 400 },
    );
  });

  it("finds it whatever the size of sums, with and without L1, in wide cells and in narrow ones", () => {
    const made = makeKernel();
    const sizes = fc.record({ gradients: fc.integer({ min: 0, max: 48 }), hessians: fc.integer({ min: 0, max: 30 }) });
    fc.assert(
      fc.property(
        fc.array(cell, { minLength: 2, maxLength: 40 }),
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom(0, 30),
        sizes,
        (raw, hasMissing, narrow, l1, size) => {
          // Some cells are next to nothing beside the others.
          const cells = emptied(raw).map(({ gradient, hessian, rows }, i) => ({
            gradient: gradient * (i % 3 === 0 || narrow ? 1 : 2 ** size.gradients),
            hessian: narrow ? rows : rows === 0 ? 0 : hessian * (i % 5 === 0 ? 1 : 2 ** size.hessians),
            rows,
          }));
          const rules = { lambda: 1, alpha: l1, minChildRows: 2, minChildWeight: 0 };
          writeNode(made, cells, hasMissing ? 1 : 0, rules);
          made.set("WIDE", narrow ? 0 : 1);
          made.setReal("ALPHA", l1);
          if (narrow)
            cells.forEach(({ gradient, rows }, i) => {
              made.longs[(slot >> 3) + i] = (BigInt(gradient) << BigInt(shift)) + BigInt(rows);
            });
          made.kernel.scanNode!(0, slot, 0, 1, 0, scratch, out);
          made.set("WIDE", 1);
          made.setReal("ALPHA", 0);
          const expected = splitTwin(cells, hasMissing, rules);
          const whole = cells.reduce((sum, { gradient }) => sum + Math.abs(gradient), 1) ** 2;
          // A gain this far under the scores that it is a difference of is rounding.
          if (expected === null || expected.gain < whole * 1e-9) return;
          expect(made.words[(out >> 2) + 6]).toBe(5);
          expect(made.reals[out >> 3]! / expected.gain).toBeCloseTo(1, 5);
        },
      ),
      { numRuns: 400 },
    );
  });

  it("takes of cuts that gain the same that of the lowest bin", () => {
    const made = makeKernel();
    const [left, right] = [
      { gradient: -6, hessian: 2, rows: 2 },
      { gradient: 6, hessian: 2, rows: 2 },
    ];
    const none = { gradient: 0, hessian: 0, rows: 0 };
    const rules = { lambda: 1, minChildRows: 1, minChildWeight: 0 };
    for (const wide of [0, 1]) {
      const cells = [none, left, none, none, right, none, none, left, right, none];
      writeNode(made, cells, 1, rules);
      made.set("WIDE", wide);
      if (wide === 0)
        cells.forEach(({ gradient, rows }, i) => {
          made.longs[(slot >> 3) + i] = (BigInt(gradient) << BigInt(shift)) + BigInt(rows);
        });
      made.kernel.scanNode!(0, slot, 0, 1, 0, scratch, out);
      // After the first and after the last but one, the same is gained.
      expect(made.words[(out >> 2) + 7]).toBe(1);
    }
    made.set("WIDE", 1);
  });

  it("finds the cut that the plain search finds inside bounds and in an order", () => {
    const made = makeKernel();
    const boundsAt = 150_016;
    const bound = fc.double({ min: -2, max: 2, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(cell, { minLength: 2, maxLength: 40 }),
        fc.boolean(),
        fc.integer({ min: 0, max: 4 }),
        fc.tuple(bound, bound),
        fc.constantFrom(-1, 0, 1),
        (raw, hasMissing, lambda, [a, b], direction) => {
          // Missing against all values is tried one way round; empty cells would let the plain search try the other.
          const cells = raw.map((each) => ({ ...each, rows: each.rows + 1 }));
          const bounds = { lowest: Math.min(a, b), highest: Math.max(a, b), direction };
          const rules = { lambda, alpha: 0, minChildRows: 1, minChildWeight: 3, bounds };
          writeNode(made, cells, hasMissing ? 1 : 0, rules);
          made.set("BOUNDS", boundsAt);
          made.reals.set([bounds.lowest, bounds.highest], boundsAt >> 3);
          made.words[(featureAt >> 2) + 6] = direction;
          made.kernel.scanNode!(0, slot, 0, 1, 0, scratch, out);
          const expected = splitTwin(cells, hasMissing, rules);
          if (expected === null || expected.gain < 1e-6) return;
          expect(made.words[(out >> 2) + 6]).toBe(5);
          expect(made.reals[out >> 3]).toBeCloseTo(expected.gain, 6);
        },
      ),
      { numRuns: 400 },
    );
  });

  it("finds the same cut in narrow cells, of a feature alone or one that shares its column", () => {
    const made = makeKernel();
    const rules = { lambda: 2, alpha: 0, minChildRows: 2, minChildWeight: 3 };
    fc.assert(
      fc.property(
        fc.array(cell, { minLength: 2, maxLength: 20 }),
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        (raw, others, hasMissing) => {
          // The feature's codes are the higher digit; every cell of a code holds a part of its rows.
          const whole = emptied(raw).map((entry) => ({
            ...entry,
            gradient: entry.gradient * others,
            rows: entry.rows * others,
          }));
          const cells = whole.map((entry) => ({ ...entry, hessian: entry.rows }));
          writeNode(made, cells, hasMissing ? 1 : 0, rules);
          made.set("WIDE", 0);
          made.words.set([0, cells.length * others], offsetsAt >> 2);
          made.words.set([5, 0, others, cells.length, hasMissing ? 1 : 0, 1], featureAt >> 2);
          const parts = cells.flatMap((entry) => Array.from({ length: others }, () => entry));
          parts.forEach(({ gradient, rows }, i) => {
            made.longs[(slot >> 3) + i] = (BigInt(gradient / others) << BigInt(shift)) + BigInt(rows / others);
          });
          made.kernel.scanNode!(0, slot, 0, 1, 0, scratch, out);
          made.set("WIDE", 1);
          const expected = splitTwin(cells, hasMissing, rules);
          if (expected === null || expected.gain < 1e-6) return;
          expect(made.words[(out >> 2) + 6]).toBe(5);
          expect(made.reals[out >> 3]).toBeCloseTo(expected.gain, 6);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("finds the set of categories that the plain search finds, and writes down that set", () => {
    const made = makeKernel();
    fc.assert(
      fc.property(
        fc.array(cell, { minLength: 2, maxLength: 60 }),
        fc.record({
          lambda: fc.integer({ min: 0, max: 4 }),
          minChildRows: fc.integer({ min: 1, max: 9 }),
          smoothing: fc.integer({ min: 0, max: 20 }),
          categoryLambda: fc.integer({ min: 0, max: 20 }),
          categoryGain: fc.integer({ min: 0, max: 3 }),
          categoryMinRows: fc.integer({ min: 0, max: 4 }),
        }),
        (raw, given) => {
          const cells = emptied(raw);
          const rules = { ...given, alpha: 0, minChildWeight: 3 };
          writeNode(made, cells, 2, rules);
          made.setReal("CATEGORY_SMOOTHING", rules.smoothing);
          made.setReal("CATEGORY_LAMBDA", rules.categoryLambda);
          made.setReal("CATEGORY_GAIN", rules.categoryGain);
          made.set("CATEGORY_MIN_ROWS", rules.categoryMinRows);
          made.kernel.scanNode!(0, slot, 0, 1, 0, scratch, out);
          const expected = categoryGainTwin(cells, rules);
          if (expected === null || expected < 1e-6) return;
          expect(made.words[(out >> 2) + 6]).toBe(5);
          expect(made.words[(out >> 2) + 9]).toBe(1);
          expect(made.reals[out >> 3]).toBeCloseTo(expected, 6);
          const goesLeft = (code: number): boolean => ((made.bytes[out + 40 + (code >> 3)]! >> (code & 7)) & 1) === 1;
          const left = sumOf(cells.filter((_, code) => goesLeft(code)));
          const used = cells.filter(({ rows }) => rows > 0 && rows >= rules.categoryMinRows).length;
          expect(categorySetGainTwin(left, sumOf(cells), used, rules)).toBeCloseTo(expected, 6);
          expect(made.longs[(out >> 3) + 1]).toBe(BigInt(left.gradient));
          // Categories that the node lacks all go one way: with the larger child.
          const absent = cells.flatMap(({ rows }, code) => (rows === 0 ? [goesLeft(code)] : []));
          expect(new Set([...absent, 2 * left.rows >= sumOf(cells).rows]).size).toBe(1);
        },
      ),
      { numRuns: 400 },
    );
  });

  function sumOf(cells: readonly TwinCell[]): TwinCell {
    const sum = { gradient: 0, hessian: 0, rows: 0 };
    for (const { gradient, hessian, rows } of cells) {
      sum.gradient += gradient;
      sum.hessian += hessian;
      sum.rows += rows;
    }
    return sum;
  }
});

describe("the memory plan", () => {
  it("says how many rows would fit", () => {
    const plan = new MemoryPlan();
    plan.reserve(6 * 2 ** 30);
    expect(() => plan.create(3_000_000)).toThrow(/4 GiB/);
    try {
      plan.create(3_000_000);
    } catch (error) {
      expect((error as { remedy: string }).remedy).toContain("1999000 rows would fit");
    }
  });
});
